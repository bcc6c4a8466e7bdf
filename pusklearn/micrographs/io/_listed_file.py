"""A file, and what a project says about it."""

import os
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from pusklearn.micrographs.io._find_in_project import find_in_project


@dataclass(frozen=True)
class ListedFile(os.PathLike):
    """The path of a file that a project lists by another path.

    Parameters
    ----------
    file : Path
        Where the file is.
    listed : str
        Its path as it is listed, such as that in a STAR file, which starts at the
        folder of the project.
    pixel_size : float or None, default=None
        The pixel size that the project gives the micrograph, in angstrom.
    movie_pixel_size : float or None, default=None
        That of its movie, which motion correction may have made smaller.
    uid : int or None, default=None
        The number by which cryoSPARC knows the micrograph.
    is_settled : bool, default=False
        Whether the pixel size has been compared with the header of the file.
    defocus : float or None, default=None
        Its defocus, in angstrom.
    """

    file: Path
    listed: str
    pixel_size: float | None = None
    movie_pixel_size: float | None = None
    uid: int | None = None
    is_settled: bool = False
    defocus: float | None = None

    def __fspath__(self) -> str:
        return os.fspath(self.file)

    def __str__(self) -> str:
        return str(self.file)

    def __reduce__(self) -> tuple:
        # Another process may work in another folder.
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values["file"] = Path(os.path.abspath(self.file))
        return type(self), tuple(values.values())


def listed_path(file: str | os.PathLike) -> str:
    """Return the path by which a file is listed, or else that by which it is given."""
    return file.listed if isinstance(file, ListedFile) else os.fspath(file)


def with_size(file: str | os.PathLike, pixel_size: float | None) -> ListedFile:
    """Return a file that knows the settled pixel size of its micrograph."""
    if isinstance(file, ListedFile):
        return replace(file, pixel_size=pixel_size, is_settled=True)
    return ListedFile(Path(file), os.fspath(file), pixel_size, is_settled=True)


def find_listed(listed: str, index: Path, on_error: str, **known: Any) -> ListedFile:
    """Find a file that a project lists.

    Parameters
    ----------
    listed : str
        Its path in the list.
    index : Path
        The list.
    on_error : {"raise", "warn"}
        With "warn", the file may be missing, and reading it will fail.
    **known : object
        What the list tells about the file, as `ListedFile` takes it.

    Returns
    -------
    ListedFile

    Raises
    ------
    FileNotFoundError
        If the file is in none of the folders above the list.
    """
    try:
        file = find_in_project(listed, index)
    except FileNotFoundError:
        if on_error == "raise":
            raise
        file = Path(listed)
    return ListedFile(file, listed, **known)
