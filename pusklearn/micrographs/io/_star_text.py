"""Picks as the text of a STAR file."""

from collections.abc import Sequence

import pandas as pd
import starfile

from pusklearn.micrographs.io._box_text import DIGITS

_COLUMNS = {
    "x": "rlnCoordinateX",
    "y": "rlnCoordinateY",
    "score": "rlnAutopickFigureOfMerit",
}


def star_text(table: pd.DataFrame, entries: Sequence[str] | None = None) -> str:
    """Return picks as RELION's autopicker writes them.

    Parameters
    ----------
    table : DataFrame
        Columns ``x``, ``y`` and perhaps ``score``.
    entries : sequence of str or None, default=None
        The micrograph of each row, as ``rlnMicrographName``. None leaves the column
        out, for a file of one micrograph.

    Returns
    -------
    str
    """
    table = table.rename(columns=_COLUMNS)
    if entries is not None:
        # Other programs take a row that begins with "data_" or "_" for something else,
        # so the name is not the first column.
        table = table.assign(rlnMicrographName=list(entries))
    # RELION expects these two when it joins files.
    table = table.assign(rlnClassNumber=0, rlnAnglePsi=0)
    return starfile.to_string({"": table}, float_format=DIGITS)
