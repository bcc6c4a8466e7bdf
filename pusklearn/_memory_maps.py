"""Arrays in files that are mapped into memory."""

import mmap
import tempfile

import numpy as np

from pusklearn._micrograph import Micrograph


def release(array):
    """Give back the memory that reading a memory-mapped array has taken.

    Pages of a file that have been read count as memory of the process until the system
    needs them. The array stays as it is; what is read again comes from the file.

    Parameters
    ----------
    array : object
        Nothing is done where it is no view of a `numpy.memmap` that is shared with its
        file.
    """
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    # Changes to a copy-on-write map are in memory alone, and would be lost. None is
    # the mode of what was a plain array in between.
    if array is None or array.mode in ("c", None):
        return
    while isinstance(array, np.ndarray):
        array = array.base
    if isinstance(array, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        array.madvise(mmap.MADV_DONTNEED)


def store(micrographs):
    """Write micrographs to a temporary file and map it into memory.

    Parameters
    ----------
    micrographs : iterable of Micrograph
        Taken one after another.

    Returns
    -------
    list of Micrograph of float32
        Read-only. The file has no name, and is gone with the last of them.
    """
    outlines = []
    with tempfile.TemporaryFile() as file:
        for micrograph in micrographs:
            file.write(np.ascontiguousarray(micrograph, np.float32).data)
            about = micrograph.name, micrograph.pixel_size, micrograph.scale
            outlines.append((micrograph.shape, about))
        file.flush()
        pixels = np.memmap(file, np.float32, "r")
    ends = np.cumsum([shape[0] * shape[1] for shape, _ in outlines])
    parts = np.split(pixels, ends[:-1])
    return [
        Micrograph(part.reshape(shape), *about)
        for part, (shape, about) in zip(parts, outlines, strict=True)
    ]
