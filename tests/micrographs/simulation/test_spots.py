import numpy as np
import pytest

from pusklearn.micrographs.simulation._contaminants import OBSTACLES


@pytest.mark.parametrize("kind", ["ice", "aggregate", "crystal", "bead"])
@pytest.mark.parametrize("seed", range(3))
def test_discs_cover_what_was_added_and_no_free_pixel(
    scene, particle, kind, seed, add, discs_of
):
    add(kind, scene, particle, seed)
    assert [found for found, _ in scene.contaminants] == [kind]
    inside = scene.crop(discs_of(scene))
    change = np.abs(scene.crop(scene.density)) / np.abs(scene.density).max()
    assert inside[change > 0.5].mean() > 0.97
    assert inside.any()
    assert not scene.crop(scene.free)[inside].any()


@pytest.mark.parametrize("kind", ["ice", "aggregate", "crystal", "bead"])
@pytest.mark.parametrize("seed", range(3))
def test_it_is_dark_where_it_takes_room_and_nothing_elsewhere(
    scene, particle, kind, seed, add
):
    add(kind, scene, particle, seed)
    assert 0.005 < np.mean(~scene.free) < 0.4
    for layer, least in [(scene.density, particle.mean_density), (scene.absorption, 1)]:
        assert layer.min() >= 0
        assert layer.max() > 0.3 * least
        assert layer[scene.free].max() < 0.01 * layer.max()
    assert scene.grain[scene.free].max() < 1e-3


@pytest.mark.parametrize("kind", ["ice", "aggregate", "crystal", "bead"])
def test_it_is_left_out_if_that_leaves_too_little_room(scene, particle, kind, add):
    rng = np.random.default_rng(0)
    OBSTACLES[kind].add(scene, particle, scene.n_free, rng)
    assert scene.free.all()
    for layer in (scene.density, scene.absorption, scene.grain, scene.filled - 1):
        assert not layer.any()
    assert scene.contaminants == []


@pytest.mark.parametrize("seed", range(5))
def test_a_bead_is_a_ball_blacker_than_ice(scene, particle, seed, add):
    add("bead", scene, particle, seed)
    [(_, [[x, y, radius]])] = scene.contaminants
    assert 0.3 * 24 <= 2 * radius <= 0.8 * 24
    distance = np.hypot(*scene.offsets(x, y))
    assert not scene.absorption[distance > radius].any()
    depth = scene.absorption[distance < radius] ** 2
    ball = 1 - (distance[distance < radius] / radius) ** 2
    assert np.corrcoef(depth, ball)[0, 1] > 0.999
    assert scene.absorption.max() > 5


def test_a_crystal_has_straight_and_sharp_edges(scene, particle, add):
    add("crystal", scene, particle, 1)
    body = scene.absorption > 0.5 * scene.absorption.max()
    # Hardly a pixel is half dark.
    grey = (scene.absorption > 0.05 * scene.absorption.max()) & ~body
    assert grey.sum() < 4 * np.sqrt(body.sum())
    # It is convex: each row of pixels enters and leaves it once.
    steps = np.abs(np.diff(body.astype(int), axis=1)).sum(axis=1)
    assert set(steps.tolist()) == {0, 2}
