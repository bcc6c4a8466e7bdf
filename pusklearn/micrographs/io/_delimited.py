"""Tables of text whose values are separated by commas, tabs or blanks."""

import csv
import os
from collections.abc import Collection
from itertools import chain

import pandas as pd

from pusklearn.micrographs.io._boxes import check_is_no_helix
from pusklearn.micrographs.io._column_names import find_columns
from pusklearn.micrographs.io._headerless import name_columns, name_third
from pusklearn.micrographs.io._text_file import read_lines

_MOST_COLUMNS = 10_000


def read_delimited(
    path: str | os.PathLike, columns: Collection[str] | None = None
) -> pd.DataFrame:
    """Return columns of a table of text, as text.

    Values are separated by tabs if the first line has one, else by commas, else by
    blanks. Each row is one line, so a quote that is never closed swallows no further
    rows; it is then part of its value. Before the header, blank lines and those that
    begin with ``#`` are left out, and after it rows without any value.

    A table without a header begins with a row: ``x, y``, ``x, y, score``, or the name
    of a micrograph, ``x``, ``y`` and perhaps ``score``.

    Parameters
    ----------
    path : path-like
        The file.
    columns : collection of str or None, default=None
        The columns that are kept; `find_columns` tells which they are. None keeps all.

    Returns
    -------
    DataFrame
        The values are strings. A column that the header has twice stands twice. The
        index ``line`` tells where a row stands in the file, ``attrs["columns"]`` lists
        the names of all columns, ``attrs["has_header"]`` tells if there is a header,
        and ``attrs["separator"]`` is a tab, a comma or a blank.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no text or empty, a column is misspelt, a row has more or fewer
        values than the header, or the header comes again. The message names the line.
    """
    lines = read_lines(path)
    first = next((line for line in lines if not _is_comment(*line)), None)
    if first is None:
        raise ValueError("it must begin with a header, the names of its columns.")
    separator, names = _split_header(*first)
    without = name_columns(names, first[0])
    names = without or names
    kept = find_columns(names, names if columns is None else columns)
    rows = dict(
        _split_rows(chain([first] if without else [], lines), names, separator, kept)
    )
    frame = pd.DataFrame(
        list(rows.values()),
        index=pd.Index(list(rows), name="line", dtype=int),
        columns=list(kept.values()),
        dtype=object,
    )
    if without:
        frame = name_third(frame)
    frame.attrs["columns"] = tuple(names)
    frame.attrs["has_header"] = not without
    frame.attrs["separator"] = separator
    return frame


def _split_header(number, text):
    """Return what separates the values of the first line, and its values."""
    if text.startswith("data_") and len(text.split()) == 1:
        raise ValueError(
            f"line {number} is {text.strip()!r}, as a STAR file begins. Give the file "
            "the suffix .star if it is one."
        )
    blank = " " if len(text.split()) > 1 else ","
    separator = next((mark for mark in "\t," if mark in text), blank)
    names = _split(text, separator)
    if len(names) > _MOST_COLUMNS:
        raise ValueError(
            f"line {number} has {len(names)} columns. A table of coordinates has few."
        )
    while names and not names[-1]:
        names.pop()
    return separator, names


def _split_rows(lines, names, separator, kept):
    """Yield the number of each row's line, and its values in the columns kept."""
    for number, text in lines:
        values = _split(text, separator)
        if not any(values):
            continue
        if len(values) != len(names):
            _check_end(number, values, names)
        elif values == names:
            raise ValueError(
                f"line {number} repeats the header, as if two files had been joined. "
                "Give the files as a sequence instead."
            )
        yield number, [values[index] for index in kept]


def _is_comment(number, text):
    check_is_no_helix(number, text)
    return not text.strip() or text.startswith("#")


def _split(text, separator):
    """Return the values of a line, without quotes and blanks around them."""
    if '"' in text:
        values = csv.reader(
            [text], delimiter=separator, skipinitialspace=True, strict=True
        )
        try:
            return next(values)
        except csv.Error:
            pass  # A quote that is not closed is part of a name.
    if separator == " ":
        return text.split()
    return [value.strip(" ") for value in text.split(separator)]


def _check_end(number, values, names):
    if len(values) < len(names) or any(values[len(names) :]):
        columns = f"{len(names)} columns."
        if len(names) == 1:
            columns = "1 column. Only tabs and commas separate values, or else blanks."
        raise ValueError(
            f"line {number} has {len(values)} values, but the header names {columns}"
        )
