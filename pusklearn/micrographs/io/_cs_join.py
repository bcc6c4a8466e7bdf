"""Columns of the same particles in several .cs files of cryoSPARC.

A job of cryoSPARC writes what it computed to one file, and what it passes on, often the
locations of particles, to another. The uid of a particle is the same in all.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.io._coordinate_format import coordinate_format
from pusklearn.micrographs.io._cs_table import cs_columns, cs_numbers, read_cs


def join_cs(files: Sequence[Path]) -> list[tuple[Path, list[Path] | None]]:
    """Return which files are to be read, each with those that have more columns of it.

    Parameters
    ----------
    files : sequence of Path
        Files of coordinates.

    Returns
    -------
    list of (Path, list of Path or None)
        All files in their order, but for .cs files that have particles in common: that
        with the fewest stands for them, and the others come with it. For other files,
        there is None.

    Raises
    ------
    ValueError
        If two .cs files have particles in common, and neither has all of the other.
    """
    found = {file: _uids_of(file) for file in files}
    uids = {file: of for file, of in found.items() if of is not None and len(of)}
    left = list(uids)
    parts: dict[Path, list[Path]] = {}
    while left:
        first = min(left, key=lambda file: len(uids[file]))
        left.remove(first)
        parts[first] = [f for f in left if np.isin(uids[first], uids[f]).any()]
        for other in parts[first]:
            _check_has_all(uids[first], uids[other], first, other)
            left.remove(other)
    joined = {other for others in parts.values() for other in others}
    return [(file, parts.get(file) or None) for file in files if file not in joined]


def _uids_of(file):
    """Return the uids of a .cs file, or None for one that is none or cannot be read."""
    try:
        if not file.is_file() or coordinate_format(file) != ".cs":
            return None
        rows = read_cs(file)
        return cs_numbers(rows, "uid") if "uid" in cs_columns(rows) else None
    except ValueError:
        return None  # Reading it as coordinates will tell what is wrong.


def _check_has_all(uids, others, file, other):
    is_common = np.isin(uids, others)
    if not is_common.all():
        raise ValueError(
            ".cs files that have particles in common must be parts of one set: one "
            f"must have all particles of the other. {file} and {other} have "
            f"{is_common.sum()} of {len(uids)} and {len(others)} in common. Give one "
            "of them, with its passthrough file."
        )


def find_rows(
    rows: NDArray, path: Path, others: Sequence[Path] | None, columns: Collection[str]
) -> NDArray | None:
    """Return rows of the same particles that have some columns.

    Parameters
    ----------
    rows : ndarray of shape (n,)
        The particles.
    path : Path
        Their file.
    others : sequence of Path or None
        Files that may have the columns. None means those of particles that are called
        ``*passthrough*.cs`` and lie beside `path`.
    columns : collection of str
        The columns, all of one file.

    Returns
    -------
    ndarray of shape (n,) or None
        `rows` if it has the columns; else the rows of the first of `others` that has
        them for all particles, in the order of `rows`; None if there is no such file.

    Raises
    ------
    ValueError
        If such a file has a particle twice, or two files beside `path` differ in the
        columns.
    """
    if set(columns) <= set(cs_columns(rows)):
        return rows
    if "uid" not in cs_columns(rows):
        return None
    wanted = cs_numbers(rows, "uid")
    files = _beside(path) if others is None else others
    tables = [(file, _rows_of(wanted, file, columns)) for file in files]
    found = [(file, table) for file, table in tables if table is not None]
    for file, table in found[1:]:
        first, expected = found[0]
        if any(not np.array_equal(table[c], expected[c]) for c in columns):
            raise ValueError(
                f"{first} and {file} differ in what they say of its particles "
                f"({', '.join(sorted(columns)[:2])}). Give the right one together with "
                "it: `read_coordinates([particles, passthrough])`."
            )
    return found[0][1] if found else None


def _beside(path):
    files = sorted(path.parent.glob("*passthrough*.cs"))
    return [file for file in files if file != path and "exposures" not in file.name]


def _rows_of(wanted, file, columns):
    """Return the rows of some particles, or None if some are not there."""
    table = read_cs(file)
    if not {"uid", *columns} <= set(cs_columns(table)) or not len(table):
        return None
    uids = cs_numbers(table, "uid")
    order = np.argsort(uids, kind="stable")
    if (np.diff(uids[order]) == 0).any():
        raise ValueError(f"{file} must have each particle once. It has a uid twice.")
    places = order[np.searchsorted(uids[order], wanted).clip(max=len(uids) - 1)]
    return table[places] if np.array_equal(uids[places], wanted) else None
