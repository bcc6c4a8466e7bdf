import pickle

import numpy as np
import pytest
from sklearn.base import clone

from pusklearn import Micrograph
from pusklearn.micrographs.images._micrograph import length_in_pixels


@pytest.fixture
def micrograph():
    return Micrograph(np.arange(6.0).reshape(2, 3), name="a", pixel_size=1.5, scale=2.0)


def knows(image):
    return image.name, image.pixel_size, image.scale


def test_attributes_outlive_arithmetic_slices_and_casts(micrograph):
    for image in (micrograph + 1, micrograph[:1], micrograph.astype("f4"), -micrograph):
        assert isinstance(image, Micrograph)
        assert knows(image) == ("a", 1.5, 2.0)


def test_attributes_outlive_pickling(micrograph):
    restored = pickle.loads(pickle.dumps(micrograph))
    assert knows(restored) == ("a", 1.5, 2.0)
    np.testing.assert_array_equal(restored, micrograph)


def test_attributes_outlive_copies(micrograph):
    for image in (micrograph.copy(), clone(micrograph, safe=False)):
        assert knows(image) == ("a", 1.5, 2.0)


def test_a_micrograph_of_a_micrograph_keeps_what_it_is_not_told(micrograph):
    assert knows(Micrograph(micrograph)) == ("a", 1.5, 2.0)
    assert knows(Micrograph(micrograph, name="b", scale=1)) == ("b", 1.5, 1)


def test_a_sum_is_a_number(micrograph):
    assert not isinstance(micrograph.sum(), np.ndarray)
    assert micrograph.mean() == 2.5


def test_the_pixels_are_not_copied():
    pixels = np.zeros((2, 2))
    Micrograph(pixels)[0, 0] = 3
    assert pixels[0, 0] == 3


@pytest.mark.parametrize("shape", [(3,), (2, 3, 4)])
def test_other_than_two_dimensions_is_refused(shape):
    with pytest.raises(ValueError, match=f"Got {len(shape)}"):
        Micrograph(np.zeros(shape))


@pytest.mark.parametrize("kind", [float, np.float32, np.float64])
def test_a_length_that_is_a_number_of_pixels_is_not_below_it(kind):
    for scale in np.arange(1, 8, 0.05):
        micrograph = Micrograph(np.zeros((2, 2)), scale=scale)
        for n in range(1, 9):
            length = kind(n * scale)
            exact = kind is not np.float32 or float(length) >= n * scale
            assert not exact or length_in_pixels(length, micrograph) >= n


@pytest.mark.parametrize("name", ["pixel_size", "scale"])
@pytest.mark.parametrize("value", [0, -1.5, np.inf, np.nan])
def test_a_length_that_cannot_be_is_refused(name, value):
    with pytest.raises(
        ValueError, match=rf"`{name}` must be a number in \(0, inf\). Got"
    ):
        Micrograph(np.zeros((3, 4)), **{name: value})


@pytest.mark.parametrize("name", ["pixel_size", "scale"])
@pytest.mark.parametrize("value", ["1.5", True, [2.0]])
def test_what_is_not_a_number_is_no_length(name, value):
    with pytest.raises(TypeError, match=f"`{name}` must be a number"):
        Micrograph(np.zeros((3, 4)), **{name: value})


@pytest.mark.parametrize("kind", [int, np.float16, np.float32, np.int64])
def test_any_real_number_is_a_length(kind):
    micrograph = Micrograph(np.zeros((3, 4)), scale=kind(2), pixel_size=kind(3))
    assert (micrograph.scale, micrograph.pixel_size) == (2, 3)
