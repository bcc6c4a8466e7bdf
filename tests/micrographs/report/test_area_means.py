import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.micrographs.report._area_means import area_means


def weighted_means(image, factor):
    """Return the means by the overlap of each pixel with each square, one by one."""
    n_rows, n_columns = (max(1, int(n / factor + 1e-9)) for n in image.shape)
    means = np.full((n_rows, n_columns), np.nan)
    for row, column in np.ndindex(means.shape):
        total = weight = 0.0
        for y, x in np.ndindex(image.shape):
            high = min((row + 1) * factor, y + 1) - max(row * factor, y)
            wide = min((column + 1) * factor, x + 1) - max(column * factor, x)
            if high > 0 and wide > 0 and not np.isnan(image[y, x]):
                total += high * wide * image[y, x]
                weight += high * wide
        means[row, column] = total / weight if weight > 1e-6 else np.nan
    return means


@given(
    st.floats(1, 3.9),
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.booleans(),
    st.integers(0, 9),
)
def test_means_are_those_of_the_overlaps(factor, shape, has_gaps, seed):
    random = np.random.default_rng(seed)
    image = random.normal(size=shape)
    if has_gaps:
        image[random.random(shape) < 0.3] = np.nan
    expected = image if factor <= 1 else weighted_means(image, factor)
    np.testing.assert_allclose(area_means(image, factor), expected, atol=2e-5)


@pytest.mark.parametrize("factor", [4, 6, 10])
def test_a_whole_factor_gives_means_of_blocks(factor):
    image = np.random.default_rng(0).normal(size=(60, 120))
    blocks = image.reshape(60 // factor, factor, 120 // factor, factor).mean((1, 3))
    np.testing.assert_allclose(area_means(image, factor), blocks, atol=1e-5)


def test_an_image_is_not_made_larger():
    image = np.eye(3)
    assert area_means(image, 0.5).shape == (3, 3)


def test_a_large_factor_gives_one_pixel():
    image = np.arange(12.0).reshape(3, 4)
    assert area_means(image, 100).item() == pytest.approx(5.5)
