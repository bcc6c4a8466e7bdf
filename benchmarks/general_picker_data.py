"""What the general picker is judged on: micrographs, particles and contaminants."""

from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np
import picking_data as picking
from pages import read_toml

from pusklearn.datasets import make_micrographs


@dataclass(frozen=True)
class Task:
    """A part of a data set to judge on, and perhaps another one to learn from.

    Attributes
    ----------
    name : str
        Its name on the page.
    source : picking_data.DataSet
        Its micrographs if they are not made, and its lengths in any case.
    judged, learnt : tuple of int
        The first micrograph, and the one after the last.
    make : dict or None
        Parameters of `make_micrographs`.
    is_subset : bool
        Whether only some of the particles are known.
    """

    name: str
    source: picking.DataSet
    judged: tuple[int, int]
    learnt: tuple[int, int] | None = None
    make: dict | None = field(default=None, hash=False)
    is_subset: bool = False

    @property
    def has_contaminants(self):
        """Whether it is known where the contaminants are."""
        return bool(self.make) and "return_contaminants" in self.make

    def is_available(self, folder):
        """Tell whether the micrographs are simulated or lie in the folder."""
        return bool(self.make) or self.source.is_available(folder)


def new_task(name, *, judged, learnt=None, **values):
    """Return the task of a table of ``general_picker.toml``."""
    source = values.pop("source", None)
    if source:
        data = picking.find_data_set(source)
    else:
        folder = values.pop("folder", name)
        data = picking.DataSet(
            folder, 0, values.pop("diameter"), values.pop("match_radius")
        )
    return Task(name, data, tuple(judged), learnt and tuple(learnt), **values)


def make_small(task):
    """Return a task of three small micrographs, the first of which is judged."""
    make = {name: task.make[name] for name in task.make if name != "n_particles"}
    make["size"] = 192
    return replace(task, make=make, judged=(0, 1), learnt=task.learnt and (1, 3))


TASKS = {
    name: new_task(name, **values)
    for name, values in read_toml("general_picker.toml").items()
}
QUICK_TASKS = {
    name: make_small(task) for name, task in TASKS.items() if task.make is not None
}


def judged(task, folder):
    """Return the micrographs to judge on, their particles and their contaminants."""
    return [part[slice(*task.judged)] for part in read(task, folder, task.judged[1])]


def learnt(task, folder, n_labels, seed):
    """Return the micrographs to learn from, and labels drawn from them."""
    part = slice(*task.learnt)
    micrographs, particles, _ = read(task, folder, task.learnt[1])
    return micrographs[part], picking.draw_labels(particles[part], n_labels, seed)


def particles_per_micrograph(task, folder):
    """Return the number that a user would tell."""
    told = task.source.particles_per_micrograph
    return told or np.mean([len(points) for points in judged(task, folder)[1]])


@lru_cache(maxsize=4)
def read(task, folder, n_micrographs):
    """Return micrographs, at least the first, their particles and contaminants."""
    if not task.make:
        micrographs, particles = picking.read(task.source, folder)
    else:
        settings = {"diameter": task.source.diameter, "random_state": 0} | task.make
        micrographs, particles, *known = make_micrographs(n_micrographs, **settings)
        if known:
            return micrographs, particles, *known
    return micrographs, particles, [None] * len(micrographs)
