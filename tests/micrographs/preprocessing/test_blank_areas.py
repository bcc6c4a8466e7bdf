import numpy as np
import pytest

from pusklearn.micrographs.preprocessing._blank_areas import blank_pixels


def noise(shape=(90, 120), seed=0):
    return np.random.default_rng(seed).normal(1000, 30, shape)


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "f2", "f4", "f8"])
@pytest.mark.parametrize("std", [2, 10])
def test_noise_has_no_blank_area(dtype, std):
    image = np.random.default_rng(0).normal(60, std, (512, 500)).round()
    assert blank_pixels(image.astype(dtype)) is None


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 200), (7, 7), (8, 9)])
def test_small_images_are_taken(shape):
    assert blank_pixels(noise(shape)) is None


@pytest.mark.parametrize(
    "place",
    [
        np.s_[:12],
        np.s_[-12:],
        np.s_[:, :9],
        np.s_[:, -15:],
        np.s_[:1],
        np.s_[-3:],
        np.s_[:, -2:],
        np.s_[:20, :30],
        np.s_[-15:, -15:],
        np.s_[40:60, 90:],
        np.s_[30:64, 20:60],
    ],
)
@pytest.mark.parametrize("grey", [0, 1000, 5e4])
def test_exactly_the_pixels_of_one_grey_are_blank(place, grey):
    image = noise().astype(np.float32)
    image[place] = grey
    expected = np.zeros(image.shape, bool)
    expected[place] = True
    np.testing.assert_array_equal(blank_pixels(image), expected)


def test_small_areas_inside_are_not_blank():
    image = noise()
    image[20:40, 20:40] = 0
    assert blank_pixels(image) is None
    image = noise((400, 400))
    image[20:59, 20:59] = 0  # 1,521 of 160,000 pixels are less than 1 %.
    assert blank_pixels(image) is None


def test_a_border_of_any_outline_and_borders_of_several_greys_are_blank():
    image = noise()
    rows, columns = np.indices(image.shape)
    corner = rows + columns < 40
    image[corner] = 0
    image[:, -20:] = 7
    expected = corner | (columns >= 100)
    np.testing.assert_array_equal(blank_pixels(image), expected)


def test_lines_of_a_grey_each_are_blank():
    image = noise()
    image[:3] = [[1], [2], [3]]
    assert blank_pixels(image).sum() == 3 * 120


def test_an_image_of_one_grey_is_all_blank():
    assert blank_pixels(np.ones((40, 50))).all()


def test_large_pixels_are_no_blank_areas():
    image = noise((20, 25)).repeat(8, axis=0).repeat(8, axis=1)
    inside = blank_pixels(np.pad(image, 4, mode="wrap"))
    assert inside is None or inside.mean() < 0.2
