"""Points of files that a user names: labelled particles, and picks that are none."""

import glob
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pusklearn import io
from pusklearn.micrographs.images._distance_to_nearest import distance_to_nearest
from pusklearn.micrographs.images._lengths import original_pixels
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.io._corrections_file import is_corrections

Read = Callable[[str | list[str]], pd.DataFrame]


class Files(NamedTuple):
    """Files that a user names in one option.

    Attributes
    ----------
    corrections : list of str
        Those of corrections.
    others : list of str
        All others, and folders and patterns.
    """

    corrections: list[str]
    others: list[str]


def tell_apart(paths: Iterable[str]) -> Files:
    """Tell files of corrections from others. A pattern may stand for such files."""
    files = Files([], [])
    for path in paths:
        found = [path]
        if glob.has_magic(path) and not Path(path).exists():
            found = sorted(glob.glob(path, recursive=True))
        if found and all(Path(one).is_file() and is_corrections(one) for one in found):
            files.corrections.extend(found)
        else:
            files.others.append(path)
    return files


def label_tables(paths: Sequence[str], read: Read) -> list[pd.DataFrame]:
    """Return tables of labelled particles; wrong picks of corrections are none.

    Parameters
    ----------
    paths : sequence of str
        Files, folders and patterns.
    read : callable
        Returns the table of a path, or of several.

    Returns
    -------
    list of DataFrame
        One for each file of corrections, and one for all other files.
    """
    return _tables(paths, read, io.read_coordinates)


def rejected_tables(paths: Sequence[str], read: Read) -> list[pd.DataFrame]:
    """Return tables of points that are known not to be particles, see `label_tables`.

    They are the wrong picks of files of corrections, and all points of other files.
    """
    return _tables(paths, read, wrong_picks)


def _tables(paths, read, read_corrections):
    files = tell_apart(paths)
    tables = [read(only_one(files.others))] if files.others else []
    return [*tables, *map(read_corrections, files.corrections)]


def points_in(
    tables: Iterable[pd.DataFrame],
    micrographs: Sequence[Micrograph],
    outside: Literal["raise", "warn"],
    option: str,
) -> list[NDArray]:
    """Return the points of several tables in each micrograph.

    Each table is matched to the micrographs on its own, since corrections may name them
    in another way than other files do.

    Parameters
    ----------
    tables : iterable of DataFrame
        The tables, see `io.coordinates_for`.
    micrographs : sequence of Micrograph
        The micrographs.
    outside : {"raise", "warn"}
        What happens if a point lies outside its micrograph.
    option : str
        The option that names the files of the tables, for messages.

    Returns
    -------
    list of ndarray of shape (k, 2)

    Raises
    ------
    ValueError
        If no row of a table belongs to a micrograph, or a point lies outside.
    """
    try:
        parts = [
            io.coordinates_for(table, micrographs, outside=outside) for table in tables
        ]
    except ValueError as error:
        raise ValueError(f"The points of {option} cannot be used. {error}") from error
    return [np.concatenate(points) for points in zip(*parts, strict=True)]


def wrong_picks(path: str | list[str]) -> pd.DataFrame:
    """Return the wrong picks in a file of corrections."""
    table = io.read_corrections(path)
    return table[table["verdict"] == "wrong"]


def not_kept(
    picks: Sequence[NDArray],
    kept: Sequence[NDArray],
    micrographs: Sequence[Micrograph],
    diameter: str,
) -> list[NDArray]:
    """Return the picks of each micrograph that were not kept.

    Parameters
    ----------
    picks, kept : sequence of ndarray of shape (k, 2)
        The picks of each micrograph, and the labelled particles, among which are those
        that were kept.
    micrographs : sequence of Micrograph
        The micrographs.
    diameter : str
        That of a particle. A pick was kept if it is nearer to a labelled particle than
        half of this.

    Returns
    -------
    list of ndarray of shape (k, 2)

    Raises
    ------
    ValueError
        If no pick was kept.
    """
    rejected, n_kept = [], 0
    for micrograph, points, some in zip(micrographs, picks, kept, strict=True):
        if is_left_out(micrograph):
            rejected.append(np.empty((0, 2)))
            continue
        radius = original_pixels(diameter, micrograph, "diameter") / 2
        is_wrong = distance_to_nearest(points, some) >= radius
        rejected.append(points[is_wrong])
        n_kept += int((~is_wrong).sum())
    if not n_kept:
        raise ValueError(
            "--selected-from must name the picks that particles of --particles were "
            f"kept from. None of its {sum(map(len, picks))} picks in these micrographs "
            f"is nearer than half of --diameter {diameter} to a particle of "
            "--particles. Are both in pixels of the same micrographs?"
        )
    return rejected


def n_wrong_in(paths: Sequence[str]) -> int:
    """Return how many wrong picks the files of corrections among some paths have."""
    return sum(len(wrong_picks(file)) for file in tell_apart(paths).corrections)


def only_one(paths: Sequence[str]) -> str | list[str]:
    """Return a single path as it is, and several as a list."""
    return paths[0] if len(paths) == 1 else list(paths)
