"""Picks as the text of crYOLO's .cbox files."""

import pandas as pd

from pusklearn.micrographs.io._box_text import DIGITS, corners

_BLOCKS = """data_global

_cbox_format_version 1.0

data_cryolo

loop_
{columns}{rows}
data_cryolo_include

loop_
_slice_index #1

"""
_NO_VALUE = "<NA>"


def cbox_text(table: pd.DataFrame, box_size: float) -> str:
    """Return picks as crYOLO writes them, in the format 1.0 of .cbox files.

    Parameters
    ----------
    table : DataFrame
        Columns ``x`` and ``y``, the centres, and perhaps ``score``, which becomes the
        confidence as it is.
    box_size : float
        Edge of the boxes in pixels.

    Returns
    -------
    str
    """
    boxes = corners(table, box_size)
    values = {
        "CoordinateX": boxes["x"],
        "CoordinateY": boxes["y"],
        "CoordinateZ": _NO_VALUE,
        "Width": boxes["width"],
        "Height": boxes["height"],
        "Depth": _NO_VALUE,
        "EstWidth": boxes["width"],
        "EstHeight": boxes["height"],
        "Confidence": table.get("score", _NO_VALUE),
        "NumBoxes": _NO_VALUE,
        "Angle": _NO_VALUE,
    }
    rows = pd.DataFrame(values, index=table.index).to_csv(
        sep=" ", header=False, index=False, float_format=DIGITS, lineterminator="\n"
    )
    columns = "".join(
        f"_{name} #{number}\n" for number, name in enumerate(values, start=1)
    )
    return _BLOCKS.format(columns=columns, rows=rows)
