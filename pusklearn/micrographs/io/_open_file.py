"""Open a file to read its bytes, unpacked if it is compressed."""

import bz2
import gzip
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

_BY_SUFFIX: dict[str, Callable] = {".gz": gzip.open, ".bz2": bz2.open}
_BY_FIRST_BYTES: dict[bytes, Callable] = {b"\x1f\x8b\x08": gzip.open, b"BZh": bz2.open}
_SPECIAL = {
    stat.S_ISDIR: "a folder",
    stat.S_ISFIFO: "a named pipe",
    stat.S_ISSOCK: "a socket",
    stat.S_ISCHR: "a device",
    stat.S_ISBLK: "a device",
}


def open_file(path: Path) -> tuple[BinaryIO, bool]:
    """Open a file to read its bytes, unpacked if it is compressed.

    Parameters
    ----------
    path : Path
        The file. Its first bytes tell whether it is compressed with gzip or bzip2, and
        so does its name if they do not.

    Returns
    -------
    binary file
        The file, at its start.
    bool
        Whether it is compressed.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not a file: opening a named pipe would wait for another program.
    """
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        what = next(
            (name for is_it, name in _SPECIAL.items() if is_it(mode)), "special"
        )
        raise ValueError(
            f"must be a file. It is {what}."
            + (" `read_micrographs` reads folders." if stat.S_ISDIR(mode) else "")
        )
    # Only few bytes are read before the pixels are mapped, so a buffer is no use.
    file = open(path, "rb", buffering=0)  # noqa: SIM115
    opener = _BY_FIRST_BYTES.get(file.read(3), _BY_SUFFIX.get(path.suffix.lower()))
    file.seek(0)
    if opener is None:
        return file, False
    file.close()
    return opener(path, "rb"), True
