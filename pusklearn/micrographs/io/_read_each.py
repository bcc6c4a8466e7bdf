"""Read each of many files, or have something stand for those that cannot be read."""

import os
from collections.abc import Sequence
from pathlib import Path

from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._stand_ins import (
    UNUSABLE,
    blank_like,
    is_fault_of_system,
    warn_of_unusable,
)
from pusklearn.micrographs.io._header_pixel_size import header_pixel_size
from pusklearn.micrographs.io._listed_file import (
    ListedFile,
    listed_path,
    with_size,
)
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._read_micrograph import read_micrograph
from pusklearn.micrographs.io._settled_pixel_sizes import SettledPixelSizes


def read_each(
    files: Sequence[str | os.PathLike],
    on_error: str,
    most_open: int,
    pixel_sizes: SettledPixelSizes,
) -> Sequence[Micrograph]:
    """Read micrographs, or open each of them when it is asked for if they are many.

    Parameters
    ----------
    files : sequence of str or path-like
        The files.
    on_error : {"raise", "warn"}
        What happens if a file cannot be read: an error, or a warning, and a micrograph
        of its name that is masked as a whole.
    most_open : int
        More files than this are opened when they are asked for.
    pixel_sizes : SettledPixelSizes
        Tells the pixel size of each micrograph.

    Returns
    -------
    list of Micrograph or LazyRows
    """
    # Opening every file once shows that each is a micrograph, and its pixel size.
    rows: list = []
    for file in files:
        micrograph = read_or_stand_in(file, on_error)
        if not is_left_out(micrograph):
            header = micrograph.pixel_size or header_pixel_size(Path(file))
            micrograph.pixel_size = pixel_sizes.settle(file, header)
        is_kept = len(files) <= most_open or is_left_out(micrograph)
        rows.append(micrograph if is_kept else with_size(file, micrograph.pixel_size))
    pixel_sizes.warn()
    return rows if len(files) <= most_open else LazyRows(read_if_path, rows)


def read_if_path(file: ListedFile | Micrograph) -> Micrograph:
    """Read a file; a micrograph that stands for one is returned as it is."""
    if isinstance(file, Micrograph):
        return file
    micrograph = read_micrograph(file)
    micrograph.pixel_size = file.pixel_size
    micrograph.uid = file.uid
    return micrograph


def read_or_stand_in(file: str | os.PathLike, on_error: str) -> Micrograph:
    """Read a file, or return what stands for it if it cannot be read."""
    try:
        micrograph = read_micrograph(file)
    except UNUSABLE as error:
        if on_error == "raise" or is_fault_of_system(error):
            raise
        name = micrograph_stem(file)
        warn_of_unusable(name, error)
        return Micrograph(blank_like(file), name, path=listed_path(file))
    micrograph.uid = file.uid if isinstance(file, ListedFile) else None
    return micrograph
