"""Whether picks of some files can be written, which is better known before hours."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pusklearn.micrographs.io._distinct_names import distinct_names
from pusklearn.micrographs.io._listed_file import listed_path
from pusklearn.micrographs.io._pick_files import ENDINGS, pick_files
from pusklearn.micrographs.io._relion_files import relion_files
from pusklearn.micrographs.io._star_entries import star_entries


def check_files(files: Sequence[Any], folder: Path, format: str) -> None:
    """Raise an error if the picks of these files could not be written at the end.

    Parameters
    ----------
    files : sequence of path-like
        The micrographs, as `list_files` returns them.
    folder : Path
        Where the picks will be written to.
    format : str
        The format of the picks, see ``pusklearn pick``.

    Raises
    ------
    ValueError
        If the format has no place for the name or the folder of a micrograph, or needs
        a number of cryoSPARC that a micrograph does not have.
    """
    paths = [listed_path(file) for file in files]
    if format == "relion":
        relion_files(folder, paths, None)
    elif format == "star":
        star_entries(paths, None)
    elif format in ENDINGS:
        pick_files(folder, paths, format)
    else:
        distinct_names(paths)
    without = [file for file in files if getattr(file, "uid", None) is None]
    if format == "cs" and without:
        raise ValueError(
            "--format cs needs the numbers by which cryoSPARC knows the micrographs: "
            f"give its exposures, a .cs file, as MICROGRAPHS. {len(without)} of "
            f"{len(files)} have none, such as {without[0]}."
        )
