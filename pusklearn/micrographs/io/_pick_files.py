"""The file of each micrograph, in the formats that have one per micrograph."""

import os
from collections.abc import Sequence
from pathlib import Path

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._distinct_names import distinct_names
from pusklearn.micrographs.io._names import listed_name

# What stands behind the name of the micrograph.
ENDINGS = {
    "box": ".box",
    "cbox": ".cbox",
    "eman2": "_info.json",
    "star": "_autopick.star",
}


def pick_files(
    path: str | os.PathLike,
    micrographs: Sequence[Micrograph | str],
    format: str,
) -> list[Path]:
    """Return the file in a folder for the picks of each micrograph.

    Micrographs of the same name are told apart by folders: their files are
    ``grid1/a.box`` and ``grid2/a.box``.

    Parameters
    ----------
    path : str or path-like
        The folder.
    micrographs : sequence of Micrograph or str
        The micrographs, or their names.
    format : {"star", "box", "cbox", "eman2"}
        The format.

    Returns
    -------
    list of Path

    Raises
    ------
    ValueError
        If two micrographs would have the same file, or a name cannot be that of a file.
    """
    listed = [
        listed_name(micrograph, row) for row, micrograph in enumerate(micrographs)
    ]
    names = distinct_names(listed)
    for name in names:
        if any(part.startswith(".") for part in name.split("/")):
            raise ValueError(
                "A file or folder whose name begins with a dot is hidden, and is left "
                f"out when the folder is read. Got the micrograph {name!r}."
            )
    return [Path(path, f"{name}{ENDINGS[format]}") for name in names]
