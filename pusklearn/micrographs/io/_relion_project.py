"""Where the project of a RELION job begins, and what it calls its files."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

# RELION's window leaves these files in the folder of a project.
_MARKS = ".gui_projectdir", "default_pipeline.star"
_JOB = re.compile(r"job\d{3,}")
_JOB_FOLDERS = re.compile(r"^[^/].*?/job\d{3}[^/]*/")


def find_project(job: Path, listed: Sequence[str]) -> Path:
    """Return the folder of the RELION project that a job belongs to.

    It is the nearest folder above the job in which one of the micrographs is found by
    its listed path, or that holds what RELION's window leaves in a project; else the
    folder above ``<type>/job<number>``; else the working directory, if the job lies
    below it.

    Parameters
    ----------
    job : Path
        The folder of the job, which need not exist.
    listed : sequence of str
        The paths of micrographs, as the project lists them.

    Returns
    -------
    Path
        An absolute path.

    Raises
    ------
    ValueError
        If the project cannot be found.
    """
    job = Path(os.path.abspath(job))
    relative = [file for file in listed if not os.path.isabs(file)]
    for folder in job.parents:
        if any((folder / file).is_file() for file in relative) or _is_project(folder):
            return folder
    # RELION gives a job a second name by a link.
    if _JOB.fullmatch(job.name) or _JOB.fullmatch(Path(os.path.realpath(job)).name):
        return job.parents[1]
    if (here := Path.cwd()) in job.parents:
        return here
    raise ValueError(
        f"The RELION project of the job {job} cannot be found: no folder above it "
        f"holds {listed[0]}, and the working directory, {here}, is none of them. Give "
        "the folder of a job in the project, such as '/data/project/AutoPick/job012/', "
        "or change to the folder of the project."
    )


def _is_project(folder):
    """Whether a folder has the marks of a project, which that of a job may have too."""
    marks = any((folder / mark).is_file() for mark in _MARKS)
    return marks and not _JOB.fullmatch(folder.name)


def path_in_project(file: str, project: Path) -> str:
    """Return the path of a micrograph from the folder of a project.

    Parameters
    ----------
    file : str
        The path as it is listed: from the project, from the working directory, or
        absolute.
    project : Path
        The folder of the project.

    Returns
    -------
    str
        A path that starts at the project stays as it is, since RELION compares names
        letter by letter.

    Raises
    ------
    ValueError
        If the file lies outside of the project.
    """
    path = Path(file)
    is_inside = not path.is_absolute() and ".." not in path.parts
    if is_inside and ((project / path).is_file() or not path.is_file()):
        return file
    # A folder of the project may be a link, so links are only followed at last.
    for resolve in (os.path.abspath, os.path.realpath):
        full, folder = Path(resolve(path)), Path(resolve(project))
        if full.is_relative_to(folder):
            return full.relative_to(folder).as_posix()
    raise ValueError(
        f"RELION names a micrograph by its path in the project, but {file} lies "
        f"outside of {project}. Read the micrographs from a list of the project, such "
        "as 'MotionCorr/job002/corrected_micrographs.star', or give `star_name`, such "
        "as 'MotionCorr/job002/Movies/{name}.mrc'."
    )


def without_job(file: str) -> str:
    """Return a path in a project without the folders of the job that made the file.

    RELION leaves them out where it puts the results of another job.

    Parameters
    ----------
    file : str
        A path from the folder of the project.

    Returns
    -------
    str

    Examples
    --------
    >>> from pusklearn.micrographs.io._relion_project import without_job
    >>> without_job("MotionCorr/job002/Movies/a.mrc")
    'Movies/a.mrc'
    >>> without_job("Micrographs/a.mrc")
    'Micrographs/a.mrc'
    """
    return _JOB_FOLDERS.sub("", file, count=1)
