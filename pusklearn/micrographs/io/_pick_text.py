"""The text of a file that holds the picks of one micrograph."""

from pathlib import Path

import pandas as pd

from pusklearn.micrographs.io._box_text import box_text
from pusklearn.micrographs.io._cbox_text import cbox_text
from pusklearn.micrographs.io._eman_info_text import eman_info_text
from pusklearn.micrographs.io._star_text import star_text


def pick_text(table: pd.DataFrame, file: Path, format: str, box_size: float) -> str:
    """Return the picks of one micrograph as text.

    Parameters
    ----------
    table : DataFrame
        Columns ``x``, ``y`` and perhaps ``score``.
    file : Path
        The file that is to be written.
    format : {"star", "box", "cbox", "eman2"}
        Its format.
    box_size : float
        Edge of the boxes in pixels; only "box" and "cbox" have boxes.

    Returns
    -------
    str
    """
    if format == "eman2":
        return eman_info_text(table, file)
    if format == "star":
        return star_text(table)
    return (cbox_text if format == "cbox" else box_text)(table, box_size)
