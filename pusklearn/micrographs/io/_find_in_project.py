"""Find the files that a list of a project names."""

import os
from pathlib import Path

from pusklearn.micrographs.io._relion_job import job_of, path_in_job


def find_in_project(file: str | os.PathLike, index: Path) -> Path:
    """Return the full path of a file that a STAR file lists.

    The listed path starts at the RELION project: the nearest folder above `index` in
    which the file is found. An absolute path stays as it is. A file of the same job as
    `index` may also lie beside it, if the folder of the job was copied.

    Parameters
    ----------
    file : str or path-like
        The path as it is listed.
    index : Path
        The STAR file.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If the file is in none of the folders above `index`.
    """
    place = index.absolute()
    for folder in dict.fromkeys([*place.parents, *place.resolve().parents]):
        if (folder / file).is_file():
            return folder / file
    job, below = job_of(os.fspath(file)), path_in_job(os.fspath(file))
    # The folder of the job may have been copied out of its project.
    is_same = job is not None and os.path.basename(job) == place.parent.name
    if is_same and below is not None and (place.parent / below).is_file():
        return place.parent / below
    if os.path.isabs(file):
        raise FileNotFoundError(
            f"{index} lists {file}, which does not exist. If it was moved, list its "
            "new path, or its path from the folder of the project."
        )
    raise FileNotFoundError(
        f"{index} lists {file}, which is in none of the folders above it. A listed "
        "path starts at the folder of the project, so the list must lie in the project."
    )
