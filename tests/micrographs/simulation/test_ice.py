import numpy as np
import pytest

from pusklearn.micrographs.simulation._ice import ice_level, thickness_of_ice


@pytest.mark.parametrize("gradient", [0, 0.5, 3])
def test_the_level_rises_by_at_most_the_gradient(gradient):
    for seed in range(20):
        level = ice_level((40, 60), gradient, np.random.default_rng(seed))
        assert level.dtype == np.float32
        # The slope adds at most the diagonal of a square, the bend half its square.
        assert np.ptp(level) <= gradient * (np.sqrt(2) + 0.5)
        assert (np.ptp(level) > 0) == (gradient > 0)


@pytest.mark.parametrize("thickness", [1, 0.4])
def test_equal_bounds_give_that_thickness_everywhere(thickness):
    bounds = thickness, thickness
    map_ = thickness_of_ice((40, 60), bounds, np.random.default_rng(0))
    np.testing.assert_allclose(map_, thickness, rtol=1e-6)
    assert map_.dtype == np.float32


def test_a_thickness_of_one_is_exact():
    map_ = thickness_of_ice((40, 60), (1.0, 1.0), np.random.default_rng(0))
    np.testing.assert_array_equal(map_, 1)


def test_thickness_lies_between_the_bounds_and_is_smooth():
    maps = [
        thickness_of_ice((40, 60), (0.5, 4), np.random.default_rng(seed))
        for seed in range(40)
    ]
    assert 0.5 * 0.999 <= np.min(maps) < 0.7
    assert 3 < np.max(maps) <= 4 * 1.001
    # It differs between micrographs and across one.
    assert np.std([np.log(m).mean() for m in maps]) > 0.2
    assert np.mean([np.ptp(m) for m in maps]) > 0.5
    steps = [abs(np.diff(np.log(m), axis=axis)).max() for m in maps for axis in (0, 1)]
    assert max(steps) < 0.25
