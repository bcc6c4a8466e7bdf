"""The boxes of crYOLO's .cbox files."""

import os
import re

import pandas as pd

from pusklearn.micrographs.io._boxes import read_boxes
from pusklearn.micrographs.io._column_names import check_spelling
from pusklearn.micrographs.io._star import read_tables
from pusklearn.micrographs.io._text_file import read_lines

_NUMBERS = ["CoordinateX", "CoordinateY", "Width", "Height"]
_OTHERS = [
    "CoordinateZ",
    "Depth",
    "EstWidth",
    "EstHeight",
    "NumBoxes",
    "Angle",
    "filamentid",
]
_NO_VALUES = {"<NA>", "nan", "None"}
_ZERO = re.compile(r"0+(\.0*)?")
# The slices of a tomogram that were searched.
_SLICES = "slice_index"


def read_cbox(path: str | os.PathLike) -> pd.DataFrame:
    """Return the centres of the boxes of crYOLO, as numbers.

    Parameters
    ----------
    path : path-like
        A STAR file with a block ``cryolo``, whose columns ``CoordinateX`` and
        ``CoordinateY`` are corners of boxes, in pixels; crYOLO and its box manager
        write it since crYOLO 1.8. Or one of the versions before, without a header:
        corner, width, height, confidence, and two sizes that are left out.

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
        If the file is no such file, a box lies in a tomogram, or a value is not a
        finite number. The message names the line.
    """
    if _is_old(path):
        return _centres(read_boxes(path, has_confidence=True))
    return _centres(_boxes_of(_find_table(path)))


def _find_table(path):
    """Return the one table of boxes, as text."""
    wanted = [*_NUMBERS, "CoordinateZ", "Confidence"]
    found = read_tables(path, [*wanted, _SLICES])
    tables = [
        table
        for table in found
        if not set(_NUMBERS).isdisjoint(table) and not _has_vertices(table)
    ]
    if len(tables) != 1 or not set(_NUMBERS) <= set(tables[0]):
        columns = [list(table) for table in tables]
        raise ValueError(
            "a .cbox file must contain one table with the columns "
            f"{', '.join(_NUMBERS)}. Those found are {columns}."
        )
    [table] = tables
    check_spelling(table.attrs["columns"], wanted)
    _check_is_flat(table, found)
    unknown = set(table.attrs["columns"]).difference(wanted, _OTHERS)
    if unknown and "Confidence" not in table:
        raise ValueError(
            f"it has no column Confidence, but {sorted(unknown)[0]}, which crYOLO does "
            "not write. Is it damaged? If not, leave that column out."
        )
    return table


def _boxes_of(table):
    """Return corners, sizes and scores as numbers."""
    boxes = pd.DataFrame(
        {
            name: _to_numbers(table[column])
            for name, column in zip(
                ["x", "y", "width", "height"], _NUMBERS, strict=True
            )
        }
    )
    negative = (boxes["width"] < 0) | (boxes["height"] < 0)
    if negative.any():
        raise ValueError(
            "The size of a box must not be negative. That in line "
            f"{negative.idxmax()} is."
        )
    if "Confidence" in table:
        has_score = ~table["Confidence"].isin(_NO_VALUES)
        scores = _to_numbers(table["Confidence"][has_score])
        if has_score.any() or not len(table):
            boxes["score"] = scores.reindex(table.index)
    return boxes


def _is_old(path):
    """Whether a file has rows of numbers, or none, and no header."""
    lines = (text.split() for _, text in read_lines(path))
    first = next((values for values in lines if values), ["0"])
    try:
        float(first[0])
    except ValueError:
        return False
    return True


def _has_vertices(table):
    """Whether a table has the corners of traced filaments, which are no boxes."""
    columns = set(table.attrs["columns"])
    return "filamentid" in columns and columns.isdisjoint(["Width", "Height"])


def _centres(boxes):
    """Return the centres of boxes, with their scores if they have some."""
    x, y = boxes["x"] + boxes["width"] / 2, boxes["y"] + boxes["height"] / 2
    return pd.DataFrame({"x": x, "y": y, **boxes.filter(["score"])})


def _check_is_flat(table, found):
    """Raise an error if boxes lie in the slices of a tomogram.

    The box manager writes slice 0 for the boxes of a single micrograph.
    """
    values = [("CoordinateZ", table)] + [(_SLICES, t) for t in found if _SLICES in t]
    for name, frame in values:
        if name in frame and not all(map(_is_no_slice, set(frame[name]))):
            raise ValueError(
                f"its column {name} tells of particles in a tomogram. Those of "
                "micrographs have x and y alone."
            )


def _is_no_slice(text):
    return text in _NO_VALUES or bool(_ZERO.fullmatch(text))


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
