"""The boxes of crYOLO's .cbox files."""

import os

import pandas as pd

from pusklearn.micrographs.io._column_names import check_spelling
from pusklearn.micrographs.io._star import read_tables

_NUMBERS = ["CoordinateX", "CoordinateY", "Width", "Height"]
_NO_VALUE = "<NA>"


def read_cbox(path: str | os.PathLike) -> pd.DataFrame:
    """Return the centres of the boxes of crYOLO, as numbers.

    Parameters
    ----------
    path : path-like
        A STAR file with a block ``cryolo``, whose columns ``CoordinateX`` and
        ``CoordinateY`` are corners of boxes, in pixels.

    Returns
    -------
    DataFrame
        Columns ``x``, ``y`` and, unless the column ``Confidence`` is missing or has no
        value, ``score``, which is NaN for boxes without one. The index ``line`` tells
        where a row stands in the file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no such STAR file, a box lies in a tomogram, or a value is not a
        finite number. The message names the line.
    """
    wanted = [*_NUMBERS, "CoordinateZ", "Confidence"]
    tables = [t for t in read_tables(path, wanted) if not set(_NUMBERS).isdisjoint(t)]
    if len(tables) != 1 or not set(_NUMBERS) <= set(tables[0]):
        columns = [list(table) for table in tables]
        raise ValueError(
            "a .cbox file must contain one table with the columns "
            f"{', '.join(_NUMBERS)}. Those found are {columns}."
        )
    [table] = tables
    check_spelling(table.attrs["columns"], wanted)
    if "CoordinateZ" in table and (table["CoordinateZ"] != _NO_VALUE).any():
        raise ValueError(
            "its column CoordinateZ tells of particles in a tomogram. Those of "
            "micrographs have x and y alone."
        )
    x, y, width, height = (_to_numbers(table[name]) for name in _NUMBERS)
    negative = (width < 0) | (height < 0)
    if negative.any():
        raise ValueError(
            "The size of a box must not be negative. That in line "
            f"{negative.idxmax()} is."
        )
    centres = pd.DataFrame({"x": x + width / 2, "y": y + height / 2})
    if "Confidence" in table:
        has_score = table["Confidence"] != _NO_VALUE
        scores = _to_numbers(table["Confidence"][has_score])
        if has_score.any() or not len(table):
            centres["score"] = scores.reindex(table.index)
    return centres


def _to_numbers(column):
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    bad = ~numbers.abs().lt(float("inf"))
    if bad.any():
        line = bad.idxmax()
        raise ValueError(
            f"Column `{column.name}` must hold finite numbers. Got {column[line]!r} in "
            f"line {line}."
        )
    return column.astype(float)
