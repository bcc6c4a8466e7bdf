"""The pixel size in the header of an MRC file, whose pixels are not needed."""

from pathlib import Path

from pusklearn.micrographs.io._file_kinds import is_tiff
from pusklearn.micrographs.io._mrc_header import HEADER_BYTES, read_mrc_header
from pusklearn.micrographs.io._open_file import open_file


def header_pixel_size(path: Path) -> float | None:
    """Return the pixel size in angstrom, None if the file does not tell.

    It is 0 if the header has a place for it and gives none, as programs write that do
    not know it.

    Parameters
    ----------
    path : Path
        A file; one that cannot be read, or is not MRC, does not tell.
    """
    try:
        file, _ = open_file(path)
        with file:
            head = file.read(HEADER_BYTES)
            header = None if is_tiff(head) else read_mrc_header(head, None)
    except (EOFError, OSError, ValueError):
        return None
    return None if header is None else header.pixel_size
