"""The lines of a text file, or what a file is that is no text."""

import os
import re
import stat
from collections.abc import Iterator

# No row of coordinates is as long as this, and no header.
MOST_CHARACTERS = 2**20
# Bytes at the start of a file from which its kind is told.
_N_HEAD = 4096
_KINDS = (
    (b"IMODV", "a model of IMOD; IMOD's program model2point writes it as text"),
    (b"\x1f\x8b", "compressed by gzip; unpack it first"),
    (b"BZh", "compressed by bzip2; unpack it first"),
    (b"\xfd7zXZ", "compressed by xz; unpack it first"),
    (b"PK\x03\x04", "a zip archive or a workbook; save its table as csv"),
    (b"\x93NUMPY", "a NumPy array, as cryoSPARC saves its .cs files"),
    (b"\x89HDF", "an HDF5 file"),
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"II*\0", "a TIFF image"),
    (b"MM\0*", "a TIFF image"),
    (b"\xff\xfe", "text in UTF-16; save it as UTF-8"),
    (b"\xfe\xff", "text in UTF-16; save it as UTF-8"),
)
# What stands for a file that is elsewhere.
_STAND_INS = (
    (rb"version https://git-lfs", "a pointer of Git LFS; `git lfs pull` gets the file"),
    (
        rb"\S*/annex/objects/",
        "a pointer of git-annex; `git annex get` gets the file",
    ),
    (
        rb"(?i)\s*<(!doctype html|html)",
        "a web page, as after a download that failed; download it again",
    ),
)
# No file of coordinates that is read as a whole is as long as this.
MOST_BYTES = 2**26
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def read_lines(path: str | os.PathLike) -> Iterator[tuple[int, str]]:
    r"""Return the lines of a text file, one after the other, with their numbers.

    Parameters
    ----------
    path : path-like
        A file in UTF-8, with or without a byte order mark.

    Yields
    ------
    int
        The number of the line, from 1.
    str
        The line without its end, which may be ``\n``, ``\r\n`` or ``\r``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If `path` is no file but, say, a folder or a pipe, the file is no text, or a
        line is longer than any row of a table.
    """
    check_is_file(path)
    with open(path, "rb") as file:
        _check_is_text(file.read(_N_HEAD))
    # A byte that is no UTF-8 becomes a surrogate, so that its line can be named.
    with open(path, encoding="utf-8-sig", errors="surrogateescape") as file:
        number = 0
        while line := file.readline(MOST_CHARACTERS):
            number += 1
            if len(line) == MOST_CHARACTERS:
                raise ValueError(
                    f"line {number} has {MOST_CHARACTERS} characters or more. A table "
                    "of coordinates has few columns."
                )
            if found := _NO_TEXT.search(line):
                raise ValueError(
                    f"line {number} has a byte that is no text in UTF-8, at character "
                    f"{found.start() + 1}."
                )
            yield number, line.rstrip("\n")


def read_text(path: str | os.PathLike) -> str:
    """Return the text of a file whose lines may be of any length.

    Parameters
    ----------
    path : path-like
        A file in UTF-8, with or without a byte order mark.

    Returns
    -------
    str

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If `path` is no file but, say, a folder or a pipe, or the file is no text or
        has more than 64 MiB.
    """
    check_is_file(path)
    n_bytes = os.path.getsize(path)
    if n_bytes > MOST_BYTES:
        raise ValueError(f"it has {n_bytes} bytes, more than {MOST_BYTES}.")
    with open(path, "rb") as file:
        content = file.read()
    _check_is_text(content[:_N_HEAD])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"it has a byte that is no text in UTF-8, at byte {error.start + 1}."
        ) from error


def check_is_file(path: str | os.PathLike) -> None:
    """Raise an error at once if there is no file, but none, a folder or a pipe."""
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        kinds = {
            stat.S_IFDIR: "a folder",
            stat.S_IFIFO: "a named pipe",
            stat.S_IFSOCK: "a socket",
        }
        kind = kinds.get(stat.S_IFMT(mode), "a device")
        raise ValueError(f"it is {kind}, not a file.")


def check_is_no_stand_in(head: bytes) -> None:
    """Raise an error if a file stands for another one, as its first bytes say."""
    for pattern, kind in _STAND_INS:
        if re.match(pattern, head):
            raise ValueError(f"it is {kind}.")


def _check_is_text(head):
    check_is_no_stand_in(head)
    for start, kind in _KINDS:
        if head.startswith(start):
            raise ValueError(f"it is {kind}.")
    if head[208:212] == b"MAP ":
        raise ValueError("it is an MRC image.")
    if b"\0" in head:
        raise ValueError("it is a binary file, not text.")
