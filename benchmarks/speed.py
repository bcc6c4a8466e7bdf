"""How fast each piece of work is, beside a plain one and beside what it needs at least.

    python benchmarks/speed.py [CASE ...] [--data FOLDER] [--quick] [--report]

Without a case, all are measured, in less than 5 minutes on 2 cores, and the page is
written; ``--report`` writes it alone. The case ``learning`` needs ``empiar-10017``
below FOLDER. ``--quick`` measures small pieces, in seconds; a quick run and one of some
cases write the page into ``--out`` alone, if that is given.
"""

import argparse
import time
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import plain_references as plain
import torch
from pages import DOCS, as_table, fill, read_conditions, save_conditions
from picking_data import find_data_set, fit_and_pick
from real_micrographs import load, new_picker
from resumable import data_folder
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree
from torch import nn

from pusklearn import (
    Micrograph,
    MicrographNormalizer,
    PeakExtractor,
    PUClassifier,
    TiledRegions,
    make_picker,
)
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import match_coordinates, picking_average_precision
from pusklearn.modules import ConvNet, ResNet8

NETWORKS = {
    "31-px conv net": (ConvNet(31), plain.conv_net, 300),
    "ResNet8 (71 px)": (ResNet8(), plain.resnet8, 40),
}
BATCH = 256
PRODUCTS = "the matrix products at the float32 rate"


def training(size, quick):
    """Measure an update of `fit` beside a plain loop over ready tensors."""
    micrographs = np.random.default_rng(0).normal(size=(4, size, size))
    for name, (module, new_network, updates) in NETWORKS.items():
        updates = 6 if quick else updates
        width = module.receptive_field
        regions = TiledRegions(micrographs.astype(np.float32), width)
        labels = (np.arange(len(regions)) % 500 == 0).astype(int)
        classifier = PUClassifier(
            module, prior=0.02, max_epochs=1, steps_per_epoch=updates, random_state=0
        )
        loops = [
            plain.new_update(new_network(), width, BATCH, half=half)
            for half in (True, False)
        ]
        classifier.fit(regions, labels)
        turns = []  # all in turn, so that each meets the machine in the same state
        for _ in range(1 if quick else 3):
            ours = timed(lambda c=classifier: c.fit(regions, labels))[1] / updates
            turns.append([ours, *(of_a_loop(loop, updates // 6) for loop in loops)])
        ours, half, single = np.min(turns, 0)
        # Forward, and back to the weights and to the layer before.
        limit = 3 * BATCH * flops_of_layers(new_network(), width) / flops_per_second()
        work = f"one update of `fit`, {name}, batch of {BATCH}"
        note = "a loop over ready tensors in bfloat16"
        yield row(work, ours, (note, half), (PRODUCTS, limit))
        note = "the loop in float32"
        yield row(f"the same, {name}", ours, (note, single), (PRODUCTS, limit))


def learning(size, quick, *, least=0.70):
    """Measure the fewest updates of a list that reach an average precision."""
    data, folder = find_data_set("empiar-10017"), training.data
