"""Read one micrograph from an MRC or TIFF file."""

import errno
import os
import warnings
import zlib
from pathlib import Path

from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._file_kinds import find_file_kind, is_tiff
from pusklearn.micrographs.io._mrc_header import HEADER_BYTES, read_mrc_header
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._open_file import open_file
from pusklearn.micrographs.io._read_mrc import read_compressed_mrc, read_mapped_mrc
from pusklearn.micrographs.io._read_tiff import read_tiff

_TOO_MANY_FILES = (
    "A memory-mapped micrograph keeps its file open. The number of open files is "
    "limited by the system; `ulimit -n` shows and raises the limit."
)


def read_micrograph(path: str | os.PathLike) -> Micrograph:
    """Read one micrograph from an MRC file.

    A plain file is memory-mapped: no pixel is read until it is used. A file
    compressed with gzip or bzip2 is read into memory.

    Parameters
    ----------
    path : str or path-like
        An MRC file of one image of real numbers: its shape is (height, width) or
        (1, height, width), its mode 0 (int8), 1 (int16), 2 (float32), 6 (uint16) or
        12 (float16). The name of a compressed file ends in ``.gz`` or ``.bz2``.

    Returns
    -------
    Micrograph of shape (height, width)
        The image in the dtype and byte order of the file, read-only and never flipped:
        row 0 of the file is ``y = 0``. Its name is that of the file without folder and
        extension. Its pixel size, in angstrom, is that of the header, or None if the
        header has none. Its scale is 1.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is not MRC, is cut short, cannot be decompressed, or does not
        contain exactly one image of real numbers.
    OSError
        If too many files are open (see Notes).

    Warns
    -----
    UserWarning
        If the file can be read but breaks the format: the map identifier or the machine
        stamp is wrong, or there are more data than the header says. Each file gives one
        warning.

    See Also
    --------
    read_micrographs : Reads all micrographs of a folder.

    Notes
    -----
    Every memory-mapped file stays open for as long as its micrograph lives.
    Systems limit the number of open files, often to 1024 (``ulimit -n``); beyond
    it Python raises ``OSError: Too many open files``.

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
    return read_listed_micrograph(path, os.fspath(path), stacklevel=3)


def read_listed_micrograph(
    path: str | os.PathLike, listed: str, stacklevel: int = 2
) -> Micrograph:
    """Read a micrograph from a file that its project lists by another path.

    Parameters
    ----------
    path : str or path-like
        The file, as `read_micrograph` takes it.
    listed : str
        The path that the micrograph keeps.
    stacklevel : int, default=2
        Whom a warning names: 2 is the caller.

    Returns
    -------
    Micrograph of shape (height, width)
    """
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
        warnings.warn(
            f"{path} is read, but something is odd about it: {'; '.join(oddities)}.",
            stacklevel=stacklevel,
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
            _refuse_by_suffix(path, head)
            return read_tiff(path, file, disk_size)
        file_size = None if is_compressed else disk_size
        header = read_mrc_header(head, file_size)
        if header is None:
            raise ValueError(_describe_foreign(head, path))
        read = read_compressed_mrc if is_compressed else read_mapped_mrc
        pixels, oddities = read(file, header, disk_size)
        return pixels, header.pixel_size, oddities
