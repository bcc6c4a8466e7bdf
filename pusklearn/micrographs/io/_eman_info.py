"""The boxes in EMAN2's _info.json files."""

import json
import math
import os
import re

import numpy as np
import pandas as pd

from pusklearn.micrographs.io._text_file import read_lines

_MOST_SHOWN = 80
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
    text = "\n".join(line for _, line in read_lines(path))
    try:
        content = json.loads(text, object_pairs_hook=_without_doubles)
    except RecursionError as error:
        raise ValueError("its brackets are nested too deeply.") from error
    boxes = _find_boxes(content)
    centres = [_check_box(box, number) for number, box in enumerate(boxes, start=1)]
    _check_labels(boxes)
    index = pd.RangeIndex(1, len(centres) + 1, name="box")
    frame = pd.DataFrame(centres, index, ["x", "y"], dtype=float)
    scores = [box[3] for box in boxes if len(box) > 3 and _is_finite(box[3])]
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
        raise ValueError("a file of EMAN2 must have a list `boxes`.")
    return boxes


def _without_doubles(pairs):
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError(f"it has a key twice. Its keys are {[k for k, _ in pairs]}.")
    return content


def _check_box(box, number):
    centre = box[:2] if isinstance(box, list) else []
    if len(centre) < 2 or not all(map(_is_finite, centre)):
        raise ValueError(
            "A box must be a list of finite numbers x and y. "
            f"Box {number} is {_shorten(box)}."
        )
    if len(box) > 2 and not isinstance(box[2], str):
        raise ValueError(
            "A box must be a list of x, y and a label, which is a text. "
            f"Box {number} is {_shorten(box)}."
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


def _is_finite(value):
    # JSON's true is no coordinate.
    try:
        return type(value) in (int, float) and math.isfinite(value)
    except OverflowError:  # an integer of more than 308 digits
        return False


def _shorten(box):
    text = repr(box)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
