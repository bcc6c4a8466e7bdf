import click
import numpy as np
import pytest

from pusklearn.commands._numbers import POSITIVE, THRESHOLD, NumberOrWord

COUNT = NumberOrWord("estimate", "(0, inf)")


@pytest.mark.parametrize(
    ("text", "value"), [("300", 300), ("1e2", 100), ("estimate", "estimate"), (3, 3)]
)
def test_a_number_or_the_word_is_taken(text, value):
    assert COUNT.convert(text, None, None) == value


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "auto", "", "3px"])
def test_anything_else_is_refused(text):
    with pytest.raises(click.BadParameter, match=r"'estimate' nor a number in \(0"):
        COUNT.convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("prior", "prior"),
        ("recall:0.9", "recall:0.9"),
        ("fdr:0.05", "fdr:0.05"),
        ("precision:0.95", "precision:0.95"),
        ("-2.5", -2.5),
        ("none", None),
        (None, None),
        (-1.0, -1.0),
    ],
)
def test_every_rule_of_a_threshold_is_taken(text, value):
    assert THRESHOLD.convert(text, None, None) == value


@pytest.mark.parametrize("text", ["f1", "recall", "recall:2", "fdr:x", "nan", ""])
def test_no_other_rule_is_taken(text):
    with pytest.raises(click.BadParameter, match="'none' keeps every peak"):
        THRESHOLD.convert(text, None, None)


@pytest.mark.parametrize("text", ["inf", "1e400"])
def test_no_threshold_keeps_no_peak(text):
    assert THRESHOLD.convert("-inf", None, None) == -np.inf
    with pytest.raises(click.BadParameter, match=f"{text} keeps no peak"):
        THRESHOLD.convert(text, None, None)


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "1.2A", ""])
def test_only_finite_numbers_above_0_are_positive(text):
    assert POSITIVE.convert("1.2", None, None) == 1.2
    with pytest.raises(click.BadParameter):
        POSITIVE.convert(text, None, None)
