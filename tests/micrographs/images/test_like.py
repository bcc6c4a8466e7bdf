import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._like import like

ATTRIBUTES = {
    "name": "a",
    "pixel_size": 1.5,
    "scale": 2.0,
    "path": "raw/a.mrc",
    "uid": 3,
    "mask": np.eye(4, dtype=bool),
}


def known(micrograph):
    return {name: getattr(micrograph, name) for name in ATTRIBUTES}


def test_new_pixels_get_all_that_is_known():
    image = like(np.ones((4, 4)), Micrograph(np.zeros((4, 4)), **ATTRIBUTES))
    assert known(image) == ATTRIBUTES
    np.testing.assert_array_equal(image, np.ones((4, 4)))


def test_the_attributes_of_the_pixels_themselves_do_not_count():
    pixels = Micrograph(np.ones((4, 4)), "b", 7.0, path="b.mrc", mask=np.ones((4, 4)))
    image = like(pixels, Micrograph(np.zeros((4, 4)), "a"))
    assert known(image) == {**dict.fromkeys(ATTRIBUTES), "name": "a", "scale": 1.0}


def test_attributes_may_differ():
    micrograph = Micrograph(np.zeros((4, 4)), **ATTRIBUTES)
    image = like(np.ones((2, 2)), micrograph, mask=None, scale=4.0)
    assert known(image) == {**ATTRIBUTES, "mask": None, "scale": 4.0}


def test_a_mask_of_another_shape_is_an_error():
    with pytest.raises(ValueError, match="A mask must have the shape"):
        like(np.ones((2, 2)), Micrograph(np.zeros((4, 4)), **ATTRIBUTES))
