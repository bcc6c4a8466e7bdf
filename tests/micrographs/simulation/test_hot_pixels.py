import numpy as np
import pytest

from pusklearn.micrographs.simulation._hot_pixels import add_hot_pixels


@pytest.fixture
def image():
    rng = np.random.default_rng(0)
    return rng.normal(7, 2, (100, 120)).astype(np.float32)


@pytest.mark.parametrize("share", [0.001, 0.25, 1])
def test_a_share_of_the_pixels_are_outliers(image, share):
    hot = add_hot_pixels(image, share, np.random.default_rng(0))
    assert hot.dtype == np.float32
    changed = hot != image
    assert changed.sum() == round(share * image.size)
    distances = np.abs(hot[changed] - image.mean()) / image.std()
    assert distances.min() >= 9.99
    assert distances.max() <= 1001


def test_outliers_are_light_and_dark_and_of_all_sizes(image):
    hot = add_hot_pixels(image, 0.5, np.random.default_rng(0))
    distances = (hot[hot != image] - 7) / 2
    assert np.mean(distances > 0) == pytest.approx(0.5, abs=0.03)
    # The median of a log-uniform law lies at the geometric mean of its ends.
    assert np.median(np.abs(distances)) == pytest.approx(100, rel=0.15)


def test_an_image_without_hot_pixels_stays_as_it_is(image):
    before = image.copy()
    assert add_hot_pixels(image, 0, np.random.default_rng(0)) is image
    add_hot_pixels(image, 0.1, np.random.default_rng(0))
    np.testing.assert_array_equal(image, before)
