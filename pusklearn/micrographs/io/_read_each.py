"""Read each of many files, or have something stand for those that cannot be read."""

import os
from collections.abc import Sequence

from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._stand_ins import (
    UNUSABLE,
    blank_like,
    is_fault_of_system,
    warn_of_unusable,
)
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._read_micrograph import read_micrograph


def read_each(
    files: Sequence[str | os.PathLike], on_error: str, most_open: int
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

    Returns
    -------
    list of Micrograph or LazyRows
    """
    if len(files) <= most_open:
        return [read_or_stand_in(file, on_error) for file in files]
    # Opening every file once shows that each is a micrograph.
    rows = []
    for file in files:
        micrograph = read_or_stand_in(file, on_error)
        rows.append(micrograph if is_left_out(micrograph) else file)
    return LazyRows(read_if_path, rows)


def read_if_path(file: str | os.PathLike | Micrograph) -> Micrograph:
    """Read a file; a micrograph that stands for one is returned as it is."""
    return file if isinstance(file, Micrograph) else read_micrograph(file)


def read_or_stand_in(file: str | os.PathLike, on_error: str) -> Micrograph:
    """Read a file, or return what stands for it if it cannot be read."""
    try:
        return read_micrograph(file)
    except UNUSABLE as error:
        if on_error == "raise" or is_fault_of_system(error):
            raise
        name = micrograph_stem(file)
        warn_of_unusable(name, error)
        return Micrograph(blank_like(file), name)
