import numpy as np
import pytest
from report_tools import levels_of

from pusklearn.micrographs.report._grey_png import grey_levels, grey_png, grey_range


@pytest.mark.parametrize("shape", [(1, 1), (3, 4), (4, 3), (97, 31)])
def test_another_program_reads_the_same_levels(shape):
    levels = np.random.default_rng(0).integers(0, 16, shape, dtype=np.uint8)
    read = levels_of(grey_png(levels))
    assert read.shape == shape
    np.testing.assert_array_equal(read, levels)


def test_noise_takes_less_than_four_bits_a_pixel():
    image = np.random.default_rng(0).normal(size=(300, 300))
    assert len(grey_png(grey_levels(image))) < 300 * 300 / 2


def test_levels_span_what_is_usual():
    image = np.append(np.linspace(0, 1, 10_000), [-1e9, 1e9, np.nan]).reshape(1, -1)
    levels = grey_levels(image)
    assert levels[0, [0, 9_999]].tolist() == [0, 15]
    assert levels[0, -3:].tolist() == [0, 15, 0]
    assert levels[0, 5_000] == pytest.approx(7.5, abs=1)


def test_a_given_range_is_used():
    assert grey_levels(np.array([[0.0, 5.0, 9.99]]), 0, 10).tolist() == [[0, 8, 15]]


@pytest.mark.parametrize("value", [np.nan, 3.0])
def test_an_image_without_contrast_has_levels_too(value):
    assert grey_levels(np.full((2, 2), value)).max() <= 15
    low, high = grey_range(np.full((2, 2), value))
    assert np.isfinite([low, high]).all()
