"""What the program says on standard error, in lines that begin with "# "."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

NAME = "pusklearn-topaz"


def say(text: str) -> None:
    """Write a text to standard error; each of its lines begins with "# ".

    Standard output is for data alone, which other programs read.

    Parameters
    ----------
    text : str
        The text.
    """
    for line in text.splitlines():
        sys.stderr.write(f"# {line}\n")
    sys.stderr.flush()


@contextmanager
def as_log_lines() -> Iterator[None]:
    """Write warnings in the same way inside."""

    def show(message: Any, category: Any, *where: Any, **more: Any) -> None:
        say(f"Warning: {message}")

    before = warnings.showwarning
    warnings.showwarning = show
    try:
        yield
    finally:
        warnings.showwarning = before
