"""Micrographs to learn from and to judge on, labels drawn from them, and scores."""

import time
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
from pages import read_toml
from scipy.spatial.distance import cdist

from pusklearn import io
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import (
    match_coordinates,
    picking_average_precision,
    picking_curve,
)


@dataclass(frozen=True)
class DataSet:
    """Micrographs of one particle, and what a user would know of them.

    Lengths are in pixels of the original micrographs; the first `n_train` ones are
    learnt from, the others judged on.
    """

    name: str
    n_train: int
    diameter: float
    match_radius: float
    particles_per_micrograph: float | None = None
    downsample: float = 1
    size: int = 896  # edge of a simulated micrograph
    simulated: dict | None = field(default=None, hash=False)  # for `make_micrographs`

    def is_available(self, folder):
        """Tell whether the data set is simulated or lies in the folder."""
        return self.simulated or (folder / self.name / "particles.txt").exists()


DATA_SETS = tuple(
    DataSet(name, **values) for name, values in read_toml("picking_data.toml").items()
)
QUICK_DATA = tuple(
    replace(data, n_train=2, particles_per_micrograph=12, downsample=2, size=256)
    for data in DATA_SETS
    if data.simulated
)


def find_data_set(name, quick=False):
    """Return the data set of that name."""
    return {data.name: data for data in (QUICK_DATA if quick else DATA_SETS)}[name]


@lru_cache(maxsize=len(DATA_SETS))
def read(data, folder):
    """Return all micrographs of a data set and all particles of each."""
    if data.simulated:
        return make_micrographs(
            data.n_train + 4,
            size=data.size,
            n_particles=data.particles_per_micrograph,
            diameter=data.diameter,
            contamination=0.4,
            random_state=1,
            **data.simulated,
        )
    micrographs = io.read_micrographs(folder / data.name / "micrographs")
    table = io.read_coordinates(folder / data.name / "particles.txt")
    return micrographs, io.coordinates_for(table, micrographs)


def draw(data, folder, n_labels, seed):
    """Return micrographs and labels to learn from, micrographs to judge on, and truth.

    If there are fewer particles than labels asked for, all are labels.
    """
    micrographs, particles = read(data, folder)
    n = data.n_train
    labels = draw_labels(particles[:n], n_labels, seed)
    return micrographs[:n], labels, micrographs[n:], particles[n:]


def draw_labels(particles, n_labels, seed):
    """Return the drawn particles of each micrograph; the draw is from all together."""
    counts = [len(points) for points in particles]
    chosen = np.random.default_rng(seed).permutation(sum(counts))[:n_labels]
    is_label = np.isin(np.arange(sum(counts)), chosen)
    parts = np.split(is_label, np.cumsum(counts)[:-1])
    return [points[part] for points, part in zip(particles, parts, strict=True)]


def train_briefly(picker, updates):
    """Let the network of a picker, if it has one, train for so many updates only."""
    if "score__classifier__max_epochs" in picker.get_params():
        epochs = 10 if updates % 10 == 0 else 1
        picker.set_params(
            score__classifier__max_epochs=epochs,
            score__classifier__steps_per_epoch=updates // epochs,
        )


def fit_and_pick(picker, train, labels, test):
    """Return the picks, and the seconds of learning and of picking."""
    start = time.perf_counter()
    picker.fit(train, labels)
    learning = time.perf_counter() - start
    picks, (_, picking) = pick(picker, test)
    return picks, (learning, picking)


def pick(picker, test):
    """Return the picks of a fitted picker, and the seconds as `fit_and_pick` does."""
    start = time.perf_counter()
    picks = picker.predict(test)
    return picks, (0.0, time.perf_counter() - start)


def judge(particles, picks, radius, recalls=()):
    """Return the average precision, and the best precision at each recall or more.

    The precision at a recall that no threshold reaches is 0.
    """
    precision, recall, _ = picking_curve(particles, picks, radius)
    at_recalls = [float(precision[recall >= at].max(initial=0)) for at in recalls]
    return picking_average_precision(particles, picks, radius), *at_recalls


def recall_of_best(particles, picks, *, radius, n_picks):
    """Return the recall of the picks of the greatest scores of all micrographs."""
    scores = np.sort(np.concatenate(picks)[:, 2])[::-1]
    lowest = scores[:n_picks].min(initial=np.inf)
    _, recall, thresholds = picking_curve(particles, picks, radius)
    return float(recall[thresholds >= lowest].max(initial=0))


def picks_on(contaminants, particles, picks, radius, recall):
    """Return the kinds of contaminants under the best picks that reach a recall.

    `contaminants` has a table of discs per micrograph, with the columns x, y, radius
    and kind. A pick that hits a particle is on none. If no picks reach the recall, all
    are told.
    """
    hits, kinds = [], []
    for points, found, discs in zip(particles, picks, contaminants, strict=True):
        hits.append(match_coordinates(points, found, radius)[0])
        kinds.append(kinds_at(found[:, :2], discs))
    order = np.argsort(-np.concatenate(picks)[:, 2], kind="stable")
    hit, kind = (np.concatenate(part)[order] for part in (hits, kinds))
    is_needed = np.cumsum(hit) - hit < recall * sum(map(len, particles))
    return kind[is_needed & ~hit & (kind != "")]


def kinds_at(points, discs):
    """Return the kind of the disc at each point, or "" where there is none."""
    if not len(discs):
        return np.full(len(points), "", object)
    beyond = cdist(points, discs[["x", "y"]]) - discs["radius"].to_numpy()
    kinds = discs["kind"].to_numpy(object)[beyond.argmin(axis=1)]
    return np.where(beyond.min(axis=1) < 0, kinds, "")
