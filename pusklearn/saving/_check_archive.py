"""Checks of a zip, and of the JSON in it, before they are believed."""

import os
import struct
import zipfile
from collections.abc import Iterable
from typing import Any, BinaryIO

MANIFEST = "manifest.json"
TENSORS = "tensors.safetensors"

# What a document may need once it is read: bytes, brackets, and brackets in brackets.
MOST_BYTES = 2**25
MOST_BRACKETS = 2**20
MOST_DEPTH = 100
# The records that end a zip: its directory, where it is, and that of a zip above 4 GiB.
MOST_DIRECTORY = 4096
END = struct.Struct("<4s4H2LH")
END_OF_LARGE = struct.Struct("<4sLQL")

# How files of other kinds begin.
COMPRESSED = (b"x\x01", b"x^", b"x\x9c", b"x\xda", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")


def check_beginning(first: bytes) -> None:
    """Raise a ValueError that names the kind of a file that is not a zip."""
    if first.startswith(b"PK\x03\x04") and b"/data.pkl" not in first:
        return
    if first.startswith(b"\x80"):
        words = "It is a pickle, as pickle, joblib and torch write it"
    elif first.startswith(COMPRESSED):
        words = "It is compressed, as joblib writes pickles"
    elif first.startswith(b"PK\x03\x04"):
        words = "It holds a pickle, as torch writes it"
    else:
        raise ValueError("It does not begin as a zip does.")
    raise ValueError(
        f"{words}. Pickles run code when they are opened, so they are refused; if you "
        "trust whoever wrote it, open it with joblib.load or torch.load."
    )


def check_end(file: BinaryIO) -> None:
    """Raise a ValueError if a zip is cut short, or its directory is too large."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - END.size - END_OF_LARGE.size))
    last = file.read()
    if len(last) < END.size or last[-END.size :][:4] != b"PK\x05\x06":
        raise ValueError("It does not end as a zip does: it is cut short, or goes on.")
    *_, entries, directory, start, _ = END.unpack(last[-END.size :])
    is_large = last.startswith(b"PK\x06\x07") or start == 2**32 - 1
    if is_large or entries > 16 or directory > MOST_DIRECTORY:
        raise ValueError(f"It has {entries} parts, in a directory of {directory} B.")
    if start + directory + END.size != size:
        raise ValueError("It holds more than its parts, or less.")


def check_entries(entries: Iterable[zipfile.ZipInfo], size: int) -> None:
    """Raise a ValueError for members that `write_archive` does not write."""
    seen: set[str] = set()
    total = 0
    for entry in entries:
        name = entry.orig_filename
        if name in seen:
            raise ValueError(f"Its part {name!r} is there twice.")
        if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits:
            raise ValueError(f"Its part {name!r} is compressed, or encrypted.")
        if entry.compress_size != entry.file_size:
            raise ValueError(f"Its part {name!r} has two sizes.")
        seen.add(name)
        total += entry.file_size
    if MANIFEST not in seen:
        raise ValueError(f"It is a zip without a part {MANIFEST!r}.")
    if total > size:
        raise ValueError(f"Its parts have {total} B, and the file has {size} B.")


def check_size(name: str, data: bytes) -> None:
    """Raise a ValueError if a member would need too much memory."""
    # The names and shapes of the tensors are JSON too, behind their length.
    header = data[8 : 8 + int.from_bytes(data[:8], "little")]
    document = header if name == TENSORS else data
    brackets = document.count(b"[") + document.count(b"{")
    if len(document) > MOST_BYTES or brackets > MOST_BRACKETS or len(data) >= 2**32:
        raise ValueError(
            f"Its part {name!r} is too large: it has {len(data)} B and lists of "
            f"{len(document)} B with {brackets} brackets; {2**32}, {MOST_BYTES} and "
            f"{MOST_BRACKETS} are allowed."
        )


def check_depth(name: str, document: Any) -> None:
    """Raise a ValueError if lists and mappings lie in each other too deeply."""
    level = [document]
    for _ in range(MOST_DEPTH):
        level = [
            child
            for node in level
            if isinstance(node, list | dict)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return
    raise ValueError(f"Its part {name!r} is nested too deeply.")


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as a dict, or raise a ValueError if a key comes twice."""
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("A key comes twice.")
    return result


def no_constant(name: str) -> None:
    """Raise a ValueError for NaN and Infinity, which are not JSON."""
    raise ValueError(f"{name} is not JSON.")
