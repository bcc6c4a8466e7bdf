"""The pixel sizes of micrographs that the jobs of a project of RELION tell."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from pusklearn.micrographs.io._optics import OPTICS_COLUMNS, find_pixel_sizes
from pusklearn.micrographs.io._relion_job import (
    is_suffix_index,
    job_of,
    micrograph_lists,
)
from pusklearn.micrographs.io._star import read_tables

_NAME = "rlnMicrographName"
_PARTICLE = "rlnCoordinateX"


def sizes_in_project(names: Iterable[str], path: Path) -> dict[str, float]:
    """Return the pixel sizes that jobs list of the micrographs in their folders.

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
        looked for in the list of micrographs in ``MotionCorr/job002``.
    """
    known: dict[str, float] = {}
    jobs = dict.fromkeys(job for name in names if (job := job_of(name)) is not None)
    for file in (file for job in jobs for file in _lists_of_job(job, path)):
        tables = read_tables(file, [_NAME, _PARTICLE, *OPTICS_COLUMNS])
        for table in (table for table in tables if _NAME in table):
            sizes = sizes_of_micrographs(table, tables)["micrograph"].dropna()
            known.update(zip(table[_NAME][sizes.index], sizes, strict=True))
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


def _lists_of_job(job, path):
    for folder in path.absolute().parents:
        if (folder / job).is_dir():
            files = micrograph_lists(folder / job)
            # A list that has just been read does not tell more when it is read again.
            others = [file for file in files if file.resolve() != path.resolve()]
            return [file for file in others if not is_suffix_index(file)]
    return []
