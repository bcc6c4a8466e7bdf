import numpy as np
import pytest

from pusklearn.micrographs.simulation._contaminants import OBSTACLES
from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene


@pytest.fixture
def particle():
    return Particle.random("globular", 24, "D2", np.random.default_rng(0))


@pytest.fixture
def scene():
    return Scene((200, 260), 24)


@pytest.fixture
def add():
    """Return a function that adds a contaminant of a kind to a scene."""

    def add(kind, scene, particle, seed):
        OBSTACLES[kind].add(scene, particle, 0, np.random.default_rng(seed))

    return add


@pytest.fixture
def discs_of():
    """Return a function that tells which pixels lie in discs of contaminants."""

    def discs_of(scene):
        inside = np.zeros(scene.free.shape, bool)
        for _, discs in scene.contaminants:
            for x, y, radius in discs:
                inside |= np.hypot(*scene.offsets(x, y)) < radius
        return inside

    return discs_of
