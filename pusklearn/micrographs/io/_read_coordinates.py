"""Read particle coordinates from the files of other programs."""

import glob
import os
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
_SHIFTS = ["rlnOriginX", "rlnOriginY", "rlnOriginXAngst", "rlnOriginYAngst"]
# The column of RELION's index that names a coordinate file for each micrograph.
_LISTED = "rlnMicrographCoordinates"


def read_coordinates(path):
    r"""Read particle coordinates from the files of other programs.

    ============ ============================================================
    suffix       what is read
    ============ ============================================================
    ``.star``    RELION, before and since 3.1: the table with
                 ``rlnCoordinateX``, ``rlnCoordinateY`` and, where they are
                 there, ``rlnMicrographName`` and ``rlnAutopickFigureOfMerit``
                 (the score). Without micrograph names the file is that of one
                 micrograph and named after it, with or without an ending such
                 as ``_autopick`` or ``_manualpick``. Or the index of a picking
                 job since 4.0 (``manualpick.star``), of which all files that
                 ``rlnMicrographCoordinates`` lists are read; their paths start
                 at the RELION project, the nearest folder above the index
                 in which they are found. Shifts from an alignment, such as
                 ``rlnOriginXAngst``, are not applied.
    ``.box``     EMAN: one micrograph, named as the file; corner and size of
                 each box, from which its centre is taken.
    any other    A table with a header, separated by tabs (Topaz:
                 ``image_name``, ``x_coord``, ``y_coord``) or commas. The
                 columns may also be called ``micrograph`` or
                 ``micrograph_name``, ``x`` and ``y``; ``score`` is optional.
    ============ ============================================================

    Parameters
    ----------
    path : str, path-like, or sequence of them
        One of

        - a file;
        - a folder: its ``.star`` and ``.box`` files, sorted by name, hidden ones
          left out;
        - a pattern such as ``"clicks/*.star"``: the files that match, sorted, with
          ``**`` for any folders;
        - a sequence of files, which keep their order.

    Returns
    -------
    DataFrame
        Columns ``micrograph`` (str, as it stands in the file: perhaps with
        folders and extension, never turned into a number), ``x`` and ``y``
        (float64, pixels of the original micrograph, neither flipped nor
        scaled), and ``score`` (float64) where a file has one; NaN for the rows
        of other files that have none.

    Raises
    ------
    FileNotFoundError
        Where there is no such file, or one that an index lists is missing.
    ValueError
        Where a file cannot be understood, lacks a column or holds a coordinate
        that is not a finite number; where a folder or pattern has no file to read,
        or two for the same micrograph.

    Warns
    -----
    UserWarning
        Where a STAR file has shifts that are not zero.

    See Also
    --------
    coordinates_for : Gives each micrograph its rows of the table.
    write_coordinates : Writes such files.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from pusklearn.io import read_coordinates
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "particles.txt")
    ...     _ = path.write_text("image_name\tx_coord\ty_coord\n0012\t30.5\t4\n")
    ...     read_coordinates(path)
      micrograph     x    y
    0       0012  30.5  4.0
    """
    files = _list_files(path)
    if not files:
        raise ValueError(f"At least 1 coordinate file is needed. Found none in {path}.")
    tables = [_read_file(file) for file in files]
    if isinstance(path, str | os.PathLike):
        _check_owners(tables, files, path)
    _warn_of_shifts(tables, files)
    table = pd.concat(tables, ignore_index=True)
    table.attrs.clear()
    return table


def _warn_of_shifts(tables, files):
    shifted = [
        str(file)
        for table, file in zip(tables, files, strict=True)
        if table.attrs.get("is_shifted")
    ]
    if shifted:
        warnings.warn(
            "Coordinates are read as they were extracted, without the shifts "
            f"{', '.join(_SHIFTS)} in {', '.join(shifted[:3])} ({len(shifted)} in "
            "all). RELION's Extract can re-centre particles on them.",
            stacklevel=3,
        )


def _list_files(path):
    if not isinstance(path, str | os.PathLike):
        return [Path(file) for file in path]
    folder = Path(path)
    if folder.is_dir():
        return sorted(filter(_is_of_one_micrograph, folder.iterdir()))
    if glob.has_magic(os.fspath(path)) and not folder.exists():
        matches = map(Path, glob.glob(os.fspath(path), recursive=True))
        return sorted(filter(Path.is_file, matches))
    return [folder]


