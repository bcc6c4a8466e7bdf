"""Picks as the text of EMAN's .box files."""

import pandas as pd

# Nine significant digits keep every float32, and two decimals or more of a coordinate.
DIGITS = "%.9g"


def corners(table: pd.DataFrame, box_size: float) -> pd.DataFrame:
    """Return the boxes around picks.

    Parameters
    ----------
    table : DataFrame
        Columns ``x`` and ``y``, the centres.
    box_size : float
        Edge of the boxes in pixels.

    Returns
    -------
    DataFrame
        Columns ``x`` and ``y``, the corners with the lowest coordinates, then ``width``
        and ``height``.
    """
    boxes = table[["x", "y"]] - box_size / 2
    return boxes.assign(width=box_size, height=box_size)


def box_text(table: pd.DataFrame, box_size: float) -> str:
    """Return picks as EMAN1 writes them: corner and size, without scores.

    Parameters
    ----------
    table : DataFrame
        Columns ``x`` and ``y``, the centres.
    box_size : float
        Edge of the boxes in pixels.

    Returns
    -------
    str
    """
    return corners(table, box_size).to_csv(
        sep="\t", header=False, index=False, float_format=DIGITS, lineterminator="\n"
    )
