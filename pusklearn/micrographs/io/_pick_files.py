"""The file of each micrograph, in the formats that have one per micrograph."""

import os
from collections.abc import Sequence
from pathlib import Path

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._distinct_names import distinct_names
from pusklearn.micrographs.io._names import check_is_sequence, listed_name
from pusklearn.micrographs.io._relion_files import relion_files
from pusklearn.pu._checks import check_choice

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
    *,
    star_name: str | None = None,
) -> list[Path]:
    """Return the file in a folder for the picks of each micrograph.

    Micrographs of the same name are told apart by folders: their files are
    ``grid1/a.box`` and ``grid2/a.box``.

    Parameters
    ----------
    path : str or path-like
        The folder.
    micrographs : sequence of Micrograph or str
        The micrographs, or their names. All of those that will be in the folder must
        be given, so that equal names are noticed.
    format : {"relion", "star", "box", "cbox", "eman2"}
        The format.
    star_name : str or None, default=None
        How a RELION project lists the micrographs, as for `write_coordinates`.

    Returns
    -------
    list of Path

    Raises
    ------
    ValueError
        If two micrographs would have the same file, a name cannot be that of a file, or
        the RELION project is not found.
    """
    check_choice(format, "format", ["relion", *ENDINGS])
    check_is_sequence(micrographs)
    if format == "relion":
        files = relion_files(Path(path), micrographs, star_name)
        return [one.file for one in files]
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
