"""What a file is that is not a micrograph, and what to do with it."""

import re
from pathlib import Path
from typing import NamedTuple


class FileKind(NamedTuple):
    """A kind of file: what it is called, and what its user can do."""

    what: str
    way_out: str


_CONVERT = "Convert it to MRC or TIFF, with its grey values unchanged"
_PREVIEW = "Its grey values are not those of the camera. Read the MRC or TIFF file."
_UNPACK = "Unpack it first; only gzip and bzip2 are unpacked here."
_HDF5 = FileKind("an HDF5 file", f"{_CONVERT}, such as with EMAN's e2proc2d.py.")
_GATAN = FileKind(
    "an image of Gatan's DigitalMicrograph",
    f"{_CONVERT}, such as with IMOD's dm2mrc or EMAN's e2proc2d.py.",
)
_TIA = FileKind(
    "a series of FEI's TIA", f"{_CONVERT}, such as with EMAN's e2proc2d.py."
)
_MODEL = FileKind(
    "an IMOD model, which holds points",
    "Read the micrograph that the points lie in. IMOD's model2point writes the points "
    "as text.",
)
EER = FileKind(
    "an EER movie, the raw events of a camera",
    "Correct its motion first, such as with RELION, MotionCor or cryoSPARC, and read "
    "the micrograph that this gives.",
)
_COMPRESSED = FileKind("a compressed file", _UNPACK)
_ARCHIVE = FileKind("an archive of files", _UNPACK)

_BY_FIRST_BYTES: list[tuple[bytes, FileKind]] = [
    (
        b"version https://git-lfs.github.com/spec",
        FileKind(
            "a pointer of Git LFS to a file that has not been fetched",
            "`git lfs pull` fetches it.",
        ),
    ),
    (b"IMODV", _MODEL),
    (b"\x89HDF\r\n", _HDF5),
    (b"\x89PNG\r\n", FileKind("a PNG image", _PREVIEW)),
    (b"\xff\xd8\xff", FileKind("a JPEG image", _PREVIEW)),
    (b"GIF8", FileKind("a GIF image", _PREVIEW)),
    (b"\x93NUMPY", FileKind("a NumPy array", "`numpy.load` reads it.")),
    (b"%PDF", FileKind("a PDF document", "Read the micrograph that it shows.")),
    (b"II\x97\x01", _TIA),
    (b"PK\x03\x04", _ARCHIVE),
    (b"7z\xbc\xaf'\x1c", _ARCHIVE),
    (b"\xfd7zXZ\0", _COMPRESSED),
    (b"(\xb5/\xfd", _COMPRESSED),
    (b"\x1f\x9d", _COMPRESSED),
]
_BY_SUFFIX: dict[str, FileKind] = {
    ".eer": EER,
    ".mod": _MODEL,
    ".dm3": _GATAN,
    ".dm4": _GATAN,
    ".hdf": _HDF5,
    ".h5": _HDF5,
    ".emd": _HDF5,
    ".ser": _TIA,
}
_TIFF = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
# Version and byte order of a file of DigitalMicrograph, around its length.
_GATAN_HEADER = re.compile(rb"\0\0\0(\x03.{4}|\x04.{8})\0\0\0[\0\x01]", re.DOTALL)
_WEB_PAGE = re.compile(rb"\s*<(!doctype html|html|head|\?xml|error)", re.IGNORECASE)
# Tabs and ends of lines belong to a text.
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def is_tiff(head: bytes) -> bool:
    """Tell from the first bytes whether a file is TIFF or BigTIFF."""
    return head.startswith(_TIFF)


def find_file_kind(head: bytes, path: Path) -> FileKind | None:
    """Say what a file is, given its first bytes.

    Parameters
    ----------
    head : bytes
        The first 1024 bytes of the file, or fewer if it is shorter.
    path : Path
        The file, whose name counts if the bytes tell nothing.

    Returns
    -------
    FileKind or None
        None if nothing is known about it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from pusklearn.micrographs.io._file_kinds import find_file_kind
    >>> find_file_kind(b"<!DOCTYPE html><html>Not found", Path("a.mrc")).what
    'a web page'
    """
    if not head:
        return FileKind("an empty file", "Copy or compute it again.")
    if not any(head):
        return FileKind(
            "a file that begins with zeros, as one does of which nothing but the "
            "length has been written",
            "Copy or compute it again.",
        )
    for first_bytes, kind in _BY_FIRST_BYTES:
        if head.startswith(first_bytes):
            return kind
    if _GATAN_HEADER.match(head):
        return _GATAN
    if b"/annex/objects/" in head[:300]:
        return FileKind(
            "a pointer of git-annex to a file that has not been fetched",
            "`git annex get` fetches it.",
        )
    if _WEB_PAGE.match(head):
        return FileKind(
            "a web page", "It stands for a download that failed. Download it again."
        )
    suffix = path.suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if not _CONTROL.search(head):
        return _describe_text(head, suffix)
    return None


def _describe_text(head, suffix):
    start = head.decode("utf-8", "replace").strip().partition("\n")[0][:40]
    if suffix == ".star" or start.startswith(("data_", "# version")):
        return FileKind(
            "a STAR file",
            "`read_micrographs` reads the micrographs that a STAR file lists.",
        )
    return FileKind(
        f"a text that begins with {start!r}",
        "`read_coordinates` reads text files of coordinates.",
    )
