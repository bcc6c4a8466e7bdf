"""The boxes of EMAN's .box files."""

import math
import os
from contextlib import suppress

import pandas as pd

from pusklearn.micrographs.io._text_file import read_lines

_COLUMNS = ["x", "y", "width", "height"]
# EMAN marks the two ends of a filament so; -3 stands behind ordinary boxes.
_FILAMENTS = ["-1"], ["-2"]


def read_boxes(path: str | os.PathLike) -> pd.DataFrame:
    """Return the corners and sizes of the boxes in a file of EMAN.

    Parameters
    ----------
    path : path-like
        The file. Values beyond the fourth of a row are left out, and so are blank lines
        and short comments, which begin with ``#`` and a blank.

    Returns
    -------
    DataFrame
        Columns ``x``, ``y``, ``width`` and ``height``. The index ``line`` tells where a
        row stands in the file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no text, a row has fewer than four numbers or another number of
        values than the first, a size is negative, the fifth value of a row marks the
        end of a filament, or the last row is cut off. The message names the line.
    """
    boxes: dict[int, list[float]] = {}
    n_values = None
    for number, text in read_lines(path):
        values = text.split(maxsplit=100)
        if not values or (values[0].strip("#") == "" and len(values) <= 4):
            continue
        n_values = n_values or max(4, len(values))
        if len(values) != n_values:
            raise ValueError(
                f"line {number} has {len(values)} values, but {n_values} are expected: "
                "x, y, width and height in each row."
            )
        if values[4:5] in _FILAMENTS:
            raise ValueError(
                f"line {number} has {values[4]} behind its box, which marks an end of "
                "a filament: the particles along it are not in the file. If each row "
                "is a particle, leave the fifth column out."
            )
        boxes[number] = _check_box(values[:4], number)
    _check_is_whole(path, list(boxes.values()))
    index = pd.Index(list(boxes), name="line", dtype=int)
    return pd.DataFrame(list(boxes.values()), index, _COLUMNS, dtype=float)


def _check_box(values, number):
    box = [math.nan] * 4
    for place, value in enumerate(values):
        with suppress(ValueError):
            # Python takes 1_000 for a number; no other program does.
            box[place] = math.nan if "_" in value else float(value)
        if not math.isfinite(box[place]):
            raise ValueError(
                f"Column `{_COLUMNS[place]}` must hold finite numbers. Got {value!r} "
                f"in line {number}."
            )
    if min(box[2:]) < 0:
        raise ValueError(
            f"The size of a box must not be negative. Got {box[2]:g} x {box[3]:g} in "
            f"line {number}."
        )
    return box


def _check_is_whole(path, boxes):
    """Raise an error if the last row lost some digits when the file was cut off."""
    sizes = {tuple(box[2:]) for box in boxes[:-1]}
    if len(boxes) < 3 or len(sizes) > 1 or tuple(boxes[-1][2:]) in sizes:
        return
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        if file.read() not in b"\r\n":
            raise ValueError(
                "it seems to be cut off: its last row has no end, and not the size of "
                "all other boxes."
            )
