import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.micrographs.peaks._pick_thresholds import RULES as OF_PICKS
from pusklearn.pu._threshold_rules import parse_threshold

OF_SAMPLES = ("prior", "f1", "recall", "fdr")
both_floors = pytest.mark.parametrize("rules", [OF_SAMPLES, OF_PICKS])


@both_floors
@pytest.mark.parametrize(
    ("threshold", "rule"),
    [
        (0.3, ("number", 0.3)),
        (-6, ("number", -6.0)),
        (np.float32(0.5), ("number", 0.5)),
        ("prior", ("prior", None)),
        ("recall:0.95", ("recall", 0.95)),
        ("recall:1", ("recall", 1.0)),
        ("fdr:5e-2", ("fdr", 0.05)),
        ("fdr:0", ("fdr", 0.0)),
        ("precision:0.9", ("fdr", 0.1)),
        ("precision:9e-1", ("fdr", 0.1)),
        ("precision: 0.95 ", ("fdr", 0.05)),
        ("precision:1", ("fdr", 0.0)),
    ],
)
def test_both_floors_read_the_same(rules, threshold, rule):
    assert parse_threshold(threshold, rules) == rule


def test_each_floor_has_a_form_of_its_own():
    assert parse_threshold("f1", OF_SAMPLES) == ("f1", None)
    assert parse_threshold(None, OF_PICKS) == ("number", -np.inf)
    with pytest.raises(ValueError, match=r"must be a number, .* Got None"):
        parse_threshold(None, OF_SAMPLES)
    with pytest.raises(ValueError, match=r"must be None, .* Got 'f1'"):
        parse_threshold("f1", OF_PICKS)


@both_floors
@pytest.mark.parametrize(
    "threshold",
    ["best", "none", "f1:0.5", "prior:", np.nan, [0.5], "", True, np.True_],
)
def test_other_thresholds_are_refused(rules, threshold):
    message = r"`threshold` must be .*a number, .*'prior'.* or 'fdr:LEVEL'\. Got "
    with pytest.raises(ValueError, match=message):
        parse_threshold(threshold, rules)


@both_floors
@pytest.mark.parametrize("level", ["0", "1.1", "nan", "high", "", "-0.1"])
def test_levels_of_recall_out_of_range_are_refused(rules, level):
    with pytest.raises(ValueError, match=r"'recall' .* in \(0, 1\]\. Got"):
        parse_threshold(f"recall:{level}", rules)


@both_floors
@pytest.mark.parametrize("level", ["1", "-0.1", "nan", "low", ""])
def test_levels_of_fdr_out_of_range_are_refused(rules, level):
    with pytest.raises(ValueError, match=r"'fdr' .* in \[0, 1\)\. Got"):
        parse_threshold(f"fdr:{level}", rules)


@both_floors
@pytest.mark.parametrize("level", ["0", "1.1", "-0.1", "nan", "high", ""])
def test_levels_of_precision_out_of_range_are_refused(rules, level):
    with pytest.raises(ValueError, match=r"'precision' .* in \(0, 1\]\. Got"):
        parse_threshold(f"precision:{level}", rules)


def test_a_precision_is_taken_only_where_a_rate_is():
    with pytest.raises(ValueError, match=r"must be a number or 'prior'\. Got 'prec"):
        parse_threshold("precision:0.9", ("prior",))


@given(st.integers(1, 9999))
def test_a_precision_is_the_rate_that_one_would_write(ten_thousandths):
    precision = parse_threshold(f"precision:0.{ten_thousandths:04d}")
    assert precision == parse_threshold(f"fdr:0.{10_000 - ten_thousandths:04d}")


@given(st.floats(0, 1, exclude_min=True))
def test_a_precision_always_gives_a_rate_below_1(level):
    assert 0 <= parse_threshold(f"precision:{level!r}").level < 1


@given(st.floats(0, 1, exclude_min=True))
def test_every_level_is_read_to_the_bit(level):
    assert parse_threshold(f"recall:{level!r}").level == level
