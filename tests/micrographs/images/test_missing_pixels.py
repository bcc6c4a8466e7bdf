import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pusklearn import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out, missing_pixels


@pytest.mark.parametrize("dtype", ["u1", "i2", "f2", "f4", "f8"])
def test_nothing_is_missing_of_clean_pixels(dtype):
    image = Micrograph(np.ones((3, 4), dtype))
    assert missing_pixels(image) is None
    image.mask = np.zeros((3, 4), bool)
    assert missing_pixels(image) is None


def test_great_finite_pixels_are_there():
    image = np.full((3, 4), np.finfo(np.float32).max, np.float32)
    assert missing_pixels(Micrograph(image)) is None


@given(
    hnp.arrays(
        np.float32,
        (3, 4),
        elements=st.sampled_from([0.0, 1.0, np.nan, np.inf, -np.inf]),
    ),
    st.none() | hnp.arrays(bool, (3, 4)),
)
def test_masked_nan_and_infinite_pixels_are_missing(image, mask):
    expected = ~np.isfinite(image)
    if mask is not None:
        expected = expected | mask
    found = missing_pixels(Micrograph(image, mask=mask))
    if not expected.any():
        assert found is None
    else:
        assert type(found) is np.ndarray
        np.testing.assert_array_equal(found, expected)


def test_integers_are_missing_only_by_the_mask():
    mask = np.eye(3, dtype=bool)
    assert missing_pixels(Micrograph(np.ones((3, 3), int), mask=mask)) is mask


def test_a_mask_that_is_unknown_is_an_error():
    image = Micrograph(np.ones((3, 3)), mask=np.eye(3)).mean(axis=0)
    with pytest.raises(ValueError, match="its own mask is unknown"):
        missing_pixels(image)


def test_a_micrograph_is_left_out_if_it_is_masked_as_a_whole():
    image = np.ones((2, 3))
    assert not is_left_out(Micrograph(image))
    assert not is_left_out(Micrograph(np.nan * image))
    assert not is_left_out(Micrograph(image, mask=[[1, 1, 1], [1, 0, 1]]))
    assert is_left_out(Micrograph(image, mask=image))
