"""Picks as the text of EMAN2's _info.json files."""

import json
from pathlib import Path

import pandas as pd

# EMAN2 draws boxes by their label, and knows this one in all its programs.
_LABEL = "manual"


def eman_info_text(table: pd.DataFrame, file: Path) -> str:
    """Return picks as EMAN2 keeps them of a micrograph.

    Whatever else an existing file holds, such as its CTF, stays in it.

    Parameters
    ----------
    table : DataFrame
        Columns ``x`` and ``y``, the centres, and perhaps ``score``.
    file : Path
        The file that is to be written.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there is a file that is no such JSON file.
    """
    content = _read_content(file)
    boxes = [
        [x, y, _LABEL, *score]
        for x, y, *score in table.astype(float).to_numpy().tolist()
    ]
    return json.dumps({**content, "boxes": boxes}, indent=1, sort_keys=True) + "\n"


def _read_content(file):
    if not file.is_file():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(_refusal(file, str(error))) from error
    if not isinstance(content, dict):
        raise ValueError(_refusal(file, f"It holds a {type(content).__name__}."))
    return content


def _refusal(file, reason):
    return (
        f"{file} must be a JSON object of EMAN2, whose other entries are kept when its "
        f"boxes are replaced. {reason} Remove it, or write to another folder."
    )
