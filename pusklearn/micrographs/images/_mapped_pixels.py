"""Pixels that are mapped into memory from a file, which may change on disk meanwhile.

The system ends a process that reads a mapped pixel beyond the end of its file. So each
step looks at the file before it uses the pixels, and raises an ordinary error.
"""

import mmap
import os
from typing import Any, BinaryIO, Self

import numpy as np
from numpy.typing import DTypeLike


class MappedPixels(np.memmap):
    """Read-only pixels in a file, and what the file was like when it was opened.

    Parameters
    ----------
    file : binary file
        The open file; it may be closed afterwards.
    dtype : dtype
        The pixels, with their byte order.
    offset : int
        Bytes before the first pixel.
    shape : tuple of int
        The shape of the pixels, which must lie in the file.

    Attributes
    ----------
    opened : os.stat_result or None
        Size and times of the file when it was opened.
    """

    opened: os.stat_result | None

    def __new__(
        cls, file: BinaryIO, dtype: DTypeLike, offset: int, shape: tuple[int, ...]
    ) -> Self:
        """Map the pixels of an open file."""
        pixels: Any = super().__new__(cls, file, dtype, "r", offset, shape)
        pixels.opened = os.fstat(file.fileno())
        return pixels

    def __array_finalize__(self, obj: Any) -> None:
        super().__array_finalize__(obj)
        is_mapped = getattr(self, "_mmap", None) is not None
        self.opened = getattr(obj, "opened", None) if is_mapped else None


class UnseenPixels(np.ndarray):
    """NaN in the place of pixels in a file that this process cannot open.

    Attributes
    ----------
    file : object
        What another process needs to open the file.
    reason : str
        Why this one cannot, with the path.
    """

    file: Any
    reason: str


def check_unchanged(array: Any) -> Any:
    """Return an array, or raise an error if it is mapped from a file that has changed.

    Parameters
    ----------
    array : object
        An array, or any other object. Only views of a `numpy.memmap` are checked: those
        that `MappedPixels` has opened for any change of their file, others for whether
        the file is still long enough.

    Returns
    -------
    object
        The same object.

    Raises
    ------
    ValueError
        If the file has been cut short, changed, replaced or deleted since it was
        opened; or if another process has opened it, and this one cannot.
    """
    unseen = unseen_pixels(array)
    if unseen is not None:
        name = getattr(array, "name", None) or "(no name)"
        raise ValueError(f"Micrograph {name} cannot be used here: {unseen.reason}")
    pixels: Any = backing_memmap(array)
    map_ = getattr(pixels, "_mmap", None)
    if map_ is None:
        return array
    change = _describe_change(pixels, map_)
    if change:
        file = pixels.filename or "the file in which its pixels lie"
        name = getattr(array, "name", None) or "(no name)"
        raise ValueError(
            f"Micrograph {name} cannot be used any more: {file} {change} since it was "
            "opened. Read it again."
        )
    return array


def backing_memmap(array: Any) -> np.memmap | None:
    """Return the `numpy.memmap` that an array is a view of, or None."""
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    return array


def unseen_pixels(array: Any) -> UnseenPixels | None:
    """Return the `UnseenPixels` that an array is a view of, or None."""
    while array is not None and not isinstance(array, UnseenPixels):
        array = getattr(array, "base", None)
    return array


def _describe_change(pixels, map_):
    """Say what has happened to a file since it was opened, None if nothing has."""
    opened = getattr(pixels, "opened", None)
    try:
        if opened is None:
            return _describe_cut(map_, pixels.offset)
        now = os.stat(pixels.filename)
    except FileNotFoundError:
        return "has been deleted"
    except (OSError, ValueError) as error:  # as of a network file system that is gone
        return f"cannot be reached ({error})"
    if (now.st_size, now.st_mtime_ns) == (opened.st_size, opened.st_mtime_ns):
        return None
    if not os.path.samestat(now, opened):
        return "has been replaced by another file"
    if now.st_size < opened.st_size:
        return f"has been cut short from {opened.st_size} to {now.st_size} bytes"
    return "has been changed"


def _describe_cut(map_, offset):
    # A map begins at the page that the first pixel lies in.
    needed = offset - offset % mmap.ALLOCATIONGRANULARITY + len(map_)
    size = map_.size()
    return f"has been cut short to {size} bytes" if size < needed else None
