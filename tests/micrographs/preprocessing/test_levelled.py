import numpy as np
import pytest
from scipy.ndimage import binary_dilation, binary_erosion

from pusklearn.micrographs.preprocessing._levelled import levelled


@pytest.mark.parametrize("offset", [-15, -3, 2, 9])
def test_an_area_keeps_what_lies_on_it_but_not_its_grey(offset):
    clean = np.random.default_rng(0).normal(50, 1, (200, 220))
    rows, columns = np.ogrid[:200, :220]
    clean[(rows - 90) ** 2 + (columns - 90) ** 2 < 8**2] -= 1.5
    area = np.zeros(clean.shape, bool)
    area[60:130, 50:140] = True
    image = clean + offset * area
    marks = binary_dilation(area, iterations=4)
    result = levelled(image, marks, np.zeros(clean.shape, bool), 50.0, 1.0)
    inside = binary_erosion(area, iterations=10)
    # A faint edge is not known to the pixel.
    same = np.abs(result - clean)[inside] < 0.25
    assert same.mean() > 0.9
    outside = ~binary_dilation(area, iterations=10)
    np.testing.assert_allclose(result[outside], clean[outside], rtol=1e-6)
    assert np.abs(result - 50).max() < 6


def test_bright_and_dark_areas_side_by_side_are_told_apart():
    clean = np.random.default_rng(0).normal(0, 1, (200, 220))
    image = clean.copy()
    image[60:100, 50:100] += 6
    image[60:100, 110:160] -= 9
    marks = np.zeros(clean.shape, bool)
    marks[56:104, 46:164] = True
    result = levelled(image, marks, np.zeros(clean.shape, bool), 0.0, 1.0)
    for place in (np.s_[70:90, 60:90], np.s_[70:90, 120:150]):
        np.testing.assert_allclose(result[place], clean[place], atol=0.3)


def test_marks_without_an_area_change_nothing():
    image = np.random.default_rng(0).normal(0, 1, (100, 120)).astype(np.float32)
    marks = np.zeros(image.shape, bool)
    marks[20:60, 20:60] = True
    result = levelled(image, marks, ~marks & False, 0.0, 1.0)
    np.testing.assert_array_equal(result, image)
