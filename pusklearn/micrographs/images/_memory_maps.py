"""Arrays in files that are mapped into memory."""

import mmap
import tempfile

import numpy as np

from pusklearn.micrographs.images._micrograph import Micrograph


def free_mapped_memory(*arrays):
    """Give back the memory that reading memory-mapped arrays has taken.

    Pages of a file that have been read count as memory of the process until the system
    needs them. The arrays stay as they are; what is read again comes from the file.

    Parameters
    ----------
    *arrays : object
        Nothing is done for one that is no view of a `numpy.memmap` that is shared with
        its file.
    """
    files = {id(file): file for file in map(mapped_file, arrays)}
    for file in files.values():
        if file is not None and hasattr(mmap, "MADV_DONTNEED"):
            file.madvise(mmap.MADV_DONTNEED)


def mapped_file(array):
    """Return the map that an array is a view of, None if there is no memory to free."""
    while array is not None and not isinstance(array, np.memmap):
        array = getattr(array, "base", None)
    # Changes to a copy-on-write map are in memory alone, and would be lost. None is
    # the mode of what was a plain array in between.
    if array is None or array.mode in ("c", None):
        return None
    while isinstance(array, np.ndarray):
        array = array.base
    return array if isinstance(array, mmap.mmap) else None


def write_to_temporary_file(micrographs):
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
