import click
import pytest

from pusklearn.commands._lengths import LENGTH, LENGTH_OR_ZERO


@pytest.mark.parametrize("text", ["180A", "45px", "1.5e2A", "180 A", "180\u00c5"])
def test_a_number_with_its_unit_is_a_length(text):
    assert LENGTH.convert(f" {text} ", None, None) == text


@pytest.mark.parametrize("text", ["180", "45.5", "1e2", "nan", "-3"])
def test_a_bare_number_has_two_readings(text):
    with pytest.raises(click.BadParameter, match=f"write {text}A or {text}px"):
        LENGTH.convert(text, None, None)


@pytest.mark.parametrize("text", ["", "A", "px", "180nm", "180AA", "18 0A", "diameter"])
def test_other_words_are_no_length(text):
    with pytest.raises(click.BadParameter, match="is not a length"):
        LENGTH.convert(text, None, None)


@pytest.mark.parametrize("text", ["0A", "-1px", "infA", "nanpx"])
def test_a_length_out_of_range_is_refused(text):
    with pytest.raises(click.BadParameter, match="out of range"):
        LENGTH.convert(text, None, None)


def test_some_lengths_may_be_zero():
    assert LENGTH_OR_ZERO.convert("0px", None, None) == "0px"
    with pytest.raises(click.BadParameter, match=r"\[0, inf\)"):
        LENGTH_OR_ZERO.convert("-1px", None, None)
