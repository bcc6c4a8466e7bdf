"""Arrays in files that are mapped into memory."""

import mmap
import tempfile
from collections.abc import Iterable
from typing import Any

import numpy as np

from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._mapped_pixels import backing_memmap
from pusklearn.micrographs.images._micrograph import Micrograph


def free_mapped_memory(*arrays: Any) -> None:
    """Give back the memory that reading memory-mapped arrays has taken.

    Pages of a file that have been read count as memory of the process until the system
    needs them. The arrays stay valid: pixels that are read again come from the file.

    Parameters
    ----------
    *arrays : object
        Arrays, or any other objects. Only views of a `numpy.memmap` that is shared
        with its file have memory to give back; nothing is done for others.
    """
    files = {id(file): file for file in map(mapped_file, arrays)}
    for file in files.values():
        if file is not None and hasattr(mmap, "MADV_DONTNEED"):
            file.madvise(mmap.MADV_DONTNEED)


def mapped_file(array: Any) -> mmap.mmap | None:
    """Return the map that an array is a view of, None if there is no memory to free."""
    array = backing_memmap(array)
    # Changes to a copy-on-write map exist in memory alone and would be lost. The mode
    # is None if the map has been a plain array in between.
    if array is None or array.mode in ("c", None):
        return None
    while isinstance(array, np.ndarray):
        array = array.base
    return array if isinstance(array, mmap.mmap) else None


def write_to_temporary_file(micrographs: Iterable[Micrograph]) -> list[Micrograph]:
    """Write micrographs to a temporary file and map it into memory.

    Parameters
    ----------
    micrographs : iterable of Micrograph
        They are taken one after another, so that a generator needs the memory of one.

    Returns
    -------
    list of Micrograph of float32
        Read-only micrographs. The file has no name and is deleted with the last of
        them.
    """
    # pixels of the first | its mask, if any | pixels of the second | ...
    outlines = []
    with tempfile.TemporaryFile() as file:
        for micrograph in micrographs:
            file.write(np.ascontiguousarray(micrograph, np.float32).data)
            if micrograph.mask is not None:
                file.write(np.ascontiguousarray(micrograph.mask).data)
                file.write(bytes(-micrograph.size % 4))  # the next float32 is aligned
            # All that is known of a micrograph, around a pixel that takes no memory.
            outline = like(np.broadcast_to(0, micrograph.shape), micrograph, mask=None)
            outlines.append((outline, micrograph.mask is not None))
        file.flush()
        content = np.memmap(file, np.uint8, "r")
    stored, start = [], 0
    for outline, has_mask in outlines:
        stop = start + 4 * outline.size
        pixels, mask = content[start:stop].view(np.float32), None
        if has_mask:
            mask = content[stop : stop + outline.size].view(bool)
            mask = mask.reshape(outline.shape)
            stop += outline.size + -outline.size % 4
        stored.append(like(pixels.reshape(outline.shape), outline, mask=mask))
        start = stop
    return stored