def _check_owners(tables, files, path):
    """Several files that were found, not listed, must hold different micrographs."""
    owners = {}
    for table, file in zip(tables, files, strict=True):
        for owner in table["micrograph"].map(micrograph_stem).unique():
            if owner in owners:
                raise ValueError(
                    f"No two coordinate files in {path} may hold the same micrograph. "
                    f"{owners[owner]} and {file} both hold {owner!r}; to read both, "
                    "give a sequence of files."
                )
            owners[owner] = file


def _is_of_one_micrograph(file):
    return file.suffix.lower() in {".star", ".box"} and not file.name.startswith(".")


def _named_after(file):
    """Return the micrograph that a file without micrograph names is named after."""
    stem = micrograph_stem(file)
    if file.suffix.lower() == ".star":
        return re.sub("_(auto|manual|topaz)?picks?$", "", stem)
    return stem


def _read_file(path):
    frame = _read_columns(path)
    return _read_listed(frame, path) if _LISTED in frame else _tidy(frame, path)


def _read_columns(path):
    readers = {".star": _read_star, ".box": _read_box}
    try:
        return readers.get(path.suffix.lower(), _read_text)(path)
    except (TypeError, ValueError, pd.errors.ParserWarning) as error:
        raise ValueError(f"{path} cannot be read as coordinates: {error}") from error


def _read_listed(index, path):
    """Read the coordinate file that RELION's index lists for each micrograph."""
    owners = _find_owners(index, path)
    if not len(owners):
        raise ValueError(f"At least 1 coordinate file is needed. {path} lists none.")
    tables = []
    for owner, listed in zip(owners, index[_LISTED], strict=True):
        file = find_in_project(listed, path)
        table = _tidy(_read_columns(file), file)
        if table["micrograph"].nunique() > 1:
            raise ValueError(
                f"{path} must list a file of one micrograph for {owner}. {file} holds "
                f"{', '.join(table['micrograph'].unique()[:3])}."
            )
        tables.append(table.assign(micrograph=owner))
    listed = pd.concat(tables)
    listed.attrs["is_shifted"] = any(t.attrs.get("is_shifted") for t in tables)
    return listed


def _read_star(path):
    if not path.stat().st_size:
        # So RELION leaves a micrograph without particles.
        return pd.DataFrame(columns=["rlnMicrographName", "x", "y"])
    frames = read_tables(path, [*_ALIASES["micrograph"], _LISTED])
    tables = [f for f in frames if "rlnCoordinateX" in f or _LISTED in f]
    if len(tables) != 1:
        raise ValueError(
            "a STAR file must hold one table with a column rlnCoordinateX, or with "
            f"{_LISTED}. Got {len(tables)} in tables of columns "
            f"{[list(f) for f in frames]}."
        )
    [frame] = tables
    if "rlnMicrographName" not in frame:
        frame.insert(0, "rlnMicrographName", _named_after(path))
    shifts = frame.reindex(columns=_SHIFTS).apply(pd.to_numeric, errors="coerce")
    frame.attrs["is_shifted"] = bool(shifts.fillna(0).any(axis=None))
    return frame


def _read_box(path):
    with warnings.catch_warnings():
        # A micrograph without particles has an empty file.
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
        # Rows longer than the header are cut off with no more than a warning.
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
    """Return the columns that matter under this package's names, all checked."""
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
    """Return the name of each row's micrograph; none may lack."""
    owners = frame[_find_column(frame, "micrograph", path)]
    if (owners.isna() | (owners == "")).any():
        raise ValueError(f"Column `{owners.name}` of {path} must not have gaps.")
    return owners.astype(str)


def _find_column(frame, name, path):
    found = [column for column in frame.columns if column in _ALIASES[name]]
    if name == "score" and not found:
        return None
    if len(found) != 1:
        raise ValueError(
            f"{path} must have one column for `{name}`, called "
            f"{' or '.join(_ALIASES[name])}. Its columns are {list(frame.columns)}."
        )
    return found[0]


def _check_numbers(column, path):
    bad = ~np.isfinite(pd.to_numeric(column, errors="coerce").astype(float))
    if bad.any():
        where = bad.idxmax()
        raise ValueError(
            f"Column `{column.name}` of {path} must hold finite numbers. "
            f"Got {column[where]!r} in {column.index.name} {where}."
        )
    # Before pandas 3, to_numeric does not keep every digit of a text.
    return column.astype(float)
