"""The boxes in EMAN2's _info.json files."""

import os
import re

import numpy as np
import pandas as pd

from pusklearn.micrographs.io._json_text import is_finite_number, parse_json, shown
from pusklearn.micrographs.io._text_file import read_lines

# What EMAN2 keeps of a micrograph that nobody has boxed yet.
_OF_MICROGRAPH = re.compile(r"ctf(_frame)?|quality|sets")


def read_eman_info(path: str | os.PathLike) -> pd.DataFrame:
    """Return the centres of the boxes that EMAN2 keeps of a micrograph.

    Parameters
    ----------
    path : path-like
        A JSON file with a list ``boxes`` of ``[x, y, label, score]``, in pixels. The
        label is a text, such as "manual". The list of a tilt pair is called
        ``boxes_rct``. EMAN2 has such a file of each micrograph, also of one without
        boxes.

    Returns
    -------
    DataFrame
        Columns ``x``, ``y`` and, if each box has one, ``score``. The index ``box``
        counts from 1.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no such JSON file, has boxes in a tomogram or both lists, a
        coordinate is not a finite number, or the value behind it is no text, as if a
        box had three coordinates, or is missing in some boxes.
    """
    content = parse_json("\n".join(line for _, line in read_lines(path)))
    boxes = _find_boxes(content)
    centres = [_check_box(box, number) for number, box in enumerate(boxes, start=1)]
    _check_labels(boxes)
    index = pd.RangeIndex(1, len(centres) + 1, name="box")
    frame = pd.DataFrame(centres, index, ["x", "y"], dtype=float)
    scores = [box[3] for box in boxes if len(box) > 3 and is_finite_number(box[3])]
    if boxes and len(scores) == len(boxes):
        frame["score"] = np.array(scores, dtype=float)
    return frame


def _find_boxes(content):
    """Return the boxes of the micrograph or of its tilt pair."""
    known = content if isinstance(content, dict) else {}
    if "boxes_3d" in known and not known.get("boxes"):
        raise ValueError(
            "its list `boxes_3d` tells of particles in a tomogram. Those of "
            "micrographs have x and y alone."
        )
    if known.get("boxes") and known.get("boxes_rct"):
        raise ValueError(
            "it has both lists `boxes` and `boxes_rct`, the latter of a tilt pair. "
            "Leave one of them out."
        )
    boxes = known.get("boxes") or known.get("boxes_rct", known.get("boxes"))
    if boxes is None and any(map(_OF_MICROGRAPH.fullmatch, known)):
        return []
    if not isinstance(boxes, list):
        raise ValueError(
            "a file of EMAN2 must have a list `boxes`, and one of corrections the "
            "`format` 'pusklearn corrections'."
        )
    return boxes


def _check_box(box, number):
    centre = box[:2] if isinstance(box, list) else []
    if len(centre) < 2 or not all(map(is_finite_number, centre)):
        raise ValueError(
            "A box must be a list of finite numbers x and y. "
            f"Box {number} is {shown(box)}."
        )
    if len(box) > 2 and not isinstance(box[2], str):
        raise ValueError(
            "A box must be a list of x, y and a label, which is a text. "
            f"Box {number} is {shown(box)}."
        )
    return centre


def _check_labels(boxes):
    """Raise an error if some boxes have lost their label."""
    bare = [number for number, box in enumerate(boxes, start=1) if len(box) == 2]
    if bare and len(bare) < len(boxes):
        raise ValueError(
            "All boxes must have a label behind x and y, or none may. "
            f"Box {bare[0]} has none; it is {boxes[bare[0] - 1]!r}."
        )
