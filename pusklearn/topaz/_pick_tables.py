"""The table of picks that other programs read."""

import sys
from collections.abc import Iterable
from math import floor, isnan
from pathlib import Path

from numpy.typing import NDArray

from pusklearn.micrographs.io._draft_files import write_files

HEADER = "image_name\tx_coord\ty_coord\tscore\n"


def pick_table(picks: Iterable[tuple[str, NDArray]]) -> str:
    """Return the table of the picks of some images.

    Parameters
    ----------
    picks : iterable of (str, ndarray of shape (k, 3))
        The name of each image and its picks ``x, y, score``.

    Returns
    -------
    str
        A header, and a line of four values, separated by tabs, for each pick. The
        coordinates are rounded to whole pixels, as topaz writes them.
    """
    rows = [
        f"{name}\t{rounded(x)}\t{rounded(y)}\t{score!r}\n"
        for name, points in picks
        for x, y, score in points.tolist()
    ]
    return "".join([HEADER, *rows])


def rounded(value: float) -> int:
    """Return the nearest whole number; a half is rounded up."""
    return floor(value + 0.5)


def number_text(value: float) -> str:
    """Return a number without a point if it is whole, and no text for NaN."""
    if isnan(value):
        return ""
    return str(int(value)) if value == int(value) else repr(float(value))


def write_output(path: str | None, text: str) -> None:
    """Write a text to a file, whole or not at all, or to standard output.

    The folder of the file is made if it is missing.
    """
    if path is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    write_files({file: text})
