"""Lengths as users give them: a number of pixels, or a number with its unit."""

import re
from typing import Any, NamedTuple

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.pu._checks import check_number

# A letter A with a ring may be one sign or two, and there is a sign for the unit.
ANGSTROM = ("A", "\u00c5", "\u212b", "A\u030a")
PIXELS = "px"
FORM = re.compile(rf"\s*(\S+?)\s*({'|'.join(sorted(ANGSTROM, key=len)[::-1])}|px)\s*")


class NotALengthError(ValueError, TypeError):
    """The error for a string that is no length, by its value and by its type."""


class Length(NamedTuple):
    """A length and its unit.

    Attributes
    ----------
    value : float
        The number.
    is_angstrom : bool
        Whether the unit is angstrom; if not, it is a pixel of the original micrograph.
    """

    value: float
    is_angstrom: bool


def parse_length(length: Any, name: str, interval: str = "[0, inf)") -> Length:
    """Read a length, or raise an error for any other value.

    Parameters
    ----------
    length : float or str
        A number of pixels of the original micrograph, or a number with its unit:
        "45px" are pixels of the original, "180A" or "180 Å" are angstrom.
    name : str
        Name of the parameter, for the message.
    interval : str, default="[0, inf)"
        Where the number must lie, as in `check_number`.

    Returns
    -------
    value : float
        The number; a length without a unit as it is.
    is_angstrom : bool
        Whether the unit is angstrom.

    Raises
    ------
    TypeError
        If the length is neither a number nor a string.
    ValueError
        If the number is NaN or outside the interval.
    NotALengthError
        If a string is not a number with a unit; it is both of these errors.

    Examples
    --------
    >>> from pusklearn.micrographs.images._lengths import parse_length
    >>> parse_length("180 A", "diameter")
    Length(value=180.0, is_angstrom=True)
    >>> parse_length("45px", "diameter")
    Length(value=45.0, is_angstrom=False)
    >>> parse_length(45, "diameter")
    Length(value=45, is_angstrom=False)
    """
    if not isinstance(length, str):
        return Length(check_number(length, name, interval), False)
    message = (
        f"`{name}` must be a number in {interval}, in pixels of the original "
        f"micrograph, or such a number with its unit, 'px' or 'A'. Got {length!r}"
    )
    parts = FORM.fullmatch(length)
    if parts is None or not _is_number(parts[1]):
        way_out = ""
        if _is_number(length):
            bare = length.strip()
            way_out = f"; give {bare}, '{bare}px' or '{bare}A'"
        raise NotALengthError(f"{message}{way_out}.")
    value = float(parts[1])
    try:
        check_number(value, name, interval)
    except ValueError as error:
        raise ValueError(f"{message}.") from error
    return Length(value, parts[2] != PIXELS)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return "_" not in text


def in_angstrom(length: Any) -> bool:
    """Tell whether a length, or a parameter that may be None, has the unit angstrom."""
    return isinstance(length, str) and length.strip().endswith(ANGSTROM)


def original_pixels(
    length: Any, micrograph: Micrograph, name: str, row: int | None = None
) -> float:
    """Return a length in pixels of the original of a micrograph.

    Parameters
    ----------
    length : float or str
        The length, as `parse_length` takes it.
    micrograph : Micrograph
        The micrograph, which may have been made smaller.
    name : str
        Name of the parameter, for the message.
    row : int or None, default=None
        The number of the micrograph, for the message if it has no name.

    Returns
    -------
    float
        The number of pixels; one that was given as pixels is not changed.

    Raises
    ------
    ValueError
        If the length is in angstrom and the micrograph has no pixel size.

    Examples
    --------
    A micrograph of 1.5 angstrom a pixel was made twice smaller:

    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> from pusklearn.micrographs.images._lengths import original_pixels
    >>> half = Micrograph(np.zeros((4, 6)), pixel_size=3.0, scale=2.0)
    >>> original_pixels("180A", half, "diameter")
    120.0
    """
    value, is_angstrom = parse_length(length, name)
    if not is_angstrom:
        return value
    if micrograph.pixel_size is None:
        number = "(no name)" if row is None else f"number {row}"
        raise ValueError(
            f"{name}={length!r} is in angstrom, so every micrograph needs its "
            f"`pixel_size`. Micrograph {micrograph.name or number} has none. Give it, "
            "as in read_micrographs(paths, pixel_size=1.5) or "
            "Micrograph(image, pixel_size=1.5), or give the length in pixels."
        )
    return value * micrograph.scale / micrograph.pixel_size


def scaled_length(length: Any, factor: float) -> Any:
    """Return a length times a factor, with its unit if it has one.

    Examples
    --------
    >>> from pusklearn.micrographs.images._lengths import scaled_length
    >>> scaled_length("180A", 0.5), scaled_length(180, 0.5)
    ('90.0A', 90.0)
    """
    value, is_angstrom = parse_length(length, "length")
    return f"{value * factor!r}A" if is_angstrom else value * factor


def in_words(length: Any) -> str:
    """Return a length with its unit in words, for a message."""
    value, is_angstrom = parse_length(length, "length")
    return f"{value:g} {'angstrom' if is_angstrom else 'pixels'}"
