"""Read the image of an MRC file."""

from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._mapped_pixels import MappedPixels
from pusklearn.micrographs.io._header_statistics import (
    describe_contradiction,
    has_statistics,
    sample_pixels,
)
from pusklearn.micrographs.io._mrc_header import MrcHeader

# A compressed file is unpacked in pieces, since it may hold less than its header says,
# or much more. Files that promise so much more than they take are measured first.
_PIECE = 2**20
_LARGE = 2**25
_USUAL_RATIO = 50


def read_mapped_mrc(
    file: BinaryIO, header: MrcHeader, file_size: int
) -> tuple[NDArray, list[str]]:
    """Map the image of an MRC file into memory.

    Parameters
    ----------
    file : binary file
        The open file.
    header : MrcHeader
        Its header.
    file_size : int
        The bytes of the file.

    Returns
    -------
    ndarray of shape (height, width)
        The pixels, read-only.
    list of str
        What is odd about the file.

    Raises
    ------
    ValueError
        If the file is shorter than its header says.
    """
    extra = file_size - header.offset - header.n_bytes
    if extra < 0:
        raise ValueError(_describe_cut(header, f"the file has {file_size} bytes"))
    pixels = MappedPixels(file, header.dtype, header.offset, header.shape[1:])

    def read(start, length):
        file.seek(header.offset + start)
        return file.read(length)

    oddities = _oddities(header, read)
    if extra:
        oddities.append(f"the file is {extra} bytes larger than its header says")
    return pixels, oddities


def read_compressed_mrc(
    file: BinaryIO, header: MrcHeader, compressed_size: int
) -> tuple[NDArray, list[str]]:
    """Unpack the image of a compressed MRC file into memory.

    Parameters
    ----------
    file : binary file
        The file, which unpacks what is read from it.
    header : MrcHeader
        Its header.
    compressed_size : int
        The bytes of the file on disk.

    Returns
    -------
    ndarray of shape (height, width)
        The pixels, read-only.
    list of str
        What is odd about the file.

    Raises
    ------
    ValueError
        If it holds less than its header says.
    """
    size = header.n_bytes
    if size > max(_LARGE, _USUAL_RATIO * compressed_size):
        _skip(file, header, header.offset + size)
    _skip(file, header, header.offset)
    content = bytearray()
    while len(content) < size:
        piece = file.read(min(_PIECE, size - len(content)))
        if not piece:
            raise ValueError(_describe_cut(header, f"it holds {len(content)} of them"))
        content += piece
    pixels = np.frombuffer(content, header.dtype).reshape(header.shape[1:])
    pixels.flags.writeable = False
    oddities = _oddities(header, lambda start, length: content[start : start + length])
    # Reading beyond the pixels also makes gzip check them.
    if file.read(1):
        oddities.append("the file is larger than its header says")
    return pixels, oddities


def _skip(file, header, end):
    """Read a compressed file from its start to a place."""
    file.seek(0)
    place = 0
    while place < end:
        piece = file.read(min(_PIECE, end - place))
        if not piece:
            raise ValueError(_describe_cut(header, f"it holds {place} bytes in all"))
        place += len(piece)


def _describe_cut(header, found):
    return (
        f"is cut short: its header says shape {header.shape}, mode {header.mode}, "
        f"which takes {header.n_bytes} bytes after {header.offset} bytes of headers, "
        f"but {found}."
    )


def _oddities(header, read):
    if not has_statistics(header.statistics):
        return list(header.oddities)
    runs = sample_pixels(read, header.n_bytes, header.dtype)
    contradiction = describe_contradiction(header.statistics, runs)
    return [*header.oddities, *([contradiction] if contradiction else [])]
