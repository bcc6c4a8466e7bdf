import numpy as np
import pytest

from pusklearn.micrographs.report._smoothed_image import smoothed_image


@pytest.mark.parametrize("diameter", [12, 25])
def test_a_point_becomes_a_normal_density(diameter):
    image = np.zeros((41, 41), np.float32)
    image[20, 20] = 1
    smooth = smoothed_image(image, diameter)
    assert smooth.dtype == np.float32
    assert smooth.sum() == pytest.approx(1, rel=1e-4)
    rows = np.arange(41) - 20
    spread = (smooth.sum(1) * rows**2).sum() ** 0.5
    assert spread == pytest.approx(0.048 * diameter, rel=0.1)


def test_missing_pixels_stay_missing_and_leave_no_edge():
    image = np.full((30, 30), 5, np.float32)
    image[:, :10] = np.nan
    smooth = smoothed_image(image, 25)
    assert np.isnan(smooth[:, :10]).all()
    np.testing.assert_allclose(smooth[:, 10:], 5)


def test_an_image_without_a_pixel_stays_as_it_is():
    image = np.full((4, 4), np.nan, np.float32)
    assert np.isnan(smoothed_image(image, 25)).all()
