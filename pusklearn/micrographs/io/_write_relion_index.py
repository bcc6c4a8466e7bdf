"""The index of a picking job of RELION."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._draft_files import make_folders, write_files
from pusklearn.micrographs.io._relion_files import RelionFile, relion_files
from pusklearn.micrographs.io._star_text import star_block

INDEX = "autopick.star"


def write_relion_index(
    job: str | os.PathLike,
    micrographs: Sequence[Micrograph | str],
    *,
    star_name: str | None = None,
) -> None:
    """Write the index of a picking job from the files of its micrographs that exist.

    Parameters
    ----------
    job : str or path-like
        The folder of the job.
    micrographs : sequence of Micrograph or str
        The micrographs, or their names.
    star_name : str or None, default=None
        How the project lists the micrographs, as for `write_coordinates`.

    Raises
    ------
    ValueError
        As for `pick_files` with the format "relion".
    """
    files = relion_files(Path(job), micrographs, star_name)
    existing = [one for one in files if one.file.is_file()]
    index = Path(job, INDEX)
    make_folders([index])
    write_files({index: index_text(existing)})


def index_text(files: Iterable[RelionFile]) -> str:
    """Return the text of the index of some files."""
    rows = [(one.micrograph, one.listed) for one in files]
    table = pd.DataFrame(
        rows, columns=["rlnMicrographName", "rlnMicrographCoordinates"], dtype=object
    )
    return star_block("coordinate_files", table)
