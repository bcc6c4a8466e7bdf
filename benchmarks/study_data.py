"""Micrographs, labels drawn from their particles, and micrographs to judge on."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pusklearn import io
from pusklearn.datasets import make_micrographs

N_TEST = 4  # simulated micrographs
# Both so noisy that reference images from 100 labels find a good half.
SIMULATED = {
    "simulated globular": {
        "particle": "globular",
        "diameter": 34,
        "symmetry": "D2",
        "snr": 0.006,
        "contamination": 0.4,
        "random_state": 1,
    },
    "simulated thin": {
        "particle": "thin",
        "diameter": 36,
        "symmetry": "C1",
        "snr": 0.008,
        "contamination": 0.4,
        "random_state": 1,
    },
}


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

    @property
    def is_simulated(self):
        return self.name in SIMULATED


DATA_SETS = {
    data.name: data
    for data in (
        DataSet("empiar-10017", 8, 27, 10, 650),
        DataSet("empiar-10146", 5, 40, 15, 165, downsample=2),
        DataSet("simulated globular", 8, 34, 12.75, 150),
        DataSet("simulated thin", 8, 36, 13.5, 150),
    )
}
QUICK_DATA = [
    DataSet("simulated globular", 2, 34, 12.75, 12, downsample=2, size=256),
    DataSet("simulated thin", 2, 36, 13.5, 12, downsample=2, size=256),
]


def available(folder):
    """Return the names of the data sets that can be read."""
    return [
        name
        for name, data in DATA_SETS.items()
        if data.is_simulated or (folder / name / "particles.txt").exists()
    ]


@lru_cache(maxsize=len(DATA_SETS))
def read(data, folder):
    """Return all micrographs of a data set and all particles of each."""
    if data.is_simulated:
        return make_micrographs(
            data.n_train + N_TEST,
            size=data.size,
            n_particles=data.particles_per_micrograph,
            **SIMULATED[data.name],
        )
    micrographs = io.read_micrographs(folder / data.name / "micrographs")
    table = io.read_coordinates(folder / data.name / "particles.txt")
    return micrographs, io.coordinates_for(table, micrographs)


def draw(data, folder, n_labels, seed):
    """Return micrographs and drawn labels to learn from, and what to judge on.

    Where there are fewer particles than labels asked for, all are labels.
    """
    micrographs, particles = read(data, folder)
    labels = draw_labels(particles[: data.n_train], n_labels, seed)
    train, test = micrographs[: data.n_train], micrographs[data.n_train :]
    return train, labels, test, particles[data.n_train :]


def draw_labels(particles, n_labels, seed):
    """Return as many particles, drawn from all micrographs together, of each."""
    counts = [len(points) for points in particles]
    n_labels = min(n_labels, sum(counts))
    chosen = np.random.default_rng(seed).permutation(sum(counts))[:n_labels]
    is_label = np.isin(np.arange(sum(counts)), chosen)
    parts = np.split(is_label, np.cumsum(counts)[:-1])
    return [points[part] for points, part in zip(particles, parts, strict=True)]
