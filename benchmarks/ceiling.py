"""Average precision that the noise allows on simulated micrographs, printed.

A matched filter is told what no picker knows: the particle, the sides from which it is
seen, the defocus of each micrograph and the spectrum of the noise. For each pixel it
takes the mean likelihood ratio of a lone particle over many views, so on noise alone no
detector of lone particles has a higher average precision. It takes contaminants for
particles; a second row leaves out its picks on them. ``--fit`` prints the default
picker from 100 labels, one from all labels with the criterion PN, and reference images
from 100 labels, too.
"""

import re
from typing import NamedTuple

import numpy as np
import torch
from picking_data import draw_labels, judge, train_briefly
from resumable import FLAG, NAMES, NUMBER, parse
from scipy import fft
from scipy.ndimage import gaussian_filter
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

from pusklearn import ReferencePicker, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.peaks._peaks import find_peaks
from pusklearn.micrographs.simulation._contrast_transfer import contrast_transfer
from pusklearn.micrographs.simulation._make_micrographs import _seed_sequence
from pusklearn.micrographs.simulation._microscope import Microscope
from pusklearn.micrographs.simulation._particle import Particle

# Arguments of `make_micrographs`; the others are its defaults.
CASES = {
    "small": {"symmetry": "C1", "diameter": 14, "snr": 0.15, "n_particles": 300},
    "small, in noise": {"symmetry": "C1", "diameter": 14, "snr": 0.03}
    | {"n_particles": 300},
    "rod": {"particle": "thin", "symmetry": "C3", "diameter": 24, "snr": 0.2},
    "rod, in noise": {"particle": "thin", "symmetry": "C3", "diameter": 24}
    | {"snr": 0.02},
}
SIZE, PIXEL_SIZE, ICE_NOISE, DEFOCUS = 1024, 6.0, 0.5, (15_000, 30_000)
RECALLS = (0.5, 0.7, 0.9)
COLUMNS = ["case", "contamination", "method", "average precision"]
COLUMNS += [f"precision at {recall:.0%} recall" for recall in RECALLS]
OPTIONS = {
    "--cases": NAMES,
    "--train": NUMBER | {"default": 10, "help": "number of micrographs learnt from"},
    "--micrographs": NUMBER | {"default": 4, "help": "number of those judged on"},
    "--views": NUMBER | {"default": 2000, "help": "views of the matched filter"},
    "--contamination": {"type": float, "nargs": "+", "default": [0.2, 0.0]},
    "--seed": NUMBER | {"default": 0, "help": "random state of the micrographs"},
    "--fit": FLAG,
    "--quick": FLAG,
}


class Truth(NamedTuple):
    """What the simulation knows of its micrographs."""

    particle: Particle
    microscope: Microscope
    defoci: list


def known(settings, n, seed):
    """Return the truth of ``make_micrographs(n, ..., random_state=seed)``."""
    first, *seeds = _seed_sequence(seed).spawn(1 + n)
    rng = np.random.default_rng(first)
    shape = settings.get("particle", "globular")
    particle = Particle.random(shape, settings["diameter"], settings["symmetry"], rng)
    microscope = Microscope.for_particle(
        particle, PIXEL_SIZE, settings["snr"], ICE_NOISE, rng
    )
    layouts = [np.random.default_rng(seed.spawn(2)[0]) for seed in seeds]
    return Truth(particle, microscope, [rng.uniform(*DEFOCUS) for rng in layouts])


def transfer_and_power(shape, microscope, defocus):
    """Return the transfer to the image of a particle, and the power of the noise.

    Both are arrays for ``rfft2``; white noise of variance 1 has the power 1.
    """
    transfer = contrast_transfer(shape, pixel_size=PIXEL_SIZE, defocus=defocus)
    square = np.square(transfer, dtype=float)
    counts = np.full(square.shape[1], 2)  # columns of the whole Fourier plane
    counts[[0, -1] if shape[1] % 2 == 0 else 0] = 1
    mean = (square * counts).sum() / (shape[0] * shape[1])
    share = microscope.ice_noise
    power = (1 - share + share * square / mean) / microscope.snr
    # Waves as long as this are ice that gets thinner, not particles.
    frequency = np.hypot(fft.fftfreq(shape[0])[:, None], fft.rfftfreq(shape[1]))
    power += 1e6 * np.clip(1 - 128 * frequency, 0, None) ** 2
    return transfer / microscope._signal_std(defocus), power.astype(np.float32)


def whitened_views(truth, defocus, n, side, rng):
    """Return n images of the particle as the whitened micrograph shows it."""
    transfer, power = transfer_and_power((side, side), truth.microscope, defocus)
    particle, first = truth.particle, side // 2 - truth.particle.half
    images = np.zeros((n, side, side), np.float32)
    inside = slice(first, first + 2 * particle.half + 1)
    # Centres lie anywhere in a pixel.
    offsets = rng.uniform(-0.5, 0.5, (n, 2))
    images[:, inside, inside] = particle.project(particle.views(n, rng), offsets)
    seen = fft.rfft2(images) * (transfer / np.sqrt(power))
    return fft.irfft2(seen, (side, side)).astype(np.float32)


