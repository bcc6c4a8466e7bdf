import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._check_micrographs import (
    check_any_pixel,
    check_micrographs,
    check_not_constant,
)
from pusklearn.micrographs.images._lazy_rows import LazyRows


@pytest.mark.parametrize("nothing", [[], LazyRows(np.sqrt, [])])
def test_at_least_one_micrograph_is_needed(nothing):
    with pytest.raises(ValueError, match=r"At least 1 micrograph is needed\. Got 0"):
        check_micrographs(nothing)


def test_a_generator_is_no_sequence():
    with pytest.raises(ValueError, match="Expected a sequence of micrographs"):
        check_micrographs(np.ones((2, 2)) for _ in range(3))
    with pytest.raises(ValueError, match="but got paths"):
        check_micrographs(name for name in ["a.mrc"])


def test_truth_values_are_numbers():
    mask = Micrograph(np.eye(3) > 0, name="mask", scale=2.0)
    (checked,) = check_micrographs([mask])
    assert (checked.name, checked.scale) == ("mask", 2.0)
    np.testing.assert_array_equal(checked - 1, np.eye(3) - 1)


def test_missing_pixels_are_no_error():
    image = np.full((5, 4), np.nan)
    image[1, 1] = 3
    (checked,) = check_micrographs([Micrograph(image, "a")])
    np.testing.assert_array_equal(checked, image)


@pytest.mark.parametrize(("name", "label"), [("grid7", "grid7"), (None, "number 1")])
@pytest.mark.parametrize("value", [np.nan, np.inf, 3.0])
def test_a_micrograph_without_a_pixel_is_refused_and_named(name, label, value):
    mask = np.eye(3, dtype=bool)
    if value == 3:
        mask[0, 1:] = True
    image = np.full((3, 3), np.nan)
    image[mask] = value
    empty = Micrograph(image, name, mask=mask)
    with pytest.raises(ValueError, match=f"At least 1 pixel.*Micrograph {label} has"):
        check_micrographs([np.ones((2, 2)), empty])
    with pytest.raises(ValueError, match=f"Micrograph {name or '.no name.'} has"):
        check_any_pixel(empty)


def test_a_micrograph_masked_as_a_whole_stands_for_a_row_that_is_left_out():
    for pixels in (np.ones((3, 3)), np.full((3, 3), np.nan)):
        (checked,) = check_micrographs([Micrograph(pixels, mask=np.ones((3, 3)))])
        assert checked.mask.all()


@pytest.mark.parametrize("name", ["blank", None])
def test_a_constant_micrograph_is_refused_but_for_missing_pixels(name):
    pixels = np.full((5, 6), 3.0)
    message = rf"constant\. Every pixel of micrograph {name or '.no name.'} is 3\.0"
    with pytest.raises(ValueError, match=message):
        check_not_constant(Micrograph(pixels, name))
    pixels[0, 0] = np.nan
    with pytest.raises(ValueError, match=message):
        check_not_constant(Micrograph(pixels, name))
    pixels[4, 5] = 4.0
    grey = Micrograph(pixels, name)
    assert check_not_constant(grey) is grey
    gone = Micrograph(grey, mask=np.ones((5, 6), bool))
    assert check_not_constant(gone) is gone
