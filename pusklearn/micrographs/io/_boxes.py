"""The boxes of EMAN's .box files, and of those that were made after them."""

import math
import os
import re
from collections import Counter

import numpy as np
import pandas as pd

from pusklearn.micrographs.io._text_file import read_lines

_COLUMNS = ["x", "y", "width", "height"]
# EMAN marks the two ends of a filament so; -3 stands behind ordinary boxes.
_FILAMENTS = ["-1"], ["-2"]
# Scores may be whole by chance, but not so many of them and all the same.
_FEWEST_MARKS = 3
_HELIX = re.compile(r"\s*#\s*(micrograph|segment (length|width)|helix)\s*:")


def read_boxes(path: str | os.PathLike, has_confidence: bool = False) -> pd.DataFrame:
    """Return the corners and sizes of the boxes in a file of EMAN, and their scores.

    Parameters
    ----------
    path : path-like
        The file. Blank lines and short comments, which begin with ``#`` and a blank,
        are left out.
    has_confidence : bool, default=False
        Whether the fifth value of a row, if there is one, is a confidence from 0 to 1,
        as in old .cbox files of crYOLO. If not, it is a score if all rows have a number
        in its place and one of them has decimals; EMAN writes marks there, such as -3.
        If most rows have one of the two and others not, the file is refused. Further
        values are left out.

    Returns
    -------
    DataFrame
        Columns ``x``, ``y``, ``width``, ``height`` and, if there are scores, ``score``.
        The index ``line`` tells where a row stands in the file.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no text, a row has fewer than four numbers or another number of
        values than the first, a size is negative, a line tells of a helix, the fifth
        value of a row marks the end of a filament, is no confidence, or is a score in
        some rows alone, or the last row is cut off. The message names the line.
    """
    boxes: dict[int, list[float]] = {}
    fifths = []
    n_values = None
    for number, text in read_lines(path):
        check_is_no_helix(number, text)
        values = text.split(maxsplit=100)
        if not values or (values[0].strip("#") == "" and len(values) <= 4):
            continue
        n_values = n_values or max(4, len(values))
        if len(values) != n_values:
            raise ValueError(
                f"line {number} has {len(values)} values, but {n_values} are expected: "
                "x, y, width and height in each row."
            )
        if values[4:5] in _FILAMENTS and not has_confidence:
            raise ValueError(
                f"line {number} has {values[4]} behind its box, which marks an end of "
                "a filament: the particles along it are not in the file. If each row "
                "is a particle, leave the fifth column out."
            )
        boxes[number] = _check_box(values[:4], number)
        fifths.append(values[4] if len(values) > 4 else "")
    _check_is_whole(path, list(boxes.values()))
    index = pd.Index(list(boxes), name="line", dtype=int)
    frame = pd.DataFrame(list(boxes.values()), index, _COLUMNS, dtype=float)
    scores = np.array([_to_number(fifth) for fifth in fifths])
    if has_confidence and (n_values or 4) > 4:
        frame["score"] = _check_confidence(scores, fifths, index)
    elif set(scores) == {-1, -2}:
        raise ValueError(
            "the fifth values of its rows are -1 and -2, which mark the ends of "
            "filaments: the particles along them are not in the file."
        )
    elif _are_scores(scores, fifths, index):
        frame["score"] = scores
    return frame


def _are_scores(scores, fifths, index):
    """Tell scores from marks and from text, or raise an error if both are there.

    Scores have decimals in some rows; a mark such as -3 is the same in nearly all rows.
    """
    has_decimals = np.array([_has_decimals(fifth) for fifth in fifths], dtype=bool)
    if not has_decimals.any():
        return False
    marks = Counter(fifth for fifth in fifths if not _has_decimals(fifth))
    most_usual, count = next(iter(marks.most_common(1)), ("", 0))
    if 2 * count > len(fifths) and count >= _FEWEST_MARKS:
        row = int(has_decimals.argmax())
        raise ValueError(
            f"the fifth value of a row must be a score in all rows or in none. It is "
            f"{most_usual!r} in {count} of {len(fifths)}, and {fifths[row]!r} in line "
            f"{index[row]}."
        )
    if not np.isfinite(scores).all() and 2 * has_decimals.sum() > len(fifths):
        row = int((~np.isfinite(scores)).argmax())
        raise ValueError(
            "the fifth value of a row is a score in most rows, so it must be a finite "
            f"number in all. Got {fifths[row]!r} in line {index[row]}."
        )
    return bool(np.isfinite(scores).all())


def _has_decimals(number):
    value = _to_number(number)
    return math.isfinite(value) and ("." in number or not value.is_integer())


def check_is_no_helix(number: int, text: str) -> None:
    """Raise an error if a line tells of a helix, whose rows are no particles."""
    if _HELIX.match(text):
        raise ValueError(
            f"line {number} is one of EMAN's e2helixboxer or of crYOLO, which begin "
            "their files of helices so. Their rows are no particles; save the "
            "particles along the helices as boxes."
        )


def _check_confidence(scores, fifths, index):
    bad = ~((scores >= 0) & (scores <= 1))
    if bad.any():
        row = int(bad.argmax())
        raise ValueError(
            "The fifth value of a row must be crYOLO's confidence, from 0 to 1. Got "
            f"{fifths[row]!r} in line {index[row]}."
        )
    return scores


def _to_number(text):
    """Return a finite number, or NaN if the text is none."""
    try:
        number = float(text)
    except ValueError:
        return math.nan
    # Python takes 1_000 for a number; no other program does.
    return number if math.isfinite(number) and "_" not in text else math.nan


def _check_box(values, number):
    box = [_to_number(value) for value in values]
    for place, value in enumerate(values):
        if math.isnan(box[place]):
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
