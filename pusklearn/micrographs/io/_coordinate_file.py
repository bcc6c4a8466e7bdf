"""Read one file of particle coordinates."""

import re
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._star import find_in_project, read_tables

_ALIASES = {
    "micrograph": ["micrograph", "image_name", "micrograph_name", "rlnMicrographName"],
    "x": ["x", "x_coord", "rlnCoordinateX"],
    "y": ["y", "y_coord", "rlnCoordinateY"],
    "score": ["score", "rlnAutopickFigureOfMerit"],
}
# Shifts that RELION found when it aligned the images of particles.
SHIFTS = ["rlnOriginX", "rlnOriginY", "rlnOriginXAngst", "rlnOriginYAngst"]
# The column of RELION's index that names a coordinate file for each micrograph.
_LISTED = "rlnMicrographCoordinates"


def read_coordinate_file(path: Path) -> pd.DataFrame:
    """Read one file of coordinates; an index of RELION stands for the files it lists.

    Parameters
    ----------
    path : Path
        A file in one of the formats of `read_coordinates`.

    Returns
    -------
    DataFrame
        Columns ``micrograph``, ``x``, ``y`` and, if the file has scores, ``score``. Its
        ``attrs["is_shifted"]`` is true if a STAR file has shifts that are not zero.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or one that an index lists is missing.
    ValueError
        If the file cannot be understood, a column is missing, or a coordinate is not a
        finite number.
    """
    table = _read_columns(path)
    return _read_listed(table, path) if _LISTED in table else _tidy(table, path)


def _named_after(file):
    """Return the name of the micrograph that a file is named after."""
    stem = micrograph_stem(file)
    if file.suffix.lower() == ".star":
        return re.sub("_(auto|manual|topaz)?picks?$", "", stem)
    return stem


def _read_columns(path):
    readers = {".star": _read_star, ".box": _read_box}
    try:
        return readers.get(path.suffix.lower(), _read_text)(path)
    except (TypeError, ValueError, pd.errors.ParserWarning) as error:
        raise ValueError(
            f"{path} cannot be read as a file of coordinates: {error}"
        ) from error


def _read_listed(index, path):
    """Read the coordinate file that RELION's index lists for each micrograph."""
    owners = _find_owners(index, path)
    if not len(owners):
        raise ValueError(
            f"An index must list at least 1 coordinate file. {path} lists none."
        )
    tables = []
    for owner, listed in zip(owners, index[_LISTED], strict=True):
        file = find_in_project(listed, path)
        table = _tidy(_read_columns(file), file)
        if table["micrograph"].nunique() > 1:
            raise ValueError(
                f"{path} must list a file of one micrograph for {owner}. {file} has "
                f"rows for {', '.join(table['micrograph'].unique()[:3])}."
            )
        tables.append(table.assign(micrograph=owner))
    listed = pd.concat(tables)
    listed.attrs["is_shifted"] = any(t.attrs.get("is_shifted") for t in tables)
    return listed


def _read_star(path):
    if not path.stat().st_size:
        # RELION writes an empty file for a micrograph without particles.
        return pd.DataFrame(columns=["rlnMicrographName", "x", "y"])
    frames = read_tables(path, [*_ALIASES["micrograph"], _LISTED])
    tables = [f for f in frames if "rlnCoordinateX" in f or _LISTED in f]
    if len(tables) != 1:
        raise ValueError(
            "a STAR file must contain one table with a column rlnCoordinateX or "
            f"{_LISTED}. Got {len(tables)}; the columns of its tables are "
            f"{[list(f) for f in frames]}."
        )
    [frame] = tables
    if "rlnMicrographName" not in frame:
        frame.insert(0, "rlnMicrographName", _named_after(path))
    shifts = frame.reindex(columns=SHIFTS).apply(pd.to_numeric, errors="coerce")
    frame.attrs["is_shifted"] = bool(shifts.fillna(0).any(axis=None))
    return frame


def _read_box(path):
    with warnings.catch_warnings():
        # The file of a micrograph without particles is empty.
        warnings.filterwarnings("ignore", message=".*input contained no data")
        boxes = np.loadtxt(path, usecols=range(4), ndmin=2)
    centres = boxes[:, :2] + boxes[:, 2:] / 2
    index = pd.RangeIndex(1, len(centres) + 1, name="row")
    frame = pd.DataFrame(centres, columns=["x", "y"], index=index)
    frame.insert(0, "micrograph", _named_after(path))
    return frame


def _read_text(path):
    with open(path, encoding="utf-8-sig") as file:
        lines = file.read().splitlines()
    n_comments = next(
        (row for row, line in enumerate(lines) if not line.startswith("#")), 0
    )
    separator = "\t" if "\t" in "".join(lines[n_comments : n_comments + 1]) else ","
    with warnings.catch_warnings():
        # pandas cuts off values beyond the last column of the header, and only warns.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        frame = pd.read_csv(
            path,
            sep=separator,
            dtype=str,
            index_col=False,
            keep_default_na=False,
            skip_blank_lines=False,
            skiprows=n_comments,
            skipinitialspace=True,
        ).fillna("")
    first = n_comments + 2
    frame.index = pd.RangeIndex(first, len(frame) + first, name="line")
    return frame[(frame != "").any(axis=1)]


def _tidy(frame, path):
    """Return the columns micrograph, x, y and score, all checked."""
    owners = _find_owners(frame, path)
    columns = {name: _find_column(frame, name, path) for name in ("x", "y", "score")}
    numbers = {
        name: _check_numbers(frame[column], path)
        for name, column in columns.items()
        if column is not None
    }
    table = pd.DataFrame({"micrograph": owners, **numbers}).reset_index(drop=True)
    table.attrs.update(frame.attrs)
    return table


def _find_owners(frame, path):
    """Return the name of each row's micrograph; every row must have one."""
    owners = frame[_find_column(frame, "micrograph", path)]
    if (owners.isna() | (owners == "")).any():
        row = (owners.isna() | (owners == "")).idxmax()
        raise ValueError(
            f"Column `{owners.name}` of {path} must not have gaps. "
            f"Got {owners[row]!r} in {owners.index.name} {row}."
        )
    return owners.astype(str)


def _find_column(frame, name, path):
    matches = [column for column in frame.columns if column in _ALIASES[name]]
    if name == "score" and not matches:
        return None
    if len(matches) != 1:
        raise ValueError(
            f"{path} must have one column for `{name}`, called "
            f"{' or '.join(_ALIASES[name])}. Its columns are {list(frame.columns)}."
        )
    return matches[0]


def _check_numbers(column, path):
    bad = ~np.isfinite(pd.to_numeric(column, errors="coerce").astype(float))
    if bad.any():
        row = bad.idxmax()
        raise ValueError(
            f"Column `{column.name}` of {path} must hold finite numbers. "
            f"Got {column.astype(object)[row]!r} in {column.index.name} {row}."
        )
    # to_numeric loses digits of a text before pandas 3; astype never does.
    return column.astype(float)
