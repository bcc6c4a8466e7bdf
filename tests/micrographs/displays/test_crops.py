import numpy as np
import pytest

from pusklearn.micrographs.displays._crops import crops_around

IMAGE = np.random.default_rng(0).normal(size=(30, 40))


def test_whole_pixels_are_cut_out_as_they_are():
    (crop,) = crops_around(IMAGE, np.array([[12, 9, 3.5]]), 7, n_pixels=7)
    np.testing.assert_allclose(crop, IMAGE[6:13, 9:16], rtol=1e-6)
    assert crop.dtype == np.float32


def test_the_centre_of_a_crop_is_the_point():
    y, x = np.mgrid[:30, :40]
    for image, centre in [(x, 12.3), (y, 9.8)]:
        crop = crops_around(image.astype(float), np.array([[12.3, 9.8]]), 10)
        assert crop.shape == (1, 64, 64)
        assert np.mean(crop) == pytest.approx(centre, rel=1e-6)
        # The edges of the outermost pixels are 10 apart.
        assert np.ptp(crop) == pytest.approx(10 * 63 / 64, rel=1e-5)


def test_lengths_are_in_pixels_of_the_original():
    half = crops_around(IMAGE, np.array([[24, 18]]), 14, scale=2.0, n_pixels=7)
    np.testing.assert_allclose(half[0], IMAGE[6:13, 9:16], rtol=1e-6)


def test_what_is_not_there_is_nan():
    image = IMAGE.copy()
    image[3, 5] = np.nan
    corner, hole = crops_around(image, np.array([[0, 0], [5, 3]]), 3, n_pixels=3)
    seen = [[True] * 3, [True, False, False], [True, False, False]]
    assert np.isnan(corner).tolist() == seen
    # The interpolation looks at the next pixel, too.
    assert np.isnan(hole).tolist() == [[True, True, False]] * 2 + [[False] * 3]


def test_no_point_gives_no_crop():
    assert crops_around(IMAGE, np.empty((0, 2)), 5, n_pixels=4).shape == (0, 4, 4)
