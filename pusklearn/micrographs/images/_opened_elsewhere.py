"""Pixels in a file that other processes open for themselves."""

import os
import socket
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import numpy as np

from pusklearn.micrographs.images._mapped_pixels import (
    MappedPixels,
    UnseenPixels,
    backing_memmap,
    unseen_pixels,
)

CHANGED = "is not what it was when the micrograph was read. Read it again."
SHARED = (
    "A micrograph that is mapped from its file goes to other processes as a path, so "
    "all hosts need a file system that they share, with the same paths. "
    "`micrograph.copy()` goes as its pixels."
)
# Not all file systems keep all digits.
NANOSECONDS_OF_ROUNDING = 1000


class MappedFile(NamedTuple):
    """What another process needs to open the pixels in a file.

    Attributes
    ----------
    path : str
        The file, as an absolute path.
    dtype : str
        The pixels, with their byte order.
    offset : int
        Bytes before the first pixel.
    shape : tuple of int
        The shape of the pixels.
    size : int
        The bytes of the file.
    changed : int
        When it was changed for the last time, in nanoseconds.
    """

    path: str
    dtype: str
    offset: int
    shape: tuple[int, ...]
    size: int
    changed: int


# A process that is asked for the same file many times keeps it open once.
_OPEN: WeakValueDictionary[MappedFile, MappedPixels] = WeakValueDictionary()


def whole_file(array: np.ndarray) -> MappedFile | None:
    """Return the file whose pixels an array shows, None if it shows something else.

    Parameters
    ----------
    array : ndarray
        The array. It shows a file if it has all pixels that `MappedPixels` has mapped,
        in their order.
    """
    unseen = unseen_pixels(array)
    if unseen is not None:
        return unseen.file if array.shape == unseen.file.shape else None
    pixels: Any = backing_memmap(array)
    while isinstance(getattr(pixels, "base", None), np.memmap):
        pixels = pixels.base
    opened = getattr(pixels, "opened", None)
    if opened is None or not _shows(array, pixels):
        return None
    return MappedFile(
        os.fspath(pixels.filename),
        pixels.dtype.str,
        pixels.offset,
        pixels.shape,
        opened.st_size,
        opened.st_mtime_ns,
    )


def opened_again(file: MappedFile) -> MappedPixels | UnseenPixels:
    """Return the pixels in a file that another process has opened before.

    If the file is not there, or has changed, `UnseenPixels` stand for its pixels, which
    no step uses. A process that only hands micrographs on, such as the scheduler of a
    cluster, needs no file.
    """
    known = _OPEN.get(file)
    if known is not None:
        return known
    host = socket.gethostname()
    try:
        with open(file.path, "rb") as content:
            now = os.fstat(content.fileno())
            late = abs(now.st_mtime_ns - file.changed)
            if now.st_size != file.size or late > NANOSECONDS_OF_ROUNDING:
                return _unseen(file, f"{file.path} on host {host} {CHANGED}")
            pixels = MappedPixels(content, file.dtype, file.offset, file.shape)
    except OSError as error:
        reason = error.strerror or error
        return _unseen(
            file, f"{file.path} cannot be opened on host {host}: {reason}. {SHARED}"
        )
    _OPEN[file] = pixels
    return pixels


def _unseen(file, reason):
    pixels = np.broadcast_to(np.float32(np.nan), file.shape).view(UnseenPixels)
    pixels.file = file
    pixels.reason = reason
    return pixels


def _shows(array, pixels):
    def place(values):
        return values.__array_interface__["data"], values.shape, values.strides

    return array.dtype == pixels.dtype and place(array) == place(pixels)
