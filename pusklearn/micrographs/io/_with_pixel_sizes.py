"""Settle the pixel sizes of files that are read one by one later."""

import os
from collections.abc import Sequence
from pathlib import Path

from pusklearn.micrographs.io._header_pixel_size import header_pixel_size
from pusklearn.micrographs.io._listed_file import ListedFile, with_size
from pusklearn.micrographs.io._settled_pixel_sizes import SettledPixelSizes


def with_pixel_sizes(files: Sequence[str | os.PathLike]) -> list[ListedFile]:
    """Return files of micrographs that know their pixel sizes.

    Reading them one by one brings no doubts about their pixel sizes any more.

    Parameters
    ----------
    files : sequence of str or path-like
        The files, as `list_files` returns them.

    Returns
    -------
    list of ListedFile
        The files, each with the pixel size that `read_micrographs` gives it. It stays
        unknown if only a header tells it that is not MRC.

    Warns
    -----
    UserWarning
        As `read_micrographs` warns of pixel sizes, once for all files.
    """
    sizes = SettledPixelSizes()
    settled = [
        with_size(file, sizes.settle(file, header_pixel_size(Path(file))))
        for file in files
    ]
    sizes.warn()
    return settled
