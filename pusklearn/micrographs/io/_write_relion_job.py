"""Write picks as a picking job of RELION."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._draft_files import make_folders, write_files
from pusklearn.micrographs.io._relion_files import RelionFile, relion_files
from pusklearn.micrographs.io._star_text import star_block, star_text

_INDEX = "autopick.star"


def write_relion_job(
    job: Path,
    tables: Sequence[pd.DataFrame],
    micrographs: Sequence[Micrograph | str],
    star_name: str | None,
) -> None:
    """Write one STAR file per micrograph that has picks, and their index at last.

    Files that an earlier run left of micrographs without picks are removed, as RELION
    has none for these.

    Parameters
    ----------
    job : Path
        The folder of the job, which is made if it does not exist.
    tables : sequence of DataFrame
        The columns ``x``, ``y`` and perhaps ``score`` of each micrograph.
    micrographs : sequence of Micrograph or str
        The micrographs, or their names.
    star_name : str or None
        How the project lists the micrographs, as for `write_coordinates`.

    Raises
    ------
    ValueError
        If the project cannot be found, a micrograph lies outside of it, or two
        micrographs have the same path but for the extension.
    """
    files = relion_files(job, micrographs, star_name)
    full = [one for one, table in zip(files, tables, strict=True) if len(table)]
    texts = {
        one.file: star_text(table)
        for one, table in zip(files, tables, strict=True)
        if len(table)
    }
    texts[job / _INDEX] = _index_text(full)
    make_folders(texts)
    write_files(texts)
    for one in files:
        if one.file not in texts:
            one.file.unlink(missing_ok=True)


def _index_text(files: Iterable[RelionFile]) -> str:
    rows = [(one.micrograph, one.listed) for one in files]
    table = pd.DataFrame(
        rows, columns=["rlnMicrographName", "rlnMicrographCoordinates"], dtype=object
    )
    return star_block("coordinate_files", table)
