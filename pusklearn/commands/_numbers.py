"""Numbers on the command line in whose place a word may stand."""

from math import inf, isfinite
from typing import Any

import click


class PositiveNumber(click.FloatRange):
    """The type of an option that is a number > 0, and neither infinite nor NaN.

    Examples
    --------
    >>> from pusklearn.commands._numbers import POSITIVE
    >>> POSITIVE.convert("1.2", None, None)
    1.2
    """

    def __init__(self) -> None:
        super().__init__(0, min_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, or fail."""
        number = super().convert(value, param, ctx)
        if not isfinite(number):
            self.fail(f"{value} is not a finite number.", param, ctx)
        return number


POSITIVE = PositiveNumber()


class NumberOrWord(click.ParamType):
    """The type of an option that is a number in an interval, or a word.

    Parameters
    ----------
    word : str
        The word.
    interval : str
        Where the number must lie, in mathematical notation.

    Examples
    --------
    >>> from pusklearn.commands._numbers import NumberOrWord
    >>> downsample = NumberOrWord("auto", "[1, inf)")
    >>> downsample.convert("auto", None, None), downsample.convert("4", None, None)
    ('auto', 4.0)
    """

    def __init__(self, word: str, interval: str) -> None:
        self.name = f"{word}|number"
        self.word = word
        self.interval = interval

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | str:
        """Return the number or the word, or fail."""
        from pusklearn.pu._checks import check_number

        if value == self.word:
            return self.word
        try:
            return check_number(float(value), self.name, self.interval)
        except ValueError:
            self.fail(
                f"{value!r} is neither {self.word!r} nor a number in {self.interval}.",
                param,
                ctx,
            )


class ThresholdType(click.ParamType):
    """The type of an option that is a threshold of picks, as `PeakExtractor` takes it.

    Examples
    --------
    >>> from pusklearn.commands._numbers import THRESHOLD
    >>> THRESHOLD.convert("fdr:0.05", None, None), THRESHOLD.convert("-2.5", None, None)
    ('fdr:0.05', -2.5)
    """

    name = "threshold"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float | str | None:
        """Return the number, the rule, or None for "none"; or fail."""
        from pusklearn.pu._threshold_rules import parse_threshold

        if not isinstance(value, str) or value == "none":
            return None if value == "none" else value
        try:
            threshold: float | str = float(value)
        except ValueError:
            threshold = value
        if threshold == inf:
            self.fail(f"{value} keeps no peak. Give a smaller number.", param, ctx)
        try:
            parse_threshold(threshold, ("probability", "prior", "recall", "fdr"))
        except ValueError as error:
            self.fail(f"{error} The word 'none' keeps every peak.", param, ctx)
        return threshold


THRESHOLD = ThresholdType()
