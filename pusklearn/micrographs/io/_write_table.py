"""Write a table of coordinates to the files of other programs."""

import os
from collections.abc import Sequence

import pandas as pd

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._picks_for import picks_for
from pusklearn.micrographs.io._write_coordinates import write_coordinates


def write_table(
    path: str | os.PathLike,
    table: pd.DataFrame,
    format: str = "auto",
    *,
    micrographs: Sequence[Micrograph | str] | None = None,
    box_size: float | str | None = None,
    star_name: str | None = None,
) -> None:
    """Write a table of coordinates to the files of other programs.

    Parameters
    ----------
    path : str or path-like
        The file or folder, as for `write_coordinates`.
    table : DataFrame
        The columns ``micrograph``, ``x``, ``y`` and perhaps ``score``, as
        `read_coordinates` gives them.
    format : str, default="auto"
        The format, as for `write_coordinates`.
    micrographs : sequence of Micrograph or str, or None, default=None
        The micrographs that the rows are given to, as by `coordinates_for`. None takes
        the names of the table for those of the micrographs.
    box_size : float, str or None, default=None
        Edge of the boxes, as for `write_coordinates`.
    star_name : str or None, default=None
        How a STAR file names the micrographs, as for `write_coordinates`.

    Raises
    ------
    ValueError
        As for `coordinates_for` and `write_coordinates`; if the table has no row and
        `micrographs` is None; or if some rows have a score and others not.
    """
    if micrographs is None:
        micrographs = list(dict.fromkeys(table["micrograph"].astype(str)))
        if not micrographs:
            raise ValueError(
                "A table without rows names no micrograph, so `micrographs` must be "
                "given."
            )
    picks = picks_for(table, micrographs)
    write_coordinates(
        path, picks, micrographs, format, box_size=box_size, star_name=star_name
    )
