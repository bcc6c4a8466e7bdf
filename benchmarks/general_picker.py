"""Picking without a label: the general picker, beside peers and other networks of it.

A run picks the micrographs of a task by a method; see ``README.md``. ``--weights``
judges the networks in files as well, each under the name of its file. The picks on
contaminants are compared with those of a network named "without contaminants".
"""

import re
import warnings
from collections import Counter
from functools import lru_cache, partial

import general_picker_data as data
import picking_data as picking
import torch
from general_picker_report import (
    BLOBS,
    FACTORS,
    GENERAL,
    LABELS,
    STARTED,
    WITHOUT,
    report,
)
from resumable import DATA, FOLDER, NAMES, STUDY_OPTIONS, carry_out, parse
from scipy.ndimage import gaussian_laplace
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.pipeline import make_pipeline

from pusklearn import (
    Micrograph,
    MicrographNormalizer,
    PeakExtractor,
    general_picker,
    make_picker,
)

COLUMNS = [
    *("task", "method", "diameter", "seed"),
    *("average_precision", "precision_at_90", "recall_at_twice"),
    *("recall", "on_contaminants", "kinds"),
    *("fit_seconds", "seconds_per_micrograph"),
]
OPTIONS = STUDY_OPTIONS | {
    "--folder": FOLDER | {"default": DATA},
    "--tasks": NAMES,
    "--weights": FOLDER | {"nargs": "+", "default": [], "help": "files of networks"},
}
# Picks on contaminants are counted at this share of the recall of the network that
# knows none.
KEPT = 0.98


def run(name, method, factor, seed, *, tasks, folder, weights, quick):
    """Judge a method on a task; return a row of the table."""
    torch.set_num_threads(1)
    task = tasks[name]
    micrographs, particles, contaminants = data.judged(task, folder)
    pick = partial(pick_all, folder=folder, quick=quick)
    picks, seconds = pick(task, method, factor, seed, weights.get(method))
    radius, n_particles = task.source.match_radius, sum(map(len, particles))
    recall_of_best = partial(picking.recall_of_best, particles, radius=radius)
    level = n_on = kinds = None
    if task.has_contaminants:
        others, _ = pick(task, WITHOUT, 1.0, 0, weights[WITHOUT])
        level = recall_of_best(others, n_picks=n_particles)
        level = round(level if method == WITHOUT else KEPT * level, 6)
        found = picking.picks_on(contaminants, particles, picks, radius, level)
        n_on = len(found)
        kinds = ", ".join(f"{kind} {n}" for kind, n in Counter(found).most_common())
    scores = [
        *picking.judge(particles, picks, radius, [0.9]),
        recall_of_best(picks, n_picks=2 * n_particles),
    ]
    return [
        *(name, method, factor, seed),
        *(round(score, 6) for score in scores),
        *(level, n_on, kinds, round(seconds[0], 2)),
        round(seconds[1] / len(micrographs), 3),
    ]


@lru_cache(maxsize=2)  # several methods are compared with the same picks
def pick_all(task, method, factor, seed, weights, *, folder, quick):
    """Return the picks of a method, and its seconds of learning and of picking."""
    micrographs, *_ = data.judged(task, folder)
    diameter = task.source.diameter
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if method in (LABELS, STARTED):
            picker = learning_picker(task, folder, seed, method == STARTED)
            if quick:
                picking.train_briefly(picker, 5)
            train, labels = data.learnt(task, folder, 10, seed)
            return picking.fit_and_pick(picker, train, labels, micrographs)
        if method in BLOBS:
            picker = blob_picker(diameter, BLOBS[method]).fit(micrographs[:1])
        else:
            picker = general_picker(factor * diameter, weights=weights)
        return picking.pick(picker, micrographs)


def learning_picker(task, folder, seed, is_started):
    """Return the default picker, or one that starts from the general network."""
    start = {"downsample": task.source.downsample, "initial": None}
    if is_started:
        start = {"downsample": "auto", "initial": "general"}
    return make_picker(
        task.source.diameter,
        particles_per_micrograph=data.particles_per_micrograph(task, folder),
        random_state=seed,
        **start,
    )


def blob_picker(diameter, width):
    """Return a picker of dark blobs; the width is a share of the diameter."""
    return make_pipeline(
        MicrographNormalizer(whiten=False),
        BlobFilter(width * diameter),
        PeakExtractor(0.4 * diameter),  # the distance that `make_picker` takes
    )


class BlobFilter(TransformerMixin, BaseEstimator):
    """The Laplacian of micrographs that a Gaussian has smoothed."""

    def __init__(self, sigma):
        self.sigma = sigma

    def fit(self, X, y=None):
        return self

    def transform(self, X):
        return [Micrograph(gaussian_laplace(image, self.sigma)) for image in X]


def is_worth_a_run(task, method, factor, seed, weights):
    """Tell whether a method says something about a task."""
    if method in (LABELS, STARTED):
        return task.learnt is not None and factor == 1
    if seed > 0:  # the others draw nothing
        return False
    if method in BLOBS:
        return not task.has_contaminants and factor == 1
    if task.has_contaminants:
        return WITHOUT in weights and factor == 1
    least, *_ = general_picker(18, weights=weights.get(method))["downsample"].spans
    return method != WITHOUT and factor * task.source.diameter >= least


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    tasks, seeds = data.TASKS, options.seeds
    if options.quick:
        tasks, seeds = data.QUICK_TASKS, 1
    weights = {path.stem.replace("_", " "): path for path in options.weights}
    plan = [
        (name, method, factor, seed)
        for seed in range(seeds)
        for name, task in tasks.items()
        for method in [*BLOBS, GENERAL, *weights, LABELS, STARTED]
        for factor in FACTORS
        if re.search(options.tasks, name)
        and re.search(options.methods, method)
        and task.is_available(options.folder)
        and is_worth_a_run(task, method, factor, seed, weights)
    ]
    run_one = partial(
        run, tasks=tasks, folder=options.folder, weights=weights, quick=options.quick
    )
    carry_out("general_picker", COLUMNS, plan, run_one, report, options, folder="guide")


if __name__ == "__main__":
    main()
