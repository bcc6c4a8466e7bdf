"""A file, and what a project says about it."""

import os
from dataclasses import dataclass
from pathlib import Path


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
    """

    file: Path
    listed: str
    pixel_size: float | None = None
    movie_pixel_size: float | None = None
    uid: int | None = None

    def __fspath__(self) -> str:
        return os.fspath(self.file)

    def __str__(self) -> str:
        return str(self.file)


def listed_path(file: str | os.PathLike) -> str:
    """Return the path by which a file is listed, or else that by which it is given."""
    return file.listed if isinstance(file, ListedFile) else os.fspath(file)