def principal_images(views, kept=0.998, n_most=500):
    """Return the fewest orthonormal images that hold a share of the energy of views."""
    flat = views[:n_most].reshape(-1, views[0].size)
    energy, mixtures = np.linalg.eigh((flat @ flat.T).astype(float))
    energy, mixtures = energy[::-1], mixtures[:, ::-1]
    n = np.searchsorted(energy.cumsum() / energy.sum(), kept) + 1
    images = (mixtures[:, :n] / np.sqrt(energy[:n])).T @ flat
    return images.astype(np.float32).reshape(-1, *views.shape[1:])


def correlations(image, images, microscope, defocus):
    """Return the correlation of the whitened micrograph with images, at every pixel."""
    side = images.shape[1]
    padded = np.pad(image - image.mean(), side // 2, mode="reflect")
    shape = tuple(fft.next_fast_len(n, real=True) for n in padded.shape)
    _, power = transfer_and_power(shape, microscope, defocus)
    spectrum = fft.rfft2(padded, shape) / np.sqrt(power)
    # The reflected border is as wide as the way to the centre of an image.
    return np.stack(
        [
            fft.irfft2(spectrum * np.conj(fft.rfft2(one, shape)), shape)[
                : image.shape[0], : image.shape[1]
            ]
            for one in images
        ]
    )


def evidence(image, truth, defocus, n_views, rng):
    """Return the logarithm of the mean likelihood ratio of a particle at each pixel.

    It is that of a particle at the pixel and close around it.
    """
    side = fft.next_fast_len(int(3.5 * truth.particle.diameter), real=True)
    views = whitened_views(truth, defocus, n_views, side, rng)
    images = principal_images(views)
    maps = correlations(image, images, truth.microscope, defocus)
    weights = torch.from_numpy(np.tensordot(views, images, ((1, 2), (1, 2))))
    energy = torch.from_numpy(np.square(views).sum((1, 2)))[:, None]
    pixels = torch.from_numpy(maps.reshape(len(maps), -1))
    ratios = [
        torch.logsumexp(weights @ part - energy / 2, 0)
        for part in pixels.split(max(2**20 // n_views, 1), dim=1)
    ]
    total = torch.cat(ratios).numpy().reshape(image.shape).astype(float)
    near = gaussian_filter(np.exp(total - total.max()), 1)
    return np.log(near + np.finfo(float).tiny) + logsumexp(total)


def simulate(case, n, size, seed, contamination):
    """Return micrographs, their particles and their contaminants."""
    settings = CASES[case] | {"size": size, "contamination": contamination}
    if size != SIZE:  # a quick run
        settings["n_particles"] = 20
    return make_micrographs(n, random_state=seed, return_contaminants=True, **settings)


def filtered_picks(case, micrographs, first, n_views, seed):
    """Return the picks of the matched filter on the micrographs from a first one on."""
    truth = known(CASES[case], len(micrographs), seed)
    rng = np.random.default_rng(seed)
    return [
        find_peaks(
            evidence(np.asarray(micrographs[i]), truth, truth.defoci[i], n_views, rng),
            0.4 * truth.particle.diameter,
        )
        for i in range(first, len(micrographs))
    ]


def outside(picks, contaminants):
    """Return the picks that lie in no disc of a contaminant."""
    discs = contaminants[["x", "y", "radius"]].to_numpy(float)
    gaps = cdist(picks[:, :2], discs[:, :2]) - discs[:, 2]
    return picks[gaps.min(axis=1, initial=np.inf) > 0]


def pickers(diameter, n_particles, seed):
    """Yield the name, the number of labels and the picker of every method."""
    n_labels = sum(n_particles)
    few = min(100, n_labels)
    count = 1.02 * n_labels / len(n_particles)
    default = make_picker(diameter, particles_per_micrograph=count, random_state=seed)
    yield f"default, {few} labels", few, default
    every = make_picker(diameter, random_state=seed)
    every.set_params(score__classifier__criterion="pn")
    yield f"PN, all {n_labels} labels", n_labels, every
    references = ReferencePicker(diameter, random_state=seed)
    yield f"reference images, {few} labels", few, references


def measure(case, contamination, size, options):
    """Yield the name and the scores of every method."""
    n_train, diameter = options.train, CASES[case]["diameter"]
    n = n_train + options.micrographs
    micrographs, particles, contaminants = simulate(
        case, n, size, options.seed, contamination
    )

    def scores(picks):
        return judge(particles[n_train:], picks, 0.375 * diameter, RECALLS)

    picks = filtered_picks(case, micrographs, n_train, options.views, options.seed)
    yield "matched filter", scores(picks)
    if contamination:
        picks = list(map(outside, picks, contaminants[n_train:]))
        yield "matched filter, no picks on contaminants", scores(picks)
    if not options.fit:
        return
    counts = [len(points) for points in particles[:n_train]]
    for name, n_labels, picker in pickers(diameter, counts, options.seed):
        if options.quick:
            train_briefly(picker, 5)
        labels = draw_labels(particles[:n_train], n_labels, options.seed)
        picker.fit(micrographs[:n_train], labels)
        yield name, scores(picker.predict(micrographs[n_train:]))


def main(argv=None):
    options, size = parse(argv, __doc__, OPTIONS), SIZE
    if options.quick:
        options.train, options.micrographs, options.views, size = 2, 1, 50, 192
    print(f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|")
    for case in CASES:
        if not re.search(options.cases, case):
            continue
        for contamination in options.contamination:
            for method, scores in measure(case, contamination, size, options):
                cells = [
                    case,
                    str(contamination),
                    method,
                    *(f"{s:.3f}" for s in scores),
                ]
                print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
