"""Make the general network from simulated micrographs alone.

The network learns to tell the middle of a particle from everything else (PN: every
particle is labelled). It is trained on patches of whole micrographs, where regions
share their pixels. The same command gives the same bits on the same machine with the
versions of ``constraints.txt``: it computes with one thread, in float32. In the end,
``calibrate_general.py`` learns from other simulated micrographs what its scores tell.
"""

from functools import partial

import numpy as np
import torch
from calibrate_general import OPTIONS as CALIBRATION_OPTIONS
from calibrate_general import calibrate
from general_mixture import SIZE, simulate
from joblib import Parallel, delayed
from resumable import FLAG, NUMBER, parse
from torch.nn.functional import binary_cross_entropy_with_logits
from tqdm import tqdm

from pusklearn.micrographs.general._general_network import write_general_network
from pusklearn.modules import ConvNet

# Pixels that a particle should span, and may span.
DIAMETER, LEAST, GREATEST = 22.0, 12.0, 33.0
MODULE = ConvNet(31, units=32, input_dropout=0.0)
STEP = 2
# Distances from a centre in diameters: up to the first, a pixel is a positive; up to
# the second, it takes no part.
POSITIVE, UNCLEAR = 0.12, 0.2
# Weights of pixels. Positives are few; contaminants must be known as such.
POSITIVE_WEIGHT, CONTAMINANT_WEIGHT = 4.0, 3.0
NEGATIVE, PLAIN_POSITIVE, IGNORED, CONTAMINANT = range(4)
WEIGHTS = torch.tensor([1.0, POSITIVE_WEIGHT, 0.0, CONTAMINANT_WEIGHT])
PATCH, BATCH = 128, 6
# Share of the patches that get noise of up to this standard deviation on top: those
# of the background have 1.
NOISY, NOISE = 0.3, 1.0
LEARNING_RATE, WEIGHT_DECAY, WARM_UP = 3e-3, 1e-4, 0.1
OPTIONS = CALIBRATION_OPTIONS | {
    "--micrographs": NUMBER | {"default": 3200},
    "--updates": NUMBER | {"default": 40_000},
    "--jobs": NUMBER | {"default": 2, "help": "processes that simulate"},
    "--without-contaminants": FLAG | {"help": "to see what they are good for"},
    "--quick": FLAG | {"help": "a small network, in seconds"},
}


def simulate_all(options, size):
    """Return the micrographs, padded for the network, and the kinds of their pixels."""
    one = partial(simulate, size=size, contaminants=not options.without_contaminants)
    examples = Parallel(options.jobs, return_as="generator")(
        delayed(one)(number) for number in range(options.micrographs)
    )
    bar = tqdm(examples, "simulating", options.micrographs)
    margin = MODULE.receptive_field // 2
    return [(np.pad(e.pixels, margin), kinds_of_pixels(e)) for e in bar]


def kinds_of_pixels(example):
    """Return what each pixel of a micrograph is to the training."""
    kinds = np.zeros(example.pixels.shape, np.uint8)
    films = example.contaminants.query("kind != 'fragment'")
    for x, y, radius in films[["x", "y", "radius"]].to_numpy():
        paint(kinds, x, y, radius, CONTAMINANT)
    for radius, kind in ((UNCLEAR, IGNORED), (POSITIVE, PLAIN_POSITIVE)):
        for x, y in example.centres:
            paint(kinds, x, y, radius * example.diameter, kind)
    return kinds


def paint(kinds, x, y, radius, kind):
    """Set the pixels of a disc."""
    top, left = max(0, int(y - radius)), max(0, int(x - radius))
    window = kinds[top : int(y + radius) + 2, left : int(x + radius) + 2]
    rows, columns = np.ogrid[: window.shape[0], : window.shape[1]]
    window[np.hypot(columns + left - x, rows + top - y) <= radius] = kind


def train(examples, updates, module):
    """Return the state of a network that has learnt from patches."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    field = module.receptive_field
    network = module.build((field, field)).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, updates + 1, pct_start=WARM_UP, cycle_momentum=False
    )
    rng = np.random.default_rng(0)
    losses = []
    bar = tqdm(range(updates), "training")
    for number in bar:
        patches, kinds = draw_batch(examples, field, module.stride, rng)
        patches = patches.to(memory_format=torch.channels_last)
        logits = network(patches)[:, 0]
        loss = weighted_loss(logits, kinds)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        if number % 100 == 99:
            bar.set_postfix(loss=f"{np.mean(losses[-1000:]):.4f}")
    return as_log_odds(network).state_dict()


def draw_batch(examples, field, stride, rng):
    """Return patches with their surroundings, and the kinds at the places of logits."""
    pairs = [draw_patch(examples, field, rng) for _ in range(BATCH)]
    patches, kinds = map(np.stack, zip(*pairs, strict=True))
    patches = torch.from_numpy(add_noise(np.float32(patches), rng))[:, None]
    return patches, torch.from_numpy(kinds[:, ::stride, ::stride].astype(np.int64))


def add_noise(patches, rng):
    """Add white noise to some patches, and bring their background to variance 1."""
    levels = rng.uniform(0, NOISE, len(patches)) * (
        rng.uniform(size=len(patches)) < NOISY
    )
    levels = levels.astype(np.float32)[:, None, None]
    noise = rng.standard_normal(patches.shape, dtype=np.float32)
    return (patches + levels * noise) / np.sqrt(1 + levels**2)


def draw_patch(examples, field, rng):
    """Return a patch at a random place, turned and mirrored at random."""
    pixels, kinds = examples[rng.integers(len(examples))]
    y, x = (rng.integers(side - PATCH + 1) for side in kinds.shape)
    reach = PATCH + field - 1
    patch = pixels[y : y + reach, x : x + reach], kinds[y : y + PATCH, x : x + PATCH]
    turns, is_mirrored = rng.integers(4), rng.integers(2)
    return [np.rot90(part.T if is_mirrored else part, turns) for part in patch]


def weighted_loss(logits, kinds):
    """Return the weighted mean of the cross-entropy."""
    weights = WEIGHTS[kinds]
    truth = (kinds == PLAIN_POSITIVE).float()
    return (
        binary_cross_entropy_with_logits(logits, truth, weights, reduction="sum")
        / weights.sum()
    )


def as_log_odds(network):
    """Take back what the weight of positives adds to the logits."""
    with torch.no_grad():
        network.head.bias -= np.log(POSITIVE_WEIGHT)
    return network


def share_of_positives(examples):
    """Return the share of positives among the pixels that take part."""
    counts = sum(np.bincount(kinds.ravel(), minlength=4) for _, kinds in examples)
    return float(counts[PLAIN_POSITIVE] / (counts.sum() - counts[IGNORED]))


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    module, size = MODULE, SIZE
    if options.quick:
        module, size = ConvNet(31, units=4, input_dropout=0.0), 160
        options.micrographs, options.updates, options.jobs = 3, 10, 1
        options.calibration_micrographs = 3
    examples = simulate_all(options, size)
    state = train(examples, options.updates, module)
    write_general_network(
        options.out,
        module,
        state,
        diameter=DIAMETER,
        least_diameter=LEAST,
        greatest_diameter=GREATEST,
        step=STEP,
        prior=share_of_positives(examples),
        made_by=(
            f"benchmarks/train_general.py, {options.micrographs} micrographs, "
            f"{options.updates} updates"
        ),
    )
    calibrate(options.out, options.calibration_micrographs, size, options.jobs)


if __name__ == "__main__":
    main()
