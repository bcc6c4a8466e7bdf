"""What belongs to the folder of a job of RELION, told by the names of its files."""

import re
from pathlib import Path

# RELION leaves these in the folder of every job.
_MARKS = ("job.star", "job_pipeline.star", "run.job", "default_pipeline.star")
_JOB = re.compile(r"job\d{3,}")
_IN_JOB = re.compile(r"((?:|.*?/)job\d{3,})/+(.+)", re.DOTALL)
SELECTION = "local_selection.star"
_SUFFIX_INDEX = re.compile(r"coords_suffix(.+)")
_INDEX = re.compile(r"(auto|manual)pick\.star")
# What every job has, and what tells of models, optics or classes.
_OTHERS = re.compile(
    r"(job|job_pipeline|default_pipeline|pipeline|local_selection|backup_selection"
    r"|RELION_OUTPUT_NODES|class_averages|.*_(model|optimiser|sampling))\.star"
)
_LISTS = [
    re.compile(pattern)
    for pattern in (
        r"corrected_micrographs\.star",
        r"micrographs_ctf\.star",
        r"micrographs_selected\.star",
        r"micrographs\.star",
        r"micrographs_split\d+\.star",
        r"join_mics\.star",
        r"local_selection\.star",
    )
]
_ITERATION = re.compile(r"run(?:_ct\d+)?_it(\d+)_data\.star")
# The names of all columns are in the first bytes of a STAR file.
_N_HEAD = 2**16
_MOST_NAMED = 3


def is_job_folder(folder: Path) -> bool:
    """Tell whether a folder is that of a job, by its name or by what RELION leaves.

    The alias of a job is a link to its folder.
    """
    names = (folder.absolute().name, folder.resolve().name)
    return any(map(_JOB.fullmatch, names)) or any(
        (folder / mark).is_file() for mark in _MARKS
    )


def check_is_not_of_jobs(folder: Path) -> None:
    """Raise a ValueError if a folder holds the folders of jobs, which one must choose.

    It is the folder of a kind of jobs, such as ``AutoPick``, or of a whole project.
    """
    jobs = [p for pattern in ("job*", "*/job*") for p in sorted(folder.glob(pattern))]
    jobs = [job for job in jobs if _JOB.fullmatch(job.name) and job.is_dir()]
    if jobs:
        more = f", ... {len(jobs)} in all" if len(jobs) > _MOST_NAMED else ""
        raise ValueError(
            f"{folder} has jobs of RELION: {', '.join(map(str, jobs[:_MOST_NAMED]))}"
            f"{more}. Give the folder of one of them."
        )


def is_suffix_index(file: Path) -> bool:
    """Tell whether a file is an index of RELION 3, by its name."""
    return _SUFFIX_INDEX.fullmatch(file.name) is not None


def ending_of_index(file: Path) -> str:
    """Return how the coordinate files of an index of RELION 3 end."""
    return _SUFFIX_INDEX.sub(r"\1", file.name)


def coordinate_files(folder: Path) -> list[Path]:
    """Return the files that hold the particles of a job.

    Parameters
    ----------
    folder : Path
        Any folder.

    Returns
    -------
    list of Path
        The first of these that the folder has: ``autopick.star`` and
        ``manualpick.star``; ``coords_suffix_*`` of RELION 3; and, if it is the folder
        of a job, ``particles.star``; ``run_data.star``; that of the last iteration; an
        index of another name; all other STAR files with coordinates.
    """
    files = _star_files(folder)
    indices = _matching(files, _INDEX) or [
        file for file in _plain_files(folder) if is_suffix_index(file)
    ]
    if indices or not is_job_folder(folder):
        return indices
    for name in ("particles.star", "run_data.star"):
        if folder / name in files:
            return [folder / name]
    iterations = _matching(files, _ITERATION)
    if iterations:
        return [max(iterations, key=lambda file: int(_iteration(file)))]
    return [
        file for file in files if _has_column(file, "rlnMicrographCoordinates")
    ] or [file for file in files if _has_column(file, "rlnCoordinateX")]


def may_have_coordinates(file: Path) -> bool:
    """Tell whether a file is no STAR file, or one with coordinates or nothing."""
    is_star = file.suffix.lower() == ".star"
    return not is_star or _has_column(file, "rlnCoordinateX") or not file.stat().st_size


def micrograph_lists(folder: Path) -> list[Path]:
    """Return the STAR files that list the micrographs of a job.

    Parameters
    ----------
    folder : Path
        Any folder.

    Returns
    -------
    list of Path
        The first of these that the folder has: the list that motion correction, the
        estimate of the CTF, an import or a selection leaves; if it is the folder of a
        job, any other list of micrographs, or else what names those of its particles.
    """
    files = _star_files(folder, all_names=True)
    for pattern in _LISTS:
        found = _matching(files, pattern)
        if found:
            return found
    if not is_job_folder(folder):
        return []
    listing = [file for file in _star_files(folder) if _lists_micrographs(file)]
    picked = [file for file in coordinate_files(folder) if file.suffix == ".star"]
    # A list of movies is no list of micrographs, and reading it says so.
    return listing or picked or [f for f in files if f.name == "movies.star"]


def path_in_job(listed: str) -> str | None:
    """Return a path without the folder of its job, None if it is in none.

    Examples
    --------
    >>> from pusklearn.micrographs.io._relion_job import path_in_job
    >>> path_in_job("MotionCorr/job002/Movies/a.mrc")
    'Movies/a.mrc'
    """
    found = _IN_JOB.fullmatch(listed)
    return found[2] if found else None


def job_of(listed: str) -> str | None:
    """Return the folder of the job that a path lies in, None if it is in none.

    Examples
    --------
    >>> from pusklearn.micrographs.io._relion_job import job_of
    >>> job_of("MotionCorr/job002/Movies/a.mrc")
    'MotionCorr/job002'
    """
    found = _IN_JOB.fullmatch(listed)
    return found[1] if found else None


def _iteration(file):
    found = _ITERATION.fullmatch(file.name)
    return found[1] if found else -1


def _lists_micrographs(file):
    return _has_column(file, "rlnMicrographName") and not (
        _has_column(file, "rlnCoordinateX")
        or _has_column(file, "rlnMicrographCoordinates")
    )


def _has_column(file, name):
    with open(file, "rb") as stream:
        head = stream.read(_N_HEAD)
    return re.search(rb"^[ \t]*_%s\b" % name.encode(), head, re.MULTILINE) is not None


def _star_files(folder, all_names=False):
    files = [f for f in _plain_files(folder) if f.suffix == ".star"]
    return [f for f in files if all_names or not _OTHERS.fullmatch(f.name)]


def _plain_files(folder):
    return sorted(file for file in folder.iterdir() if file.is_file())


def _matching(files, pattern):
    return [file for file in files if pattern.fullmatch(file.name)]
