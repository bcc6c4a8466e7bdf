"""Scores of every pixel and picks of a micrograph, beside the network on each region.

python benchmarks/dense_speed.py
"""

import numpy as np
import torch
from speed_row import Row, as_table, flops_per_second, seconds, timed
from training_speed import flops_of_layers

from pusklearn import make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import picking_average_precision

SIZE = 976
SAMPLE = 4096
DIAMETER = 24


def region_by_region(scorer, micrograph):
    """Return the seconds that the network takes for every region, in batches."""
    network = scorer.classifier_.net_.module_.network.eval()
    size = scorer.region_size_
    padded = np.pad(micrograph, size // 2)
    crops = np.lib.stride_tricks.sliding_window_view(padded, (size, size))
    crops = torch.from_numpy(crops.reshape(-1, size, size)[:SAMPLE].copy())[:, None]

    def score():
        with torch.inference_mode():
            return [network(batch) for batch in crops.split(256)]

    return seconds(score, repeats=3) * micrograph.size / SAMPLE


def measure():
    """Return the rows: with a step of 2 as `make_picker` has it, and exact."""
    micrographs, particles = make_micrographs(5, size=SIZE, random_state=0)
    labels = [points[:40] for points in particles]
    picker = make_picker(
        DIAMETER, particles_per_micrograph=len(particles[0]), random_state=0
    )
    picker.set_params(score__classifier__steps_per_epoch=30)
    picker.fit(micrographs[:3], labels[:3])
    normal = picker[:2].transform(micrographs[3:])
    scorer, extractor = picker["score"], picker["extract"]
    naive = region_by_region(scorer, normal[0])
    module = scorer.classifier_.module_
    precisions, rows = [], []
    for step in (2, 1):
        scorer.set_params(step=step)
        ours = seconds(
            lambda: extractor.predict(scorer.transform(normal[:1])), repeats=3
        )
        picks, _ = timed(lambda: extractor.predict(scorer.transform(normal)))
        precisions.append(picking_average_precision(particles[3:], picks, DIAMETER / 3))
        # The layers before the step is reached have fewer outputs still.
        work = flops_of_layers(module.build((31, 31), step=step), SIZE)
        rows.append(
            Row(
                f"dense scores and picks, {SIZE} x {SIZE}, 31-px conv net"
                + (" (`step=2`)" if step == 2 else ", every pixel exact"),
                ours,
                naive,
                "the network on every region, in batches of 256",
                work / flops_per_second(),
                "the matrix products at the float32 rate",
                "<= 500 ms" if step == 2 else "",
                f"average precision {precisions[-1]:.4f}",
            )
        )
    return rows


if __name__ == "__main__":
    print(as_table(measure()))
