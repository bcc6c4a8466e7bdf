"""Which files hold coordinates, given files, folders and patterns."""

import glob
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from pusklearn.micrographs.io._coordinate_file import named_after
from pusklearn.micrographs.io._names import micrograph_key
from pusklearn.micrographs.io._relion_job import (
    SELECTION,
    check_is_not_of_jobs,
    coordinate_files,
    is_job_folder,
    may_have_coordinates,
)


def list_coordinate_files(
    path: str | os.PathLike | Sequence[str | os.PathLike],
) -> list[Path]:
    """Return the files that `read_coordinates` reads.

    Parameters
    ----------
    path : str, path-like, or sequence of them
        A file, a folder, a pattern, or several of these, as `read_coordinates` takes
        them.

    Returns
    -------
    list of Path
        The files; there may be none.

    Raises
    ------
    ValueError
        If the files of a folder have several formats, a folder has jobs of RELION, or a
        selection of micrographs lies beside no index.
    TypeError
        If `path` is neither a path nor a sequence.
    """
    if isinstance(path, str | os.PathLike):
        return _list_files(path)
    if not isinstance(path, Iterable) or isinstance(path, bytes):
        raise TypeError(
            "`path` must be a path, as a str or path-like, or a sequence of paths. "
            f"Got {type(path).__name__}."
        )
    # Reading a path that stands for no file tells what it is.
    found = [_list_files(element) or [Path(element)] for element in path]
    return [file for files in found for file in files]


def _list_files(path):
    folder = Path(path)
    if folder.name == SELECTION and folder.is_file():
        return _files_of_selection(folder)
    if folder.is_dir() and (files := coordinate_files(folder)):
        return files
    if folder.is_dir():
        if not any(map(_is_of_one_micrograph, folder.iterdir())):
            check_is_not_of_jobs(folder)
        below = filter(_is_of_one_micrograph, folder.rglob("*"))
        files = sorted(file for file in below if not _is_hidden(file, folder))
        if is_job_folder(folder):
            # Other STAR files of a job tell of options, movies and the like.
            files = [file for file in files if may_have_coordinates(file)]
        _check_is_one_format(files, folder)
        return files
    if glob.has_magic(os.fspath(path)) and not folder.exists():
        matches = map(Path, glob.glob(os.fspath(path), recursive=True))
        return sorted(file for file in matches if not file.is_dir())
    return [folder]


def _files_of_selection(file):
    """Return the index of the job whose user has selected micrographs."""
    files = coordinate_files(file.parent)
    if not files:
        raise ValueError(
            f"{file} tells which micrographs are selected, and has no particles. No "
            "index of coordinate files, such as manualpick.star, lies beside it."
        )
    return files


def _is_of_one_micrograph(file):
    is_read = file.name.lower().endswith((".star", ".box", ".cbox", "_info.json"))
    return is_read and not file.is_dir()


def _check_is_one_format(files, folder):
    """Raise an error if folders have the same micrographs in several formats."""
    first: dict[str, Path] = {}
    for file in files:
        other = first.setdefault(micrograph_key(named_after(file)), file)
        if file.suffix.lower() != other.suffix.lower() and file.parent != other.parent:
            raise ValueError(
                f"The files in {folder} must have one format. {other} and {file} hold "
                "the same micrograph in two. Give the folder of one format, such as "
                f"{other.parent}."
            )


def _is_hidden(file, folder):
    parts = file.relative_to(folder).parts
    return any(part.startswith(".") for part in parts)
