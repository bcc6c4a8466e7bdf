"""Whether the strips or tiles of a TIFF file hold the image that its tags describe.

tifffile fills what is missing with zeros and drops what is too much, so a damaged file
would be read without a word.
"""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tifffile import TiffPage

# No image is compressed so much, however blank it is.
_GREATEST_RATIO = 10_000
_UNCOMPRESSED = 1
# LZW, deflate by its two numbers, PackBits, LZMA and Zstandard give back all bytes.
_BYTE_CODECS = {5, 8, 32946, 32773, 34925, 50000}


def check_segments(page: "TiffPage", file_size: int, oddities: list[str]) -> None:
    """Raise a ValueError if a page cannot hold the image that its tags describe.

    Parameters
    ----------
    page : TiffPage
        The page.
    file_size : int
        The bytes of the file.
    oddities : list of str
        Is appended what is odd about a page that can be read.
    """
    places = list(zip(page.dataoffsets, page.databytecounts, strict=True))
    n_expected = math.prod(page.chunked)
    if len(places) != n_expected or not all(count > 0 for _, count in places):
        n_found = sum(count > 0 for _, count in places)
        raise ValueError(
            f"its shape {page.shape} takes {n_expected} strips or tiles, but it has "
            f"{n_found}."
        )
    end = max(offset + count for offset, count in places)
    if end > file_size:
        raise ValueError(
            f"it is cut short: its last pixels end at {end} bytes, but the file has "
            f"{file_size}."
        )
    if page.compression == _UNCOMPRESSED:
        _check_size(page, sum(count for _, count in places), oddities)
    elif page.nbytes > _GREATEST_RATIO * file_size:
        raise ValueError(
            f"its {file_size} bytes cannot hold an image of shape {page.shape}."
        )
    elif page.compression in _BYTE_CODECS:
        _check_unpacked_sizes(page, places, oddities)


def _check_size(page, size, oddities):
    """Compare the bytes of uncompressed segments, without the margin of tiles."""
    needed = page.nbytes
    if page.is_tiled:
        needed = math.prod([*page.chunked, *page.tile]) * page.dtype.itemsize
    if page.bitspersample != 8 * page.dtype.itemsize:
        return  # pixels that are packed, whose rows end at whole bytes
    if size < needed:
        raise ValueError(
            f"it is cut short: its shape {page.shape} and type {page.dtype} take "
            f"{needed} bytes, but its pixels have {size}."
        )
    if size > needed:
        oddities.append(
            f"its pixels have {size - needed} bytes more than its shape {page.shape} "
            f"and type {page.dtype} take"
        )


def _check_unpacked_sizes(page, places, oddities):
    """Unpack the first and the last segment: a wrong width shows in its size."""
    from tifffile import TIFF

    if page.bitspersample != 8 * page.dtype.itemsize:
        return
    for number in sorted({0, len(places) - 1}):
        offset, count = places[number]
        file = page.parent.filehandle
        file.seek(offset)
        size = len(TIFF.DECOMPRESSORS[page.compression](file.read(count)))
        needed, full = _segment_sizes(page, number)
        if size not in (needed, full):
            raise ValueError(
                f"its shape {page.shape} and type {page.dtype} take {needed} bytes in "
                f"strip or tile {number}, but that has {size}."
            )
        if size != needed:
            oddities.append("its last strip is longer than its shape says")


def _segment_sizes(page, number):
    """Return the bytes of a segment, and those of a full one."""
    if page.is_tiled:
        full = math.prod(page.tile) * page.dtype.itemsize
        return full, full
    row = page.imagewidth * page.dtype.itemsize
    rows = min(page.rowsperstrip, page.imagelength)
    left = page.imagelength - number * page.rowsperstrip
    return min(rows, left) * row, rows * row
