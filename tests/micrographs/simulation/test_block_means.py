import numpy as np
import pytest
from scipy import fft

from pusklearn.micrographs.simulation._block_means import (
    block_coordinates,
    block_means,
    block_response,
)


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_each_pixel_is_the_mean_of_its_block(factor):
    image = np.random.default_rng(0).standard_normal((12, 18), dtype=np.float32)
    means = block_means(image, factor)
    assert means.dtype == np.float32
    assert means.shape == (12 // factor, 18 // factor)
    for row, column in np.ndindex(means.shape):
        block = [
            float(image[factor * row + i, factor * column + j])
            for i in range(factor)
            for j in range(factor)
        ]
        assert means[row, column] == pytest.approx(sum(block) / factor**2, abs=1e-6)


def test_a_factor_of_one_changes_no_bit():
    image = np.random.default_rng(0).standard_normal((5, 7), dtype=np.float32)
    assert block_means(image, 1) is image
    np.testing.assert_array_equal(block_response((5, 7), 1), 1)
    np.testing.assert_array_equal(block_coordinates(image.astype(float), 1), image)


@pytest.mark.parametrize("factor", [2, 3])
def test_the_centre_of_a_block_is_the_centre_of_its_pixel(factor):
    first = np.arange(factor).mean()
    points = np.array([[first, first + 5 * factor]])
    np.testing.assert_allclose(block_coordinates(points, factor), [[0, 5]])


@pytest.mark.parametrize("shape", [(9, 15), (12, 10)])
def test_the_response_is_that_of_the_mean_around_a_pixel(shape):
    image = np.random.default_rng(0).standard_normal(shape)
    expected = np.zeros(shape)
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            expected += np.roll(image, (down, right), axis=(0, 1)) / 9
    found = fft.irfft2(fft.rfft2(image) * block_response(shape, 3), s=shape)
    np.testing.assert_allclose(found, expected, atol=1e-6)
