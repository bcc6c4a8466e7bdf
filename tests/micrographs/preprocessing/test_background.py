import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pusklearn.micrographs.preprocessing._background import background_of, filled


@pytest.mark.parametrize("shape", [(300, 310), (1000, 1024)])
@pytest.mark.parametrize("dtype", ["u1", "i2", "f2", "f4", "f8"])
def test_the_background_of_noise_is_its_mean_and_deviation(shape, dtype):
    image = np.random.default_rng(0).normal(90, 6, shape).astype(dtype)
    level, deviation = background_of(image)
    assert level == pytest.approx(90, abs=0.6)
    assert deviation == pytest.approx(6, rel=0.03)


def test_integers_of_few_greys_have_a_deviation_too():
    image = np.random.default_rng(0).normal(7, 0.4, (300, 300)).round().astype(np.uint8)
    _, deviation = background_of(image)
    assert deviation == pytest.approx(0.5, abs=0.1)


@given(st.integers(0, 2**32 - 1), st.floats(-1e3, 1e6), st.floats(0, 0.1))
@settings(max_examples=30, deadline=None)
def test_a_tenth_of_other_pixels_hardly_changes_it(seed, offset, share):
    rng = np.random.default_rng(seed)
    image = rng.normal(50, 2, (200, 210))
    image[rng.random(image.shape) < share] += 2 * offset
    level, deviation = background_of(image)
    assert abs(level - 50) < 0.4
    assert 0.9 < deviation / 2 < 1.3


def test_missing_pixels_do_not_count():
    image = np.random.default_rng(0).normal(50, 2, (200, 210))
    missing = np.zeros(image.shape, bool)
    missing[:150] = True
    image[missing] = np.resize([np.nan, np.inf, -1e30], missing.sum())
    level, deviation = background_of(image, missing)
    assert (level, deviation) == pytest.approx((50, 2), rel=0.03)


def test_dead_columns_at_regular_places_do_not_decide():
    image = np.random.default_rng(0).normal(50, 2, (1024, 2048))
    image[:, ::16] = 1e6  # There are 16 times as many pixels as are looked at.
    level, deviation = background_of(image)
    assert (level, deviation) == pytest.approx((50, 2), rel=0.1)


def test_a_drawing_has_no_noise():
    y, x = np.mgrid[:90, :120]
    spot = np.exp(-((x - 60) ** 2 + (y - 30) ** 2) / 50)
    assert background_of(spot)[1] == 0
    assert background_of((spot > 0.5) * 3.0)[1] == 0
    assert background_of(np.ones((9, 9))) == (1, 0)


def test_a_tenth_of_very_different_pixels_is_no_drawing():
    image = np.random.default_rng(0).normal(50, 2, (200, 200))
    image[:20] += 1e7
    assert background_of(image)[1] == pytest.approx(2, rel=0.2)


# Filling


def test_holes_get_the_background_around_them_and_all_else_stays():
    y, x = np.mgrid[:150, :170]
    ramp = 300 + 0.1 * x - 0.2 * y
    image = ramp + np.random.default_rng(0).normal(0, 1, ramp.shape)
    holes = (y - 70) ** 2 + (x - 60) ** 2 < 25**2
    holes[10, 20] = holes[149, 169] = holes[0, 0] = True
    bad = np.where(holes, np.resize([np.nan, np.inf, 1e9], ramp.shape), image)
    with np.errstate(invalid="ignore"):
        result = filled(bad, holes, holes, 300.0)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result[~holes], image[~holes], rtol=1e-6)
    assert np.abs(result - ramp)[holes].max() < 5
    assert abs((result - ramp)[holes].mean()) < 0.5


def test_odd_pixels_are_no_background_but_keep_their_value():
    image = np.random.default_rng(0).normal(0, 1, (64, 64)).astype(np.float32)
    odd = np.zeros(image.shape, bool)
    odd[20:40, 20:40] = True
    image[odd] = 500
    holes = np.zeros(image.shape, bool)
    holes[25:30, 25:30] = True
    result = filled(image, holes, odd, 0.0)
    assert np.abs(result[holes]).max() < 5
    np.testing.assert_array_equal(result[~holes], image[~holes])


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 2**32 - 1))
@settings(max_examples=30, deadline=None)
def test_one_pixel_is_enough_for_a_background(height, width, seed):
    rng = np.random.default_rng(seed)
    odd = np.ones((height, width), bool)
    odd[rng.integers(height), rng.integers(width)] = False
    image = np.where(odd, np.nan, 7.0)
    result = filled(image, odd, odd, 5.0)
    np.testing.assert_allclose(result, 7, rtol=1e-5)
