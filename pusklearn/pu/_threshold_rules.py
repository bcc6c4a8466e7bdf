"""The rules by which a threshold may be asked for, on both floors."""

from collections.abc import Collection
from decimal import Decimal
from math import inf, isnan, nextafter
from numbers import Real
from typing import Any, NamedTuple

from pusklearn.pu._checks import check_number

# The levels that a rule understands. Some of them may be out of reach for some data.
LEVELS = {
    "recall": "(0, 1]",
    "precision": "(0, 1]",
    "fdr": "[0, 1)",
    "probability": "(0, 1)",
}


class ThresholdRule(NamedTuple):
    """How a threshold is found: the rule's name, and its level if it has one."""

    name: str
    level: float | None


def parse_threshold(
    threshold: Any, rules: Collection[str] = ("prior", "f1", "recall", "fdr")
) -> ThresholdRule:
    """Read the parameter `threshold`.

    Parameters
    ----------
    threshold : float, str or None
        A number, "prior", "f1", "recall:LEVEL" with LEVEL in (0, 1], "fdr:LEVEL" with
        LEVEL in [0, 1), "precision:LEVEL" with LEVEL in (0, 1], "probability:LEVEL"
        with LEVEL in (0, 1), or None.
    rules : collection of str
        The rules that are understood here, a choice from "none", "prior", "f1",
        "recall", "fdr" and "probability"; "none" stands for None. A number is always
        understood, and "precision" is where "fdr" is: it asks for the same in other
        words.

    Returns
    -------
    name : {"number", "prior", "f1", "recall", "fdr", "probability"}
        The rule.
    level : float or None
        The number itself for "number", which is -inf for None; the level for "recall",
        "fdr" and "probability"; None for the other rules. "precision:LEVEL" is "fdr"
        with the level 1 - LEVEL.

    Raises
    ------
    ValueError
        If `threshold` is not one of those, or its level is outside its interval.

    Examples
    --------
    >>> from pusklearn.pu._threshold_rules import parse_threshold
    >>> parse_threshold("recall:0.9")
    ThresholdRule(name='recall', level=0.9)
    >>> parse_threshold("precision:0.9")
    ThresholdRule(name='fdr', level=0.1)
    >>> parse_threshold(-2)
    ThresholdRule(name='number', level=-2.0)
    """
    if threshold is None and "none" in rules:
        return ThresholdRule("number", -inf)
    is_number = isinstance(threshold, Real) and not isinstance(threshold, bool)
    if is_number and not isnan(threshold):
        return ThresholdRule("number", float(threshold))
    if isinstance(threshold, str):
        name, colon, text = threshold.partition(":")
        if name == "precision" and "fdr" in rules:
            _parse_level(name, text)
            return ThresholdRule("fdr", _rate_of_precision(text))
        if name in rules and name in LEVELS:
            return ThresholdRule(name, _parse_level(name, text))
        if name in rules and name != "none" and not colon:
            return ThresholdRule(name, None)
    raise ValueError(f"`threshold` must be {_in_words(rules)}. Got {threshold!r}.")


def _parse_level(name: str, text: str) -> float:
    try:
        return check_number(float(text), name, LEVELS[name])
    except ValueError:
        raise ValueError(
            f"The level of {name!r} must be a number in {LEVELS[name]}. Got {text!r}."
        ) from None


def _rate_of_precision(text: str) -> float:
    """Return 1 - precision, to the bit as if this number had been written."""
    # The rate must be below 1, and the precision may be smaller than rounding.
    return min(float(1 - Decimal(text)), nextafter(1, 0))


def _in_words(rules: Collection[str]) -> str:
    words = ["None"] if "none" in rules else []
    words.append("a number")
    for name in rules:
        if name == "fdr":
            words.append("'precision:LEVEL'")
        if name != "none":
            words.append(f"'{name}:LEVEL'" if name in LEVELS else f"'{name}'")
    return f"{', '.join(words[:-1])} or {words[-1]}"
