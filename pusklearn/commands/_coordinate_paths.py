"""Coordinate files that a user names: files, folders and patterns."""

import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pusklearn.io import read_coordinates

# What `pusklearn pick` writes in the formats that have one file for all micrographs.
JOINED = ("picks.cs", "picks.csv", "picks.star", "picks.txt")


def coordinate_path(path: str | os.PathLike) -> str | os.PathLike:
    """Return the file for all micrographs in a folder, if there is one, or the path.

    It is the one that ``pusklearn pick`` writes, such as ``picks.star``.

    Raises
    ------
    ValueError
        If a folder has several such files.
    """
    if not os.path.isdir(path):
        return path
    joined = [file for name in JOINED if (file := Path(path, name)).is_file()]
    if len(joined) > 1:
        raise ValueError(
            f"{path} has {' and '.join(file.name for file in joined)}. Name the one "
            "to read."
        )
    return joined[0] if joined else path


def read_all(
    paths: Sequence[str | os.PathLike],
    *,
    apply_shifts: bool = False,
    pixel_size: float | None = None,
) -> pd.DataFrame:
    """Read the coordinates in files, folders and patterns into one table.

    Parameters
    ----------
    paths : sequence of str or path-like
        What to read, at least one. A folder of ``pusklearn pick`` stands for its picks.
    apply_shifts : bool, default=False
        Whether the shifts in STAR files are applied, as in `read_coordinates`.
    pixel_size : float or None, default=None
        Angstrom per pixel of the micrographs, for such shifts.

    Returns
    -------
    DataFrame
    """
    files = [coordinate_path(path) for path in paths]
    return read_coordinates(
        files[0] if len(files) == 1 else files,
        apply_shifts=apply_shifts,
        pixel_size=pixel_size,
    )
