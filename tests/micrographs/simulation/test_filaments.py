import numpy as np
import pytest

from pusklearn.micrographs.simulation._contaminants import OBSTACLES
from pusklearn.micrographs.simulation._scene import Scene


@pytest.mark.parametrize("kind", ["filament"])
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


@pytest.mark.parametrize("kind", ["filament"])
def test_it_is_left_out_if_that_leaves_too_little_room(scene, particle, kind, add):
    rng = np.random.default_rng(0)
    OBSTACLES[kind].add(scene, particle, scene.n_free, rng)
    assert scene.free.all()
    for layer in (scene.density, scene.absorption, scene.grain, scene.filled - 1):
        assert not layer.any()
    assert scene.contaminants == []


@pytest.mark.parametrize("seed", range(5))
def test_a_filament_is_long_and_thin(scene, particle, seed, add):
    add("filament", scene, particle, seed)
    [(_, discs)] = scene.contaminants
    steps = np.linalg.norm(np.diff(discs[:, :2], axis=0), axis=1)
    length, width = steps.sum(), 2 * discs[0, 2]
    assert (discs[:, 2] == discs[0, 2]).all()
    assert 0.3 * 24 <= width <= 0.75 * 24
    assert length > 4 * width
    # Each disc overlaps the next one, and the path does not turn sharply.
    assert steps.max() < discs[0, 2] * 2
    turns = np.diff(np.unwrap(np.arctan2(*np.diff(discs[:, :2], axis=0).T)))
    assert np.abs(turns).max() < 0.5
    assert scene.density[scene.free].max() < 0.01 * scene.density.max()
    assert not scene.absorption.any()


def test_its_mass_is_spread_evenly_along_it(particle, add):
    scene = Scene((600, 600), 24)
    add("filament", scene, particle, 3)
    [(_, discs)] = scene.contaminants
    near = [
        scene.density[np.hypot(*scene.offsets(x, y)) < 24].sum() for x, y, _ in discs
    ]
    assert np.std(near[8:-8]) < 0.15 * np.mean(near[8:-8])


def test_filaments_cross(scene, particle, add):
    for seed in range(8):
        add("filament", scene, particle, seed)
    kinds = [kind for kind, _ in scene.contaminants]
    assert kinds == ["filament"] * 8


def test_no_filament_hangs_in_an_empty_hole(scene, particle, add):
    scene.filled[:, :100] = 0
    for seed in range(8):
        add("filament", scene, particle, seed)
    assert not scene.density[:, :100].any()
    assert scene.density[:, 100:].any()
