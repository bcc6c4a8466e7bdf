"""Lengths on the command line: a number with its unit."""

from typing import Any

import click


class LengthType(click.ParamType):
    """The type of an option that is a length, such as ``180A`` or ``45px``.

    The unit is needed: 180 alone may be angstrom or pixels.

    Parameters
    ----------
    interval : str, default="(0, inf)"
        Where the number must lie, in mathematical notation.

    Examples
    --------
    >>> from pusklearn.commands._lengths import LENGTH
    >>> LENGTH.convert("180A", None, None), LENGTH.convert("45 px", None, None)
    ('180A', '45 px')
    """

    name = "length"

    def __init__(self, interval: str = "(0, inf)") -> None:
        self.interval = interval

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the length as it is, or fail."""
        # NumPy is imported only if a length is given, so that help is fast.
        from pusklearn.micrographs.images._lengths import parse_length

        text = str(value).strip()
        if _is_number(text):
            self.fail(
                f"{text} may be {text} angstrom or {text} pixels of the original "
                f"micrograph: write {text}A or {text}px.",
                param,
                ctx,
            )
        try:
            parse_length(text, "length", self.interval)
        except TypeError:  # Not a length at all, see `NotALengthError`.
            self.fail(
                f"{text!r} is not a length. A length is a number and its unit, such as "
                "180A (angstrom) or 45px (pixels of the original micrograph).",
                param,
                ctx,
            )
        except ValueError:
            self.fail(
                f"{text!r} is out of range: its number must be in {self.interval}.",
                param,
                ctx,
            )
        return text


LENGTH = LengthType()
LENGTH_OR_ZERO = LengthType("[0, inf)")


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True
