import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.preprocessing._without_outliers import without_outliers


def noise(shape=(120, 140), seed=0):
    return np.random.default_rng(seed).normal(1000, 30, shape).astype(np.float32)


@pytest.mark.parametrize("dtype", ["i2", "f4", "f8"])
def test_micrographs_without_outliers_are_returned_themselves(dtype):
    micrograph = Micrograph(noise().astype(dtype))
    assert without_outliers(micrograph) is micrograph


def test_missing_pixels_alone_are_no_outliers():
    image = noise()
    image[:20] = np.nan
    mask = np.zeros(image.shape, bool)
    mask[60:70] = True
    micrograph = Micrograph(image, mask=mask)
    assert without_outliers(micrograph) is micrograph
    left_out = Micrograph(np.zeros((4, 5)), mask=np.ones((4, 5), bool))
    assert without_outliers(left_out) is left_out


def test_specks_hold_the_background_and_areas_are_masked():
    image = noise()
    image[60, 70] = 1e30
    image[:10] = 2000
    micrograph = Micrograph(image, name="grid1", pixel_size=1.5)
    clean = without_outliers(micrograph)
    assert (clean.name, clean.pixel_size) == ("grid1", 1.5)
    assert abs(clean[60, 70] - 1000) < 30
    assert clean.mask[:10].all()
    assert not clean.mask[20:].any()  # beyond its rim
    np.testing.assert_array_equal(clean[20:60], image[20:60])


def test_a_micrograph_without_a_pixel_is_named():
    with pytest.raises(ValueError, match="Micrograph a has none"):
        without_outliers(Micrograph(np.full((4, 5), np.nan), "a"))
