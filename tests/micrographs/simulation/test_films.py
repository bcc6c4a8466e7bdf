import numpy as np
import pytest

from pusklearn.micrographs.simulation._contaminants import OBSTACLES
from pusklearn.micrographs.simulation._scene import Scene


@pytest.mark.parametrize("kind", ["carbon", "gold"])
@pytest.mark.parametrize("seed", range(3))
def test_discs_cover_what_was_added_and_no_free_pixel(
    scene, particle, kind, seed, add, discs_of
):
    add(kind, scene, particle, seed)
    assert [found for found, _ in scene.contaminants] == [kind]
    inside = scene.crop(discs_of(scene))
    change = np.abs(scene.crop(scene.density)) / np.abs(scene.density).max()
    assert inside[change > 0.5].mean() > 0.95
    assert inside.any()
    assert not scene.crop(scene.free)[inside].any()


@pytest.mark.parametrize("kind", ["carbon", "gold"])
@pytest.mark.parametrize("seed", range(3))
def test_it_is_dark_where_it_takes_room_and_nothing_elsewhere(
    scene, particle, kind, seed, add
):
    add(kind, scene, particle, seed)
    assert 0.02 < np.mean(~scene.free) < 0.4
    for layer, least in [(scene.density, particle.mean_density), (scene.absorption, 1)]:
        assert layer.min() >= 0
        assert layer.max() > 0.3 * least
        assert layer[scene.free].max() < 0.01 * layer.max()
    assert scene.grain[scene.free].max() < 1e-3


@pytest.mark.parametrize("kind", ["carbon", "gold", "hole"])
def test_it_is_left_out_if_that_leaves_too_little_room(scene, particle, kind, add):
    rng = np.random.default_rng(0)
    OBSTACLES[kind].add(scene, particle, scene.n_free, rng)
    assert scene.free.all()
    for layer in (scene.density, scene.absorption, scene.grain, scene.filled - 1):
        assert not layer.any()
    assert scene.contaminants == []


def test_gold_is_much_darker_than_carbon_and_has_a_sharper_edge(particle, add):
    darkness, edges = {}, {}
    for kind in ("carbon", "gold"):
        scenes = [Scene((200, 260), 24) for _ in range(5)]
        for seed, one in enumerate(scenes):
            add(kind, one, particle, seed)
        darkness[kind] = np.mean([one.absorption.max() for one in scenes])
        edges[kind] = np.mean(
            [np.abs(np.diff(s.density)).max() / s.density.max() for s in scenes]
        )
    assert darkness["gold"] > 5 * darkness["carbon"]
    assert edges["gold"] > 1.5 * edges["carbon"]


@pytest.mark.parametrize("seed", range(5))
def test_a_hole_is_light_round_and_empty(scene, particle, seed, add):
    add("hole", scene, particle, seed)
    [(kind, [[x, y, radius]])] = scene.contaminants
    assert kind == "hole"
    distance = np.hypot(*scene.offsets(x, y))
    inside = distance < radius - 6
    assert (scene.absorption[inside] < -0.3).all()
    assert (scene.filled[inside] < 0.35).all()
    rim = np.abs(distance - radius) < 1
    assert scene.absorption[rim].mean() > scene.absorption[inside].mean() + 0.3
    outside = distance > radius + 12
    assert np.abs(scene.absorption[outside]).max() < 0.01
    np.testing.assert_allclose(scene.filled[outside], 1, atol=1e-3)
    np.testing.assert_array_equal(scene.free, distance >= radius + 12)
