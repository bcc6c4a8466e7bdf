"""The data of the page, as JSON that JavaScript reads."""

import base64
import hashlib
import json
from typing import Any

import numpy as np
from scipy.special import expit

from pusklearn.micrographs.report._crop_sample import COLUMNS, EDGE, sprite
from pusklearn.micrographs.report._report_content import ReportContent


def page_data(content: ReportContent, created: str) -> dict[str, Any]:
    """Return the data of the page.

    Parameters
    ----------
    content : ReportContent
        What the page tells.
    created : str
        The time.

    Returns
    -------
    dict
        It holds numbers, text, and arrays as base64.
    """
    views, about = content.gathered.views, content.about
    kept = [view.peaks[:, 2] >= content.lowest for view in views]
    scores = [
        view.peaks[keep, 2].astype("<f4")
        for view, keep in zip(views, kept, strict=True)
    ]
    flags = [flag[keep] for flag, keep in zip(content.suspected, kept, strict=True)]
    micrographs = [
        _micrograph(content, number, kept[number], number in content.large)
        for number in range(len(views))
    ]
    together = np.concatenate(scores)
    return {
        "id": _fingerprint([view.name for view in views], together),
        "created": created,
        "calibrated": about.calibrated,
        "scored": about.scored,
        "complete": content.complete,
        "picker": {
            "rule": about.rule,
            "parameters": dict(about.parameters),
            "versions": dict(about.versions),
        },
        "diameter": _common([views[number].diameter for number in content.order]),
        "lowest": _finite(content.lowest),
        "limits": [float(edge) for edge in content.histogram.edges[[0, -1]]],
        "below": np.sum([one["below"] for one in micrographs], axis=0).tolist(),
        "n_particles": content.n_particles,
        "start": _finite(content.cuts[0].score),
        "grid": [_grid_point(cut) for cut in content.grid],
        "order": content.order,
        "counts": [len(part) for part in scores],
        "scores": text_of(together.tobytes()),
        "suspected": text_of(np.packbits(np.concatenate(flags)).tobytes()),
        "micrographs": micrographs,
        "crops": _crops(content),
    }


def json_for_script(data: Any) -> str:
    """Return JSON that cannot end the element ``script`` which it lies in."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def text_of(data: bytes) -> str:
    """Return bytes as base64."""
    return base64.b64encode(data).decode("ascii")


def _micrograph(content, number, kept, is_large):
    view = content.gathered.views[number]
    below = view.peaks[~kept, 2]
    data = {
        "name": view.name,
        "path": view.path,
        # JavaScript would round such a large number.
        "uid": None if view.uid is None else str(view.uid),
        "below": [len(below), float(expit(below).sum())],
    }
    if not is_large:
        return data
    points = view.peaks[kept, :2].astype("<f4")
    return data | {
        "size": view.large_size,
        "factor": view.large_factor,
        "scale": view.scale,
        "diameter": view.diameter,
        "width": view.width,
        "height": view.height,
        "points": text_of(points.tobytes()),
        "image": text_of(content.gathered.large.read(number)),
    }


def _crops(content):
    crops = content.gathered.crops
    rows = []
    for crop in crops:
        peaks = content.gathered.views[crop.micrograph].peaks
        same = (peaks[:, 0] == crop.x) & (peaks[:, 1] == crop.y)
        odd = content.suspected[crop.micrograph][np.flatnonzero(same)[0]]
        rows.append([crop.micrograph, crop.x, crop.y, crop.score, int(odd)])
    return {
        "edge": EDGE,
        "columns": COLUMNS,
        "rows": rows,
        "image": text_of(sprite(crops)),
    }


def _grid_point(cut):
    return {"score": cut.score} | {
        name: list(interval) for name, interval in cut.intervals.items()
    }


def _fingerprint(names, scores):
    """Return what tells this report from others, for marks that a browser keeps."""
    text = json.dumps(names).encode() + scores.tobytes()
    return hashlib.sha256(text).hexdigest()[:16]


def _common(values):
    """Return the value that all share, or None."""
    return float(values[0]) if len(set(values)) == 1 else None


def _finite(value):
    return float(value) if np.isfinite(value) else None
