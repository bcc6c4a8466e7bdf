"""Read one file of particle coordinates."""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from pusklearn.micrographs.io._boxes import read_boxes
from pusklearn.micrographs.io._cbox import read_cbox
from pusklearn.micrographs.io._column_names import check_spelling
from pusklearn.micrographs.io._cs_particles import read_cs_particles
from pusklearn.micrographs.io._delimited import read_delimited
from pusklearn.micrographs.io._eman_info import read_eman_info
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._star import find_in_project, read_tables
from pusklearn.micrographs.io._star_owners import check_is_of_one, stacks_of
from pusklearn.micrographs.io._text_file import check_is_file

_ALIASES = {
    "micrograph": ["micrograph", "image_name", "micrograph_name", "rlnMicrographName"],
    "x": ["x", "x_coord", "X-Coordinate", "rlnCoordinateX"],
    "y": ["y", "y_coord", "Y-Coordinate", "rlnCoordinateY"],
    "score": ["score", "rlnAutopickFigureOfMerit"],
}
# Shifts that RELION found when it aligned the images of particles.
SHIFTS = ["rlnOriginX", "rlnOriginY", "rlnOriginXAngst", "rlnOriginYAngst"]
# The column of RELION's index that names a coordinate file for each micrograph.
_LISTED = "rlnMicrographCoordinates"
_NAMES = [name for names in _ALIASES.values() for name in names]
# Columns of particles in tomograms.
_DEPTHS = {"z", "z_coord", "rlnCoordinateZ"}


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
        ``attrs["is_shifted"]`` is true if a STAR file has shifts that are not zero, and
        ``attrs["is_named_after_file"]`` if the file's own name is that of the
        micrograph.

    Raises
    ------
    FileNotFoundError
        If there is no such file, or one that an index lists is missing.
    ValueError
        If the file cannot be understood, a column is missing or stands twice, the
        particles lie in tomograms, or a coordinate is not a finite number. The message
        names the file and the line.
    """
    table = _read_columns(path)
    return _read_listed(table, path) if _LISTED in table else _tidy(table, path)


def named_after(file: Path) -> str:
    """Return the name of the micrograph that a file is named after."""
    stem = micrograph_stem(file)
    if file.suffix.lower() == ".json":
        return re.sub("_info$", "", file.stem)
    if file.suffix.lower() == ".star":
        return re.sub("_(auto|manual|topaz)?picks?$", "", stem)
    return stem


def _read_columns(path):
    readers = {
        ".star": _read_star,
        ".box": _read_box,
        ".cbox": _read_cbox,
        ".csv": _read_csv,
        ".json": _read_eman_info,
        ".cs": read_cs_particles,
    }
    try:
        check_is_file(path)
        return readers.get(path.suffix.lower(), _read_text)(path)
    except ValueError as error:
        if str(error).startswith(str(path)):
            raise
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
    is_shifted = any(table.attrs["is_shifted"] for table in tables)
    for table in tables:
        table.attrs.clear()
    listed = pd.concat(tables)
    listed.attrs = {"is_shifted": is_shifted, "is_named_after_file": False}
    return listed


def _read_star(path):
    if not path.stat().st_size:
        # RELION writes an empty file for a micrograph without particles.
        return _name_after(path, pd.DataFrame(columns=["x", "y"]))
    frames = read_tables(path, [*_NAMES, *SHIFTS, *_DEPTHS, _LISTED])
    columns = [list(frame.attrs["columns"][:20]) for frame in frames]
    for frame in frames:
        _check_is_flat(frame)
    marks = {"rlnCoordinateX", "rlnCoordinateY", _LISTED}
    tables = [frame for frame in frames if not marks.isdisjoint(frame)]
    if len(tables) > 1:
        raise ValueError(
            "a STAR file must contain one table of coordinates or of coordinate files. "
            f"Got {len(tables)}; the columns of its tables are {columns}. If it was "
            "joined from several files, give these as a sequence instead."
        )
    if not tables or not ("rlnCoordinateX" in tables[0] or _LISTED in tables[0]):
        raise ValueError(
            "a STAR file must contain one table with a column rlnCoordinateX or "
            f"{_LISTED}. Got 0; the columns of its tables are {columns}."
        )
    [frame] = tables
    check_spelling(frame.attrs["columns"], _NAMES)
    shifts = frame.reindex(columns=SHIFTS).apply(pd.to_numeric, errors="coerce")
    is_shifted = bool(shifts.fillna(0).any(axis=None))
    if "rlnMicrographName" not in frame:
        [table] = [t for t in read_tables(path) if "rlnCoordinateX" in t]
        stacks = stacks_of(table)
        if stacks is None:
            frame = _name_after(path, frame)
        else:
            frame.insert(0, "rlnMicrographName", stacks)
    frame.attrs["is_shifted"] = is_shifted
    return frame


def _read_box(path):
    boxes = read_boxes(path)
    frame = pd.DataFrame(index=boxes.index)
    frame["x"] = boxes["x"] + boxes["width"] / 2
    frame["y"] = boxes["y"] + boxes["height"] / 2
    return _name_after(path, frame)


def _read_cbox(path):
    return _name_after(path, read_cbox(path))


def _read_eman_info(path):
    return _name_after(path, read_eman_info(path))


def _read_csv(path):
    """Read a table that may be one of a single micrograph, without its name."""
    frame = _read_text(path)
    if _has(frame, "micrograph") or not (_has(frame, "x") and _has(frame, "y")):
        return frame  # The missing column will be named.
    check_is_of_one(read_delimited(path), "micrograph")
    return _name_after(path, frame)


def _has(frame, name):
    return any(column in _ALIASES[name] for column in frame)


def _read_text(path):
    return read_delimited(path, [*_NAMES, *_DEPTHS])


def _name_after(path, frame):
    """Give all rows to the micrograph that the file is named after."""
    frame.insert(0, "micrograph", named_after(path))
    frame.attrs["is_named_after_file"] = True
    return frame


def _check_is_flat(frame):
    columns = frame.attrs.get("columns", ())
    depths = [c for c in columns if c in _DEPTHS or c.startswith("rlnTomo")]
    if depths:
        raise ValueError(
            f"its column {depths[0]} tells of particles in a tomogram, with three "
            "coordinates. Particles of micrographs have x and y alone; leave the "
            "column out if these are such."
        )


def _tidy(frame, path):
    """Return the columns micrograph, x, y and score, all checked."""
    try:
        _check_is_flat(frame)
    except ValueError as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    owners = _find_owners(frame, path)
    numbers = {
        name: _check_numbers(column, path)
        for name in ("x", "y", "score")
        if (column := _find_column(frame, name, path)) is not None
    }
    table = pd.DataFrame({"micrograph": owners, **numbers}).reset_index(drop=True)
    if "uid" in frame:
        table["uid"] = frame["uid"].array
    flags = ("is_shifted", "is_named_after_file")
    table.attrs = {flag: frame.attrs.get(flag, False) for flag in flags}
    return table


def _find_owners(frame, path):
    """Return the name of each row's micrograph; every row must have one."""
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
    if name == "score" and not places:
        return None
    if len(places) != 1:
        columns = list(frame.attrs.get("columns", frame.columns))
        hint = " Only tabs and commas separate values." if len(columns) == 1 else ""
        found = " and ".join(frame.columns[places]) or "none"
        raise ValueError(
            f"{path} must have one column for `{name}`, called "
            f"{' or '.join(_ALIASES[name])}. It has {found}; its columns are "
            f"{columns[:20]}.{hint}"
        )
    return frame.iloc[:, places[0]]


def _check_numbers(column, path):
    bad = ~np.isfinite(pd.to_numeric(column, errors="coerce").astype(float))
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
