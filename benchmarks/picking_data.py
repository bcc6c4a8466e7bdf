"""Micrographs to learn from and to judge on, labels drawn from them, and scores."""

import time
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from pusklearn import io
from pusklearn.datasets import make_micrographs
from pusklearn.metrics import picking_average_precision, picking_curve


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
    particles_per_micrograph: float
    downsample: float = 1
    size: int = 896  # edge of a simulated micrograph


# The pages list them in alphabetical order.
DATA_SETS = (
    DataSet("empiar-10017", 8, 27, 10, 650),
    DataSet("empiar-10146", 5, 40, 15, 165, downsample=2),
    DataSet("simulated globular", 8, 34, 12.75, 150),
    DataSet("simulated thin", 8, 36, 13.5, 150),
)
QUICK_DATA = tuple(
    replace(data, n_train=2, particles_per_micrograph=12, downsample=2, size=256)
    for data in DATA_SETS[2:]
)
# They are so noisy that reference images from 100 labels find about half of the
# particles.
SIMULATED = {
    "simulated globular": {"particle": "globular", "symmetry": "D2", "snr": 0.006},
    "simulated thin": {"particle": "thin", "symmetry": "C1", "snr": 0.008},
}


def find_data_set(name, quick=False):
    """Return the data set of that name."""
    return {data.name: data for data in (QUICK_DATA if quick else DATA_SETS)}[name]


def is_available(data, folder):
    """Tell whether a data set can be read."""
    return data.name in SIMULATED or (folder / data.name / "particles.txt").exists()


@lru_cache(maxsize=len(DATA_SETS))
def read(data, folder):
    """Return all micrographs of a data set and all particles of each."""
    if data.name in SIMULATED:
        return make_micrographs(
            data.n_train + 4,
            size=data.size,
            n_particles=data.particles_per_micrograph,
            diameter=data.diameter,
            contamination=0.4,
            random_state=1,
            **SIMULATED[data.name],
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
    fitted = time.perf_counter()
    picks = picker.predict(test)
    return picks, (fitted - start, time.perf_counter() - fitted)


def judge(particles, picks, radius, recalls=()):
    """Return the average precision, and the best precision at each recall or more.

    The precision at a recall that no threshold reaches is 0.
    """
    precision, recall, _ = picking_curve(particles, picks, radius)
    at_recalls = [float(precision[recall >= at].max(initial=0)) for at in recalls]
    return picking_average_precision(particles, picks, radius), at_recalls
