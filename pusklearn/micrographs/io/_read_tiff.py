"""Read the image of a TIFF file."""

import logging
import threading
from pathlib import Path
from typing import BinaryIO, Self

from numpy.typing import NDArray

from pusklearn.micrographs.images._mapped_pixels import MappedPixels
from pusklearn.micrographs.io._file_kinds import EER
from pusklearn.micrographs.io._tiff_pixel_size import tiff_pixel_size
from pusklearn.micrographs.io._tiff_segments import check_segments

_EER_COMPRESSIONS = {65000, 65001, 65002}
_WHITE_IS_ZERO, _BLACK_IS_ZERO = 0, 1
_UPRIGHT = 1


def read_tiff(
    path: Path, file: BinaryIO, file_size: int
) -> tuple[NDArray, float | None, list[str]]:
    """Read the image of a TIFF file.

    Parameters
    ----------
    path : Path
        The file.
    file : binary file
        The same file, open.
    file_size : int
        Its bytes.

    Returns
    -------
    ndarray of shape (height, width)
        The pixels, read-only: mapped into memory if they lie in one piece in the file,
        otherwise read.
    float or None
        The pixel size in angstrom, None if it is unknown.
    list of str
        What is odd about the file.

    Raises
    ------
    ValueError
        If the file does not contain exactly one image in grey, or cannot be read.
    """
    # It is loaded late, as few need it and it takes a fifth of a second.
    from tifffile import TiffFile

    try:
        with _Complaints() as complaints, TiffFile(path, _multifile=False) as tiff:
            page = _only_page(tiff)
            oddities = _oddities(page)
            check_segments(page, file_size, oddities)
            pixel_size = tiff_pixel_size(tiff, page, oddities)
            oddities += complaints.messages
            if page.is_memmappable:
                dtype = page.dtype.newbyteorder(tiff.byteorder)
                offset = page.dataoffsets[0]
                pixels = MappedPixels(file, dtype, offset, page.shape)
                return pixels, pixel_size, oddities
            complaints.messages.clear()
            pixels = page.asarray(maxworkers=1)
            if complaints.messages:
                raise ValueError("; ".join(complaints.messages))
    except _NotAMicrographError:
        raise
    except OSError:
        raise
    # A damaged file makes tifffile fail in many ways.
    except Exception as error:
        raise ValueError(_describe(error)) from error
    pixels.flags.writeable = False
    return pixels, pixel_size, oddities


class _NotAMicrographError(ValueError):
    """A file that is in order, but not one image in grey."""


def _only_page(tiff):
    page = tiff.pages[0]
    if page.compression in _EER_COMPRESSIONS:
        raise _NotAMicrographError(f"is {EER.what}. {EER.way_out}")
    if _has_more_than(tiff, page):
        raise _NotAMicrographError(
            "must contain one image. It is a TIFF file with several, such as a movie, "
            "whose motion must be corrected first, or a stack of particles."
        )
    what = _describe_colours(page)
    if (
        what
        or len(page.shape) != 2
        or page.dtype is None
        or page.dtype.kind not in "iuf"
    ):
        raise _NotAMicrographError(
            "must contain one image of real numbers in grey: shape (height, width), "
            f"such as uint8, uint16, int16 or float32. It has shape {page.shape}, "
            f"dtype {page.dtype}{what}."
        )
    return page


def _has_more_than(tiff, page):
    try:
        tiff.pages[1]
    except IndexError:
        # ImageJ and others write one page for all images of a stack.
        series = tiff.series
        return len(series) != 1 or series[0].size != page.size
    return True


def _describe_colours(page):
    if page.samplesperpixel != 1:
        return f", {page.samplesperpixel} values per pixel, as colours have"
    if page.photometric not in (_WHITE_IS_ZERO, _BLACK_IS_ZERO):
        name = getattr(page.photometric, "name", page.photometric)
        return f", colours of the kind {name}"
    return ""


def _oddities(page):
    oddities = []
    if page.photometric == _WHITE_IS_ZERO:
        oddities.append("it says that 0 is white; its pixels stay as they are")
    orientation = page.tags.valueof("Orientation", _UPRIGHT)
    if orientation != _UPRIGHT:
        oddities.append(
            f"it is to be shown turned or mirrored (its orientation is {orientation}); "
            "its pixels stay as they are"
        )
    return oddities


def _describe(error):
    said = str(error) or type(error).__name__
    if "imagecodecs" in said:
        return (
            f"is a TIFF file of a compression that needs another package: {said}. "
            "`pip install imagecodecs` installs it."
        )
    return f"is a TIFF file that cannot be read: {said}"


class _Complaints(logging.Handler):
    """What tifffile logs in this thread while the handler is in use."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []
        self.thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        if record.thread == self.thread:
            self.messages.append(f"tifffile says: {record.getMessage()}")

    def __enter__(self) -> Self:
        logging.getLogger("tifffile").addHandler(self)
        return self

    def __exit__(self, *error: object) -> None:
        logging.getLogger("tifffile").removeHandler(self)
