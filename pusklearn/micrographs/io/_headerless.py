"""Which columns a table of coordinates has if it begins with a row, not a header."""

import re
from collections.abc import Sequence

import pandas as pd

# Numbers with zeros before them, such as "0012", are names.
_NUMBER = re.compile(r"[-+]?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][-+]?\d+)?")
_DECIMALS = re.compile(r"[-+]?\d+,\d+")
_XY = ["x", "y", "score"]
_NAMED = ["micrograph", *_XY]


def name_columns(values: Sequence[str], line: int) -> list[str] | None:
    """Return the names of the columns if the first line of a table is a row.

    Parameters
    ----------
    values : sequence of str
        The values of the first line.
    line : int
        Its number, for messages.

    Returns
    -------
    list of str or None
        ``x, y``, perhaps ``score``, and ``micrograph`` before them if the first value
        is no number; None if the line is a header.

    Raises
    ------
    ValueError
        If it is a row with more values than these, or its decimals stand behind a
        comma.
    """
    if len(values) >= 2 and all(map(_DECIMALS.fullmatch, values[-2:])):
        raise ValueError(
            f"line {line} has decimals behind a comma, such as {values[-1]}. They must "
            "follow a point."
        )
    is_number = [bool(_NUMBER.fullmatch(value)) for value in values]
    if len(values) >= 2 and all(is_number[:2]):
        names = _XY
    elif len(values) >= 3 and all(is_number[1:3]):
        names = _NAMED
    else:
        return None
    if len(values) > len(names):
        raise ValueError(
            f"line {line} begins a table without a header, but has {len(values)} "
            f"values, so nobody knows which are x and y. Without a header, the columns "
            f"must be {', '.join(names)}; give the table a header otherwise."
        )
    return names[: len(values)]


def name_third(table: pd.DataFrame) -> pd.DataFrame:
    """Decide what the third number of each row is in a table of ``x, y, score``.

    It is a score if it is no whole number in some row. A whole number that is the same
    in all rows, such as a diameter or the z of IMOD's model2point, is left out.

    Parameters
    ----------
    table : DataFrame
        The table, whose values are texts.

    Returns
    -------
    DataFrame
        The table with or without the column ``score``.

    Raises
    ------
    ValueError
        If the numbers are whole and differ, so that they may be scores, classes, or
        sections of a tomogram; or if the first numbers alone are whole, and sorted, so
        that they may be names of micrographs before ``x`` and ``y``.
    """
    if list(table) != _XY:
        return table
    if len(table) > 1 and _may_begin_with_names(table):
        raise ValueError(
            "the first column holds sorted whole numbers, the others do not, and there "
            "is no header, so nobody knows if these are names or numbers of "
            "micrographs. Give the table the header 'micrograph x y' or 'x y score'."
        )
    numbers = pd.to_numeric(table["score"], errors="coerce").astype(float)
    if not (numbers % 1 == 0).all():
        return table
    if numbers.nunique() > 1:
        raise ValueError(
            "the third column holds different whole numbers and has no header, so "
            "nobody knows if they are scores. Give the table the header 'x y score', "
            "or leave the column out."
        )
    return table.drop(columns="score")


def _may_begin_with_names(table):
    """Whether the first numbers are whole and sorted, and others have decimals."""
    x, y, score = (table[name].str.fullmatch(r"\d+") for name in _XY)
    is_whole = x.all() and not y.all() and not score.all()
    return is_whole and pd.to_numeric(table["x"]).is_monotonic_increasing
