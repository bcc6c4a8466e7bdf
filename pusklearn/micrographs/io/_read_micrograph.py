"""Read one micrograph from an MRC file."""

import bz2
import errno
import gzip
import os
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import mrcfile
import numpy as np

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._names import micrograph_stem

_HEADER_BYTES = 1024
_ALL_MODES = {0, 1, 2, 3, 4, 6, 12, 16, 101}
_REAL_MODES = {0, 1, 2, 6, 12}
_DECOMPRESSORS: dict[str, Callable] = {".gz": gzip.open, ".bz2": bz2.open}
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
    path = Path(path)
    try:
        _check_is_mrc(path)
        pixels, pixel_size, oddities = _read(path)
    except (EOFError, OSError, zlib.error) as error:
        number = getattr(error, "errno", None)
        if number == errno.EMFILE:
            error.add_note(_TOO_MANY_FILES)
        # Only the system's own errors, such as a missing file, have a number.
        if number is not None:
            raise
        raise ValueError(f"{path} cannot be decompressed: {error}.") from error
    if oddities:
        warnings.warn(
            f"{path} is read, but breaks the MRC format: {'; '.join(oddities)}.",
            stacklevel=2,
        )
    return Micrograph(pixels, name=micrograph_stem(path), pixel_size=pixel_size)


def _check_is_mrc(path):
    """Refuse files of another kind.

    mrcfile would take their first bytes for a shape and allocate memory for it.
    """
    with _DECOMPRESSORS.get(path.suffix.lower(), open)(path, "rb") as file:
        header = file.read(_HEADER_BYTES)
    modes = {int.from_bytes(header[12:16], order) for order in ("little", "big")}
    if len(header) < _HEADER_BYTES or modes.isdisjoint(_ALL_MODES):
        raise ValueError(
            f"{path} is not an MRC file, which begins with a header of {_HEADER_BYTES} "
            f"bytes with a known mode. Got {len(header)} bytes"
            + (f" with mode {min(modes)}." if len(header) == _HEADER_BYTES else ".")
        )


def _read(path):
    """Return the image, its pixel size and how the file breaks the format."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mrc = _open(path)
    oddities = [str(w.message) for w in caught if w.category is RuntimeWarning]
    with mrc:
        shape = tuple(int(mrc.header[axis]) for axis in ("nz", "ny", "nx"))
        mode = int(mrc.header.mode)
        if mode not in _REAL_MODES or shape[0] != 1 or min(shape) < 1:
            raise ValueError(
                f"{path} must contain one image of real numbers: shape (height, width) "
                "or (1, height, width), mode 0, 1, 2, 6 or 12. "
                f"It has shape {shape}, mode {mode}."
            )
        if mrc.data is None:
            raise ValueError(
                f"{path} is cut short, or the system cannot map it. Its header says "
                f"shape {shape}, mode {mode} ({'; '.join(oddities)})."
            )
        return mrc.data.reshape(shape[1:]), _pixel_size(mrc), oddities


def _open(path):
    """Open a file, even one with a wrong header if it can be read."""
    is_compressed = path.suffix.lower() in _DECOMPRESSORS
    open_mrc = mrcfile.open if is_compressed else mrcfile.mmap
    try:
        return open_mrc(path)
    except ValueError:
        return open_mrc(path, permissive=True)


def _pixel_size(mrc):
    with np.errstate(divide="ignore", invalid="ignore"):
        size = float(mrc.voxel_size.x)
    return size if np.isfinite(size) and size > 0 else None
