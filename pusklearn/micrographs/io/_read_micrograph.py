"""Read one micrograph from an MRC or TIFF file."""

import errno
import os
import zlib
from pathlib import Path

from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._file_kinds import EER, find_file_kind, is_tiff
from pusklearn.micrographs.io._listed_file import listed_path
from pusklearn.micrographs.io._mrc_header import HEADER_BYTES, read_mrc_header
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._open_file import open_file
from pusklearn.micrographs.io._read_mrc import read_compressed_mrc, read_mapped_mrc
from pusklearn.micrographs.io._read_tiff import read_tiff
from pusklearn.pu._warn_caller import warn_caller

_TOO_MANY_FILES = (
    "A memory-mapped micrograph keeps its file open. The number of open files is "
    "limited by the system; `ulimit -n` shows and raises the limit."
)


def read_micrograph(path: str | os.PathLike) -> Micrograph:
    """Read one micrograph from an MRC or TIFF file.

    A plain file is memory-mapped: its pixels are read when they are used. A file
    compressed with gzip or bzip2, or a TIFF file whose pixels are compressed or do not
    lie in one piece, is read into memory. The first bytes tell what a file is, whatever
    its name.

    Parameters
    ----------
    path : str or path-like
        An MRC file of one image of real numbers: its shape is (height, width) or
        (1, height, width), its mode 0 (int8, or uint8 if the flags of IMOD say so),
        1 (int16), 2 (float32), 6 (uint16) or 12 (float16). Or a TIFF file of one image
        in grey, such as uint8, uint16, int16 or float32.

    Returns
    -------
    Micrograph of shape (height, width)
        The image in the dtype and byte order of the file, read-only and never flipped:
        row 0 of the file is ``y = 0``. Its name is that of the file without folder and
        extension, and its path is `path`. Its pixel size, in angstrom, is that of the
        header, or None if the header has none or pixels are not square. That of a TIFF
        file is known if ImageJ, OME or SerialEM has written it. Its scale is 1.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is neither MRC nor TIFF, is cut short, cannot be decompressed, or
        does not contain exactly one image of real numbers; or if `path` is no file but
        a folder, a named pipe or a device. The message says what a file of another
        kind is, such as an EER movie, and what to do.
    OSError
        If too many files are open (see Notes).

    Warns
    -----
    UserWarning
        If the file can be read but something is odd about it: the map identifier or
        the machine stamp is wrong, there are more data than the header says, its axes
        are exchanged, its pixels are not square, or its minimum, maximum and mean
        cannot be those of the pixels (a sample of 64 kB is compared). Each file gives
        one warning.

    See Also
    --------
    read_micrographs : Reads all micrographs of a folder.

    Notes
    -----
    Every memory-mapped file stays open for as long as its micrograph lives.
    Systems limit the number of open files, often to 1024 (``ulimit -n``); beyond
    it Python raises ``OSError: Too many open files``.

    A memory-mapped file must stay as it is: the steps of a picker raise a ValueError if
    it has been cut short, changed, replaced or deleted since it was opened. Reading
    pixels beyond the end of a file in any other way would end the process.

    References
    ----------
    Cheng et al., "MRC2014: Extensions to the MRC format header for electron
    cryo-microscopy and tomography", J. Struct. Biol. 192 (2015).

    Examples
    --------
    >>> import mrcfile, tempfile
    >>> import numpy as np
    >>> from pusklearn.io import read_micrograph
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = f"{folder}/grid1.mrc"
    ...     mrcfile.write(path, np.eye(3, 4, dtype="float32"), voxel_size=1.5)
    ...     micrograph = read_micrograph(path)
    >>> micrograph.shape, micrograph.name, micrograph.pixel_size
    ((3, 4), 'grid1', 1.5)
    """
    listed = listed_path(path)
    path = Path(path)
    try:
        pixels, pixel_size, oddities = _read(path)
    except (EOFError, OSError, zlib.error) as error:
        number = getattr(error, "errno", None)
        if number == errno.EMFILE:
            error.add_note(_TOO_MANY_FILES)
        # Only the system's own errors, such as a missing file, have a number.
        if number is not None:
            raise
        raise ValueError(f"{path} cannot be decompressed: {error}.") from error
    except ValueError as error:
        raise ValueError(f"{path} {error}") from error
    if oddities:
        warn_caller(
            f"{path} is read, but something is odd about it: {'; '.join(oddities)}."
        )
    name = micrograph_stem(path)
    return Micrograph(pixels, name=name, pixel_size=pixel_size, path=listed)


def _read(path: Path) -> tuple[NDArray, float | None, list[str]]:
    """Return the image, its pixel size and what is odd about the file.

    The first bytes tell what the file is, whatever its name.
    """
    file, is_compressed = open_file(path)
    with file:
        disk_size = os.stat(path).st_size
        head = file.read(HEADER_BYTES)
        if is_tiff(head):
            if is_compressed:
                raise ValueError("is a compressed TIFF file. Unpack it first.")
            if path.suffix.lower() == ".eer":
                raise ValueError(f"is {EER.what}. {EER.way_out}")
            return read_tiff(path, file, disk_size)
        try:
            return _read_mrc(file, head, is_compressed, disk_size)
        except ValueError as error:
            # Any bytes make some header, so a file without the Map ID may be another.
            kind = find_file_kind(head, path)
            if head[208:211] == b"MAP" or kind is None:
                raise
            said = f"is not an MRC file, but {kind.what}. {kind.way_out}"
            raise ValueError(said) from error


def _read_mrc(file, head, is_compressed, disk_size):
    header = read_mrc_header(head, None if is_compressed else disk_size)
    if header is None:
        raise ValueError(_describe_unknown(head))
    read = read_compressed_mrc if is_compressed else read_mapped_mrc
    pixels, oddities = read(file, header, disk_size)
    return pixels, header.pixel_size or None, oddities


def _describe_unknown(head):
    modes = [int.from_bytes(head[12:16], order) for order in ("little", "big")]
    return (
        "is not an MRC file, which begins with a header of "
        f"{HEADER_BYTES} bytes with a known mode. Got {len(head)} bytes"
        + (f" with mode {min(modes)}." if len(head) == HEADER_BYTES else ".")
    )
