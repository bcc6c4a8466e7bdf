import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn import Micrograph
from pusklearn.micrographs.images._lengths import (
    Length,
    NotALengthError,
    in_angstrom,
    in_words,
    original_pixels,
    parse_length,
    scaled_length,
)

UNITS = ["A", "\u00c5", "\u212b", "A\u030a"]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("form", ["{}{}", "{} {}", " {}{} "])
def test_angstrom_has_several_signs_and_may_have_a_space(unit, form):
    text = form.format("180.5", unit)
    assert parse_length(text, "diameter") == Length(180.5, True)
    assert in_angstrom(text)


@given(st.floats(0, 1e6), st.sampled_from(["A", "px"]))
def test_a_number_and_its_unit_are_read_exactly(value, unit):
    assert parse_length(f"{value!r}{unit}", "x") == Length(value, unit == "A")


@pytest.mark.parametrize("value", [45, 45.5, np.float32(3), np.int64(7)])
def test_a_bare_number_is_pixels_and_stays_as_it_is(value):
    length = parse_length(value, "radius")
    assert length.value is value
    assert not length.is_angstrom
    assert not in_angstrom(value)
    assert not in_angstrom(None)


@pytest.mark.parametrize(
    "text", ["180nm", "A", "px", "", "1e", "4 5px", "1_0A", "180AA", "--3px", "ApxA"]
)
def test_a_string_that_is_no_length_is_refused(text):
    message = "`margin` must be a number in .* its unit, 'px' or 'A'"
    with pytest.raises(NotALengthError, match=message) as caught:
        parse_length(text, "margin")
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, TypeError)


def test_a_number_without_its_unit_is_told_what_to_be():
    with pytest.raises(TypeError, match="Got ' 24'; give 24, '24px' or '24A'"):
        parse_length(" 24", "diameter")


@pytest.mark.parametrize("text", ["0A", "-5px", "infA", "nanpx", "1e999A"])
def test_a_length_out_of_range_is_refused(text):
    with pytest.raises(ValueError, match=rf"in \(0, inf\).* Got '{text}'"):
        parse_length(text, "diameter", "(0, inf)")


@pytest.mark.parametrize("value", [True, None, [3]])
def test_anything_else_is_refused(value):
    with pytest.raises(TypeError, match="`diameter` must be a number"):
        parse_length(value, "diameter")


@given(st.floats(0.1, 10), st.sampled_from([0.5, 1.0, 2.0, 3.7]))
def test_angstrom_are_pixels_of_the_original_whatever_the_scale(size, scale):
    micrograph = Micrograph(np.zeros((2, 2)), pixel_size=size * scale, scale=scale)
    assert original_pixels("90A", micrograph, "x") == pytest.approx(90 / size)
    assert original_pixels("90px", micrograph, "x") == 90
    assert original_pixels(90, micrograph, "x") == 90


@pytest.mark.parametrize(("name", "label"), [("grid1", "grid1"), (None, "number 4")])
def test_a_micrograph_without_pixel_size_is_named(name, label):
    micrograph = Micrograph(np.zeros((2, 2)), name)
    assert original_pixels("7px", micrograph, "radius") == 7
    message = f"radius='7A' is in angstrom.* `pixel_size`. Micrograph {label} has none"
    with pytest.raises(ValueError, match=message):
        original_pixels("7A", micrograph, "radius", 4)


def test_a_part_of_a_length_keeps_the_unit():
    assert scaled_length("180A", 0.4) == f"{180 * 0.4!r}A"
    assert scaled_length("45px", 0.4) == 18.0
    assert scaled_length(45, 0.4) == 18.0
    assert (in_words("1.5A"), in_words(20)) == ("1.5 angstrom", "20 pixels")
