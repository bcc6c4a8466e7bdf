import numpy as np
from scipy.ndimage import gaussian_filter

from pusklearn import Micrograph
from pusklearn.micrographs.displays._grey_levels import (
    grey_limits,
    in_deviations,
    smoothed_pixels,
)

NOISE = np.random.default_rng(0).normal(size=(30, 40)).astype(np.float32)


def test_pixels_that_are_there_are_smoothed():
    np.testing.assert_allclose(
        smoothed_pixels(Micrograph(NOISE), 2), gaussian_filter(NOISE, 2), rtol=1e-6
    )


def test_hot_pixels_count_as_eight_deviations():
    image = NOISE.copy()
    image[4, 5] = 1e6
    drawn = smoothed_pixels(Micrograph(image), 0)
    assert 6 < drawn[4, 5] < 10


def test_missing_pixels_are_nan_and_do_not_reach_others():
    image = NOISE.copy()
    image[:, :10] = 1e6
    mask = np.zeros(image.shape, bool)
    mask[:, :10] = True
    drawn = smoothed_pixels(Micrograph(image, mask=mask), 2)
    np.testing.assert_array_equal(np.isnan(drawn), mask)
    assert np.nanmax(np.abs(drawn)) < 1


def test_a_micrograph_that_is_not_there_is_nan():
    mask = np.ones(NOISE.shape, bool)
    assert np.isnan(smoothed_pixels(Micrograph(NOISE, mask=mask), 2)).all()


def test_limits_leave_out_the_tails_and_nan():
    values = np.append(np.arange(1001.0), [np.nan, np.inf])
    np.testing.assert_allclose(grey_limits(values), (5, 995))
    assert grey_limits([np.nan]) == (0.0, 1.0)


def test_deviations_are_robust():
    image = NOISE * 3 + 7
    image[0, 0] = np.nan
    image[1, 1] = 1e6
    drawn = in_deviations(image)
    assert abs(np.nanmedian(drawn)) < 1e-6
    assert 0.9 < np.std(drawn[2:]) < 1.1
    assert np.isnan(drawn[0, 0])
    np.testing.assert_array_equal(in_deviations(np.full((2, 2), 5.0)), 0)
