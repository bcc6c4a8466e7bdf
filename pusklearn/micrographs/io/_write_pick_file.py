"""Write the file of one micrograph."""

import os
from pathlib import Path

import pandas as pd
from numpy.typing import ArrayLike

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._box_sizes import WITH_BOXES, box_sizes
from pusklearn.micrographs.io._checked_picks import checked_picks
from pusklearn.micrographs.io._draft_files import make_folders, write_files
from pusklearn.micrographs.io._pick_files import ENDINGS
from pusklearn.micrographs.io._pick_text import pick_text
from pusklearn.pu._checks import check_choice


def write_pick_file(
    file: str | os.PathLike,
    points: ArrayLike | pd.DataFrame,
    micrograph: Micrograph | str,
    format: str,
    *,
    box_size: float | str | None = None,
) -> None:
    """Write the picks of one micrograph to its file, whole or not at all.

    Together, the files of `pick_files` are those that `write_coordinates` writes; in
    the format "relion", `write_relion_index` completes them.

    Parameters
    ----------
    file : str or path-like
        The file, as `pick_files` gives it. Its folder is made if it does not exist.
    points : array-like of shape (k, 3) or (k, 2)
        The columns ``x, y, score`` or ``x, y``. In the format "relion" there is no file
        if ``k`` is 0; an old one is removed.
    micrograph : Micrograph or str
        The micrograph, or its name.
    format : {"relion", "star", "box", "cbox", "eman2"}
        The format.
    box_size : float, str or None, default=None
        Edge of the boxes, as for `write_coordinates`.

    Raises
    ------
    ValueError
        If the picks are not finite numbers of that shape, `box_size` is missing, or
        there is a folder or pipe in the place of the file.
    """
    check_choice(format, "format", ["relion", *ENDINGS])
    file = Path(file)
    [table] = checked_picks([points], 1)
    if format == "relion" and not len(table):
        file.unlink(missing_ok=True)
        return
    [size] = box_sizes(box_size, [micrograph], format) if format in WITH_BOXES else [0]
    text = pick_text(table, file, format, size)
    make_folders([file])
    write_files({file: text})
