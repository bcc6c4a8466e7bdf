"""The picks of a run so far, so that a run that was stopped can go on."""

import json
import os
from array import array
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.io._draft_files import naming

JOURNAL = ".picks.jsonl"


class Entry(NamedTuple):
    """What a run knows about a micrograph that it has looked at.

    Attributes
    ----------
    file : str
        The file, as a path from the folder of the run.
    stamp : list
        What tells whether the file, its mask or its pixel size has changed.
    name : str
        The name of the micrograph.
    path : str or None
        The path by which its project lists it.
    uid : int or None
        The number by which cryoSPARC knows it.
    shape : list of int
        Its height and width.
    pixel_size : float or None
        Its pixel size, in angstrom.
    picks : array of float
        ``x, y, score`` of each pick in turn. An array takes little memory.
    warnings : list of str
        What the library warned of.
    threshold : float or None
        The picks have scores above it; None if every peak is there.
    error : str or None
        Why it cannot be used; None if it can.
    is_there : bool
        Whether it has a pixel that is not masked.
    defocus : float or None
        Its defocus in angstrom, as its project lists it.
    """

    file: str
    stamp: list
    name: str
    path: str | None = None
    uid: int | None = None
    shape: list[int] = []  # noqa: RUF012 (never changed)
    pixel_size: float | None = None
    picks: array = array("d")
    warnings: list[str] = []  # noqa: RUF012
    threshold: float | None = None
    error: str | None = None
    is_there: bool = True
    defocus: float | None = None

    @property
    def n_picks(self) -> int:
        """The number of picks."""
        return len(self.picks) // 3

    @property
    def points(self) -> NDArray[np.float64]:
        """The picks as an array of shape (k, 3)."""
        return np.reshape(np.asarray(self.picks, dtype=np.float64), (-1, 3))

    @property
    def is_complete(self) -> bool:
        """Whether every peak is there, not only those above a threshold."""
        return self.threshold is None

    def above(self, threshold: float | None) -> Self:
        """Return the same with the picks above a threshold, if every peak is there."""
        if threshold is None or self.error is not None or not self.is_complete:
            return self
        points = self.points
        kept = points[points[:, 2] > threshold]
        return self._replace(picks=array("d", kept.ravel()), threshold=threshold)


class PickJournal:
    """A file with one line of JSON for each micrograph that is finished.

    It is a context manager that holds the file open, so that no two runs write to it.
    A line that was cut off when a run was killed is left out.

    Parameters
    ----------
    folder : Path
        The folder of the run.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / JOURNAL
        self.folder = folder

    def __enter__(self) -> Self:
        # Text would have no position that a file can be cut off at.
        self.file: BinaryIO = open(self.path, "a+b")
        try:
            _lock(self.file, self.folder)
        except BaseException:
            self.file.close()
            raise
        return self

    def __exit__(self, *exception: Any) -> None:
        self.file.close()

    def clear(self) -> None:
        """Forget all entries."""
        self.file.truncate(0)

    def add(self, entry: Entry) -> None:
        """Write an entry."""
        values = entry._asdict() | {"picks": entry.picks.tolist()}
        with naming(self.path):
            self.file.write(json.dumps(values, allow_nan=False).encode() + b"\n")
            self.file.flush()

    def read(self) -> dict[str, Entry]:
        """Return the last entry of each file, and cut off a line that is not whole."""
        entries: dict[str, Entry] = {}
        end = 0
        self.file.seek(0)
        for line in self.file:
            entry = _parse(line)
            if entry is None:
                break
            entries[entry.file] = entry
            end += len(line)
        self.file.truncate(end)
        return entries


def stamp_of(file: Any, mask: str | os.PathLike | None) -> list:
    """Return what changes if a file, its mask or its listed pixel size changes."""
    sizes = [
        getattr(file, name, None) for name in ("pixel_size", "movie_pixel_size", "uid")
    ]
    return [
        *_size_and_time(file),
        *sizes,
        *([] if mask is None else _size_and_time(mask)),
    ]


def _size_and_time(file):
    try:
        known = os.stat(file)
    except OSError:
        return [None, None]  # Reading it will tell why.
    return [known.st_size, known.st_mtime_ns]


def _parse(line: bytes) -> Entry | None:
    """Return the entry on a line, or None if the line is not whole."""
    if not line.endswith(b"\n"):
        return None
    try:
        entry = Entry(**json.loads(line))
        return entry._replace(picks=array("d", entry.picks))
    except (TypeError, ValueError):
        return None


def _lock(file: BinaryIO, folder: Path) -> None:
    """Keep other runs out of a folder until the file is closed, or raise an error."""
    try:
        import fcntl
    except ImportError:  # Windows has no such lock.
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise ValueError(
            f"Another run is writing to {folder}. Wait for its end, or give another "
            "--output."
        ) from error
    except OSError:
        return  # Some file systems have no locks.
