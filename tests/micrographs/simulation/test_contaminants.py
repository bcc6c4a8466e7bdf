import numpy as np
import pytest
from scipy import ndimage

from pusklearn.micrographs.simulation._contaminants import (
    OBSTACLES,
    USUAL,
    add_fragments,
    add_obstacles,
)
from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene


@pytest.fixture
def particle():
    return Particle.random("globular", 24, "D2", np.random.default_rng(0))


@pytest.mark.parametrize("share", [0.2, 0.7, 0.95])
def test_obstacles_leave_the_room_asked_for(particle, share):
    n_free = []
    for seed in range(20):
        scene = Scene((200, 260), 24)
        rng = np.random.default_rng(seed)
        add_obstacles(scene, particle, USUAL, 1.0, share * 200 * 260, rng)
        assert scene.n_free == np.count_nonzero(scene.free & scene.within)
        n_free.append(scene.n_free)
    assert share * 200 * 260 <= min(n_free) < 200 * 260


@pytest.mark.parametrize("kind", OBSTACLES)
def test_each_kind_is_frequent_if_contamination_is_full(particle, kind):
    # A micrograph of 20 diameters along each side.
    shown = []
    for seed in range(40):
        scene = Scene((480, 480), 24)
        rng = np.random.default_rng(seed)
        add_obstacles(scene, particle, [kind], 1.0, 0.2 * 480**2, rng)
        shown.append([found for found, _ in scene.contaminants])
        assert set(shown[-1]) <= {kind}
    assert sum(map(bool, shown)) >= 10


def test_kinds_that_are_not_named_draw_nothing(particle):
    scene = Scene((200, 260), 24)
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    add_obstacles(scene, particle, [], 1.0, 0, rng)
    assert rng.bit_generator.state == before
    assert scene.contaminants == []


def test_obstacles_do_not_overlap(particle):
    scene = Scene((200, 260), 24)
    scene.free[:] = False
    add_obstacles(scene, particle, USUAL, 1.0, 0, np.random.default_rng(0))
    assert not scene.density.any()


def test_broken_pieces_are_smaller_than_particles(particle):
    scene = Scene((400, 400), 24)
    add_fragments(scene, particle, 1.0, 0, 30, np.random.default_rng(0))
    spots, n_spots = ndimage.label(scene.density > 1e-4)
    masses = ndimage.sum(scene.density, spots, np.arange(1, n_spots + 1))
    assert n_spots > 8
    assert np.median(masses / particle.weights.sum()) == pytest.approx(0.45, abs=0.1)
    assert masses.max() < 0.75 * particle.weights.sum()
    [(kind, discs)] = scene.contaminants
    assert kind == "fragment"
    assert len(discs) >= n_spots
    assert (discs[:, 2] == 12).all()


def test_whole_particles_lie_in_the_surroundings(particle):
    scene = Scene((200, 200), 24)
    scene.free[scene.within] = False
    add_fragments(scene, particle, 1.0, 30, 21.6, np.random.default_rng(0))
    n_whole = scene.density[~scene.within].sum() / particle.weights.sum()
    assert 5 < n_whole < 30
    assert 0 < scene.crop(scene.density).sum() < 10 * particle.weights.sum()
    middle = scene.crop(scene.density)[30:-30, 30:-30]
    assert not middle.any()
