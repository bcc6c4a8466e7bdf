"""The table of picks that other programs read."""

import os
import sys
from collections.abc import Iterable
from math import floor, isnan
from pathlib import Path

from numpy.typing import NDArray

from pusklearn.micrographs.io._draft_files import write_files

# Of a process, by which a shell leads them elsewhere.
STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")
HEADER = "image_name\tx_coord\ty_coord\tscore\n"


def pick_table(picks: Iterable[tuple[str, NDArray]]) -> str:
    """Return the table of the picks of some images.

    Parameters
    ----------
    picks : iterable of (str, ndarray of shape (k, 3))
        The name of each image and its picks ``x, y, score``.

    Returns
    -------
    str
        A header, and a line of four values, separated by tabs, for each pick. The
        coordinates are rounded to whole pixels, as topaz writes them.
    """
    rows = [
        f"{name}\t{rounded(x)}\t{rounded(y)}\t{score!r}\n"
        for name, points in picks
        for x, y, score in points.tolist()
    ]
    return "".join([HEADER, *rows])


def rounded(value: float) -> int:
    """Return the nearest whole number; a half is rounded up."""
    return floor(value + 0.5)


def number_text(value: float) -> str:
    """Return a number without a point if it is whole, and no text for NaN."""
    if isnan(value):
        return ""
    return str(int(value)) if value == int(value) else repr(float(value))


def write_output(path: str | None, text: str) -> None:
    """Write a text to a file, whole or not at all, or to standard output.

    The folder of the file is made if it is missing. A device or a pipe, such as
    /dev/stdout, is written to and stays what it is.

    Raises
    ------
    ValueError
        If there is a folder in the place of the file.
    OSError
        If the file cannot be written.
    """
    if path is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    file = Path(path)
    if is_device(file):
        with file.open("a", encoding="utf-8") as stream:
            stream.write(text)
        return
    check_file_can_be_written(file)
    write_files({file: text})


def is_device(file: Path) -> bool:
    """Tell whether a path is a device or a pipe, or a stream of this process."""
    if file.as_posix().startswith(STREAMS):
        return True
    return file.exists() and not (file.is_file() or file.is_dir())


def check_file_can_be_written(file: Path) -> None:
    """Make the folder of a file, and raise an error if it cannot be written there.

    Raises
    ------
    ValueError
        If there is a folder in the place of the file.
    OSError
        If the folder cannot be made or written to.
    """
    if file.is_dir():
        raise ValueError(f"A file is to be written, but {file} is a folder.")
    file.parent.mkdir(parents=True, exist_ok=True)
    if not os.access(file.parent, os.W_OK | os.X_OK):
        raise PermissionError(
            f"{file} cannot be written: you may not write to its folder."
        )
