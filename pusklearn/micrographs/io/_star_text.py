"""Picks as the text of a STAR file."""

from collections.abc import Sequence

import pandas as pd

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
    return star_block("", table.assign(rlnClassNumber=0, rlnAnglePsi=0))


def star_block(name: str, table: pd.DataFrame) -> str:
    """Return a table as a STAR file of one block.

    The text tells neither the time nor the program, so that the same picks are the same
    file.

    Parameters
    ----------
    name : str
        The name of the block, without ``data_``.
    table : DataFrame
        The columns, called as in the file but for the leading ``_``. Texts have neither
        blanks nor quotes.

    Returns
    -------
    str
    """
    columns = "".join(f"_{column} #{i}\n" for i, column in enumerate(table, start=1))
    rows = table.to_csv(
        sep=" ", header=False, index=False, float_format=DIGITS, lineterminator="\n"
    )
    # RELION marks the files of its versions since 3.1 so.
    return f"\n# version 30001\n\ndata_{name}\n\nloop_\n{columns}{rows}\n"
