"""What a picking job of RELION calls its files."""

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._names import micrograph_stem, path_parts
from pusklearn.micrographs.io._relion_project import (
    find_project,
    path_in_project,
    without_job,
)
from pusklearn.micrographs.io._star_entries import check_star_value, star_entries


class RelionFile(NamedTuple):
    """A file of picks, and how RELION's index lists it.

    Attributes
    ----------
    file : Path
        The file.
    micrograph : str
        The path of the micrograph in the project.
    listed : str
        The path of the file in the project.
    """

    file: Path
    micrograph: str
    listed: str


def relion_files(
    job: Path, micrographs: Sequence[Micrograph | str], star_name: str | None
) -> list[RelionFile]:
    """Return the files that a picking job of RELION has for its micrographs.

    The picks of ``MotionCorr/job002/Movies/a.mrc`` are in ``Movies/a_autopick.star``
    below the folder of the job. Where two micrographs would share a file, since only
    the jobs that made them differ, the whole path is kept.

    Parameters
    ----------
    job : Path
        The folder of the job.
    micrographs : sequence of Micrograph or str
        The micrographs, or their names.
    star_name : str or None
        How the project lists them, as for `star_entries`.

    Returns
    -------
    list of RelionFile

    Raises
    ------
    ValueError
        If the project cannot be found, a micrograph lies outside of it, or two
        micrographs have the same path but for the extension.
    """
    entries = star_entries(micrographs, star_name)
    project = find_project(job, entries)
    paths = [path_in_project(entry, project) for entry in entries]
    short = [_pick_file(without_job(path)) for path in paths]
    counts = Counter(short)
    names = [
        name if counts[name] == 1 else _pick_file(path)
        for name, path in zip(short, paths, strict=True)
    ]
    _check_differ(names, paths)
    files = [job / name for name in names]
    listed = [Path(os.path.relpath(file, project)).as_posix() for file in files]
    for one in listed:
        check_star_value(one, "Give the job a folder without these")
    return [RelionFile(*one) for one in zip(files, paths, listed, strict=True)]


def _pick_file(path):
    *folders, _ = path_parts(path)
    return "/".join([*folders, f"{micrograph_stem(path)}_autopick.star"])


def _check_differ(files, paths):
    seen: dict[str, str] = {}
    for file, path in zip(files, paths, strict=True):
        other = seen.setdefault(file, path)
        if other is not path:
            raise ValueError(
                "A job has one file of picks per micrograph, so their paths must "
                f"differ in more than the extension. Got {other} and {path}."
            )
