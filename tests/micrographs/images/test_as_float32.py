import numpy as np

from pusklearn import Micrograph
from pusklearn.micrographs.images._as_float32 import as_float32


def test_attributes_and_pixels_are_kept():
    image = Micrograph(np.arange(6.0).reshape(2, 3), "a", 1.5, 2.0, path="x/a.mrc")
    single = as_float32(image)
    assert single.dtype == np.float32
    assert single.tolist() == image.tolist()
    known = (single.name, single.pixel_size, single.scale, single.path, single.mask)
    assert known == ("a", 1.5, 2.0, "x/a.mrc", None)


def test_what_float32_cannot_hold_is_missing():
    single = as_float32(Micrograph(np.array([[1.0, 1e300, np.nan]])))
    assert single.mask.tolist() == [[False, True, True]]
    assert np.isinf(single[0, 1])


def test_pixels_in_float32_are_not_copied():
    image = np.ones((2, 2), np.float32)
    assert np.shares_memory(image, as_float32(Micrograph(image)))
