"""The columns of a table of coordinates, whatever they are called."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

_ALIASES = {
    "micrograph": [
        "micrograph",
        "image_name",
        "micrograph_name",
        "rlnMicrographName",
        "Micrographs Filename",
    ],
    "x": ["x", "x_coord", "x_coordinate", "X-Coordinate", "rlnCoordinateX"],
    "y": ["y", "y_coord", "y_coordinate", "Y-Coordinate", "rlnCoordinateY"],
    "score": ["score", "rlnAutopickFigureOfMerit"],
}
NAMES = [name for names in _ALIASES.values() for name in names]


def has_column(frame: pd.DataFrame, name: str) -> bool:
    """Whether a table has a column for "micrograph", "x", "y" or "score"."""
    return any(column in _ALIASES[name] for column in frame)


def find_owners(frame: pd.DataFrame, path: Path) -> pd.Series:
    """Return the name of each row's micrograph.

    Parameters
    ----------
    frame : DataFrame
        The table as it stands in the file. Its index tells where a row stands, and
        ``attrs["columns"]``, if it is there, the names of all columns of the file.
    path : Path
        The file, for messages.

    Returns
    -------
    Series of str

    Raises
    ------
    ValueError
        If there is no such column or more than one, or a row has no name.
    """
    owners = _find_column(frame, "micrograph", path)
    if (owners.isna() | (owners == "")).any():
        row = (owners.isna() | (owners == "")).idxmax()
        raise ValueError(
            f"Column `{owners.name}` of {path} must not have gaps. "
            f"Got {owners[row]!r} in {owners.index.name} {row}."
        )
    return owners.astype(str)


def _find_column(frame, name, path):
    places = [i for i, column in enumerate(frame) if column in _ALIASES[name]]
    if len(places) != 1:
        columns = list(frame.attrs.get("columns", frame.columns))
        hint = ""
        if len(columns) == 1:
            hint = " Only tabs and commas separate values, or else blanks."
        elif name == "micrograph" and has_column(frame, "x") and has_column(frame, "y"):
            hint = (
                " If all rows are of one micrograph, name the file after it, with the "
                "suffix .csv."
            )
        found = " and ".join(frame.columns[places]) or "none"
        raise ValueError(
            f"{path} must have one column for `{name}`, called "
            f"{' or '.join(_ALIASES[name])}. It has {found}; its columns are "
            f"{columns[:20]}.{hint}"
        )
    return frame.iloc[:, places[0]]


def find_numbers(frame: pd.DataFrame, name: str, path: Path) -> pd.Series:
    """Return a column of numbers.

    Parameters
    ----------
    frame : DataFrame
        The table as it stands in the file, as for `find_owners`.
    name : {"x", "y", "score"}
        What the column is.
    path : Path
        The file, for messages.

    Returns
    -------
    Series of float

    Raises
    ------
    ValueError
        If there is no such column or more than one, or a value is no finite number. A
        score may be missing: a blank, or NaN if the reader of a format says so.
    """
    column = _find_column(frame, name, path)
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    bad = ~np.isfinite(numbers)
    if column.name == "score" and column.dtype.kind == "f":
        bad &= ~numbers.isna()
    if name == "score":
        # Tables that were joined have scores in some rows alone.
        is_blank = column.astype(str).str.strip() == ""
        bad &= ~is_blank
        column = column.mask(is_blank, "nan")
    if bad.any():
        row = bad.idxmax()
        value = column.astype(object)[row]
        is_comma = re.fullmatch(r"[-+]?\d+,\d+", str(value))
        hint = " Decimals must follow a point, not a comma." if is_comma else ""
        raise ValueError(
            f"Column `{column.name}` of {path} must hold finite numbers. "
            f"Got {str(value)[:60]!r} in {column.index.name} {row}.{hint}"
        )
    # to_numeric loses digits of a text before pandas 3; astype never does.
    return column.astype(float)
