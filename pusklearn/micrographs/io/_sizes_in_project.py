"""The pixel sizes of micrographs that the jobs of a project of RELION tell."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from pusklearn.micrographs.io._optics import OPTICS_COLUMNS, find_pixel_sizes
from pusklearn.micrographs.io._relion_job import (
    is_suffix_index,
    job_of,
    micrograph_lists,
)
from pusklearn.micrographs.io._settled_pixel_sizes import TOLERANCE
from pusklearn.micrographs.io._star import read_tables

_NAME = "rlnMicrographName"
_PARTICLE = "rlnCoordinateX"
_LISTS = (
    "micrographs_ctf.star",
    "corrected_micrographs.star",
    "micrographs.star",
    "micrographs_selected.star",
)


def sizes_in_project(names: Iterable[str], path: Path) -> dict[str, float]:
    """Return the pixel sizes that the jobs of a project tell of its micrographs.

    Parameters
    ----------
    names : iterable of str
        Micrographs as the project lists them.
    path : Path
        A file of the project, which does not tell their pixel sizes itself.

    Returns
    -------
    dict of str to float
        In angstrom, of those that are known: ``MotionCorr/job002/Movies/a.mrc`` is
        looked for in the list of micrographs in ``MotionCorr/job002``, and then in the
        lists of all jobs, since before RELION 3.1 only the estimate of the CTF told it.
        A micrograph to which these lists give several pixel sizes is unknown.
    """
    wanted = dict.fromkeys(names)
    jobs = dict.fromkeys(job for name in wanted if (job := job_of(name)) is not None)
    project = _find_project(jobs, path)
    if project is None:
        return {}
    own = [file for job in jobs for file in _lists_of_job(project / job)]
    known = _read_sizes(own, wanted, path)
    missing = [name for name in wanted if name not in known]
    if missing:
        known |= _read_sizes(_lists_of_all_jobs(project), missing, path)
    return known


def sizes_of_micrographs(
    table: pd.DataFrame, tables: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Return the pixel sizes of the micrographs that a table lists.

    Parameters
    ----------
    table : DataFrame
        The micrographs, or particles with the names of theirs.
    tables : sequence of DataFrame
        All tables of its file.

    Returns
    -------
    DataFrame
        The columns ``micrograph`` and ``movie`` of `find_pixel_sizes`; a table of
        particles does not tell the pixel size of micrographs by the magnification.
    """
    sizes = find_pixel_sizes(table, tables)
    if _PARTICLE not in table:
        sizes["micrograph"] = sizes["micrograph"].fillna(sizes["detector"])
    return sizes[["micrograph", "movie"]]


def _find_project(jobs, path):
    """Return the folder in which the folders of the jobs lie, None if it is unknown."""
    place = path.absolute()
    for folder in place.parents:
        if any((folder / job).is_dir() for job in jobs):
            return folder
    job = job_of(os.fspath(place))
    return None if job is None else Path(job).parent.parent


def _lists_of_job(folder):
    files = micrograph_lists(folder) if folder.is_dir() else []
    return [file for file in files if not is_suffix_index(file)]


def _lists_of_all_jobs(project):
    return [file for name in _LISTS for file in sorted(project.glob(f"*/job*/{name}"))]


def _read_sizes(files, names, path):
    """Return the pixel size of each name to which all files give the same."""
    found: dict[str, list[float]] = {}
    # A file that has just been read does not tell more when it is read again.
    for file in (file for file in files if file.resolve() != path.resolve()):
        tables = _read_list(file)
        for table in (table for table in tables if _NAME in table):
            sizes = sizes_of_micrographs(table, tables)["micrograph"].dropna()
            listed = table[_NAME][sizes.index]
            for name, size in zip(listed, sizes, strict=True):
                found.setdefault(name, []).append(size)
    return {
        name: found[name][0]
        for name in names
        if name in found and max(found[name]) <= min(found[name]) * (1 + TOLERANCE)
    }


def _read_list(file):
    try:
        return read_tables(file, [_NAME, _PARTICLE, *OPTICS_COLUMNS])
    except (OSError, ValueError):
        return []  # A list that the user has not given need not be intact.
