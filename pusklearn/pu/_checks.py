"""Checks of parameters: one function for each kind of value."""

from collections.abc import Collection
from math import isnan
from numbers import Integral, Real
from typing import Any

import numpy as np


def check_number(
    value: Any, name: str, interval: str = "[0, inf)", *, words: Collection[str] = ()
) -> Any:
    """Return a number in an interval, or raise an error for any other value.

    Parameters
    ----------
    value : object
        The value of the parameter.
    name : str
        Name of the parameter, for the message.
    interval : str, default="[0, inf)"
        The interval in mathematical notation, such as "(0, 1]": a bracket includes
        its end, a parenthesis does not.
    words : collection of str, default=()
        Words that are allowed in place of a number, such as "auto".

    Returns
    -------
    float or str
        The value as it is.

    Raises
    ------
    TypeError
        If no word is allowed, and the value is not a real number or is True or False.
    ValueError
        If the value is NaN or outside the interval, or neither a number nor one of
        the words.

    Examples
    --------
    >>> from pusklearn.pu._checks import check_number
    >>> check_number(0.5, "share", "(0, 1)")
    0.5
    >>> check_number("auto", "slack", words=["auto"])
    'auto'
    """
    if not words:
        return _check_in(value, name, interval, Real, "a number")
    if isinstance(value, str) and value in words:
        return value
    noun = f"{', '.join(map(repr, words))} or a number"
    try:
        return _check_in(value, name, interval, Real, noun)
    except TypeError as error:
        raise ValueError(*error.args) from None


def check_integer(value: Any, name: str, interval: str = "[1, inf)") -> int:
    """Return an integer, or raise an error as `check_number` does."""
    return _check_in(value, name, interval, Integral, "an integer")


def check_share(value: Any, name: str) -> float:
    """Return a number in (0, 1), or raise an error as `check_number` does."""
    return check_number(value, name, "(0, 1)")


def check_flag(value: Any, name: str) -> bool:
    """Return True or False, or raise a TypeError for anything else."""
    if not isinstance(value, bool | np.bool_):
        raise TypeError(f"`{name}` must be True or False. Got {value!r}.")
    return bool(value)


def check_verbose(value: Any) -> int:
    """Return how much is shown, an integer from 0 on, or raise an error."""
    if isinstance(value, bool | np.bool_):
        return int(value)
    return check_integer(value, "verbose", "[0, inf)")


def check_choice(value: Any, name: str, choices: Collection[Any]) -> Any:
    """Return one of some values, or raise a ValueError that names them all."""
    plain = value.item() if isinstance(value, np.generic) else value
    # The types are compared as well, since 1 equals True.
    if not any(type(plain) is type(one) and plain == one for one in choices):
        *others, last = map(repr, choices)
        raise ValueError(
            f"`{name}` must be {', '.join(others)} or {last}. Got {value!r}."
        )
    return value


def check_is_estimator(value: Any, name: str) -> Any:
    """Return an estimator, or raise a TypeError for a class or anything else."""
    if isinstance(value, type):
        raise TypeError(
            f"`{name}` must be an object, not a class. Got the class "
            f"{value.__name__}; give {value.__name__}(), an object."
        )
    if not (hasattr(value, "fit") and hasattr(value, "get_params")):
        raise TypeError(
            f"`{name}` must be an estimator with `fit` and `get_params`. Got {value!r}."
        )
    return value


def check_not_negative(weights: Any) -> None:
    """Raise a ValueError if the weight of a sample is negative."""
    values = np.asarray(weights)
    if values.dtype.kind in "if" and values.size and values.min() < 0:
        row = int(values.argmin())
        raise ValueError(
            "`sample_weight` must be at least 0; a sample of weight 0 counts as "
            f"absent. Got {values.min():g} for sample {row}."
        )


def check_none_masked(values: Any, name: str) -> None:
    """Raise a ValueError if values of a masked array are masked, which are missing."""
    if not np.ma.is_masked(values):
        return
    raise ValueError(
        f"No value of {name} may be missing. Got a masked array, in which "
        f"{np.ma.count_masked(values)} of {np.size(values)} values are masked."
    )


def _check_in(value: Any, name: str, interval: str, kind: Any, noun: str) -> Any:
    message = f"`{name}` must be {noun} in {interval}. Got {value!r}."
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(message)
    low, high = map(float, interval[1:-1].split(","))
    above = low <= value if interval[0] == "[" else low < value
    below = value <= high if interval[-1] == "]" else value < high
    if isnan(value) or not (above and below):
        raise ValueError(message)
    return value
