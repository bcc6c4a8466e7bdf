"""The particles in .cs files of cryoSPARC."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from pusklearn.micrographs.io._column_names import check_spelling
from pusklearn.micrographs.io._cs_exposures import check_shape
from pusklearn.micrographs.io._cs_join import find_rows
from pusklearn.micrographs.io._cs_shifts import cs_shifts_in_pixels, find_cs_shifts
from pusklearn.micrographs.io._cs_table import (
    cs_columns,
    cs_numbers,
    cs_texts,
    read_cs,
)

_X = "location/center_x_frac"
_Y = "location/center_y_frac"
_PATH = "location/micrograph_path"
_SHAPE = "location/micrograph_shape"
_UID = "location/micrograph_uid"
_LOCATION = {_X, _Y, _PATH, _SHAPE}
_SCORES = ["pick_stats/ncc_score", "pick_stats/power"]
# Particles that were re-centred may lie a little outside their micrograph.
_MOST_OUTSIDE = 0.5


def read_cs_particles(
    path: Path,
    others: Sequence[Path] | None = None,
    *,
    apply_shifts: bool = False,
    pixel_size: float | None = None,
) -> pd.DataFrame:
    """Return the particles of a .cs file of cryoSPARC, in pixels.

    Parameters
    ----------
    path : Path
        A file of particles, such as ``picked_particles.cs``.
    others : sequence of Path or None, default=None
        Files that may have the locations or the scores of the same particles if `path`
        does not: each particle is found by its uid. None means the files of particles
        called ``*passthrough*.cs`` beside `path`.
    apply_shifts : bool, default=False
        Whether to subtract the shifts that an alignment found: those in 3-D, or else
        those in 2-D.
    pixel_size : float or None, default=None
        The pixel size of the micrographs in angstrom, for the shifts; None takes that
        in the file.

    Returns
    -------
    DataFrame
        Columns ``micrograph`` (its path in the project), ``x``, ``y``, ``score`` if
        there are scores (NaN where one is missing), and ``uid`` (that of the
        micrograph) if it is known. The index ``particle`` counts from 1.
        ``attrs["is_shifted"]`` is true if there are shifts that are not zero.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If a file is no table of cryoSPARC, holds exposures instead of particles, the
        locations of some particles are not found, a value is none that a particle can
        have, or shifts are to be applied and a pixel size is not known.

    Notes
    -----
    The fractions are those of the width (x) and of the height (y) of the array that the
    micrograph's MRC file holds, y from its first row on: nothing is flipped.
    cryosparc-tools's own example with crYOLO turns coordinates of RELION into fractions
    so, by ``x / width`` and ``y / height``. cryoSPARC displays the first row at the
    bottom, which changes no coordinate. Its motion correction writes micrographs whose
    rows may be in the reverse order of those that RELION or MotionCor write from the
    same movies; picks do not go from one to the other without a flip.
    """
    rows = read_cs(path)
    _check_are_particles(rows)
    check_spelling(cs_columns(rows), [*_LOCATION, _UID, *_SCORES, "uid"])
    where = find_rows(rows, path, others, _LOCATION)
    if where is None:
        raise ValueError(_say_no_location(rows, others))
    located = _located(where)
    scores = _find_scores(rows, path, others)
    if scores is not None:
        located.insert(3, "score", scores)
    shifts = find_cs_shifts(rows, path, others)
    if shifts is not None:
        located.attrs["is_shifted"] = True
    if shifts is not None and apply_shifts:
        located[["x", "y"]] -= cs_shifts_in_pixels(shifts, where, pixel_size)
    return located


def _check_are_particles(rows):
    names = cs_columns(rows)
    blobs = ("micrograph_blob", "movie_blob")
    if any(name.startswith(blobs) for name in names) and _X not in names:
        raise ValueError(
            "it lists exposures, that is micrographs, not particles. "
            "`read_micrographs` reads it; particles are in a file such as "
            "picked_particles.cs or extracted_particles.cs."
        )


def _find_scores(rows, path, others):
    for name in _SCORES:
        source = find_rows(rows, path, others, {name})
        if source is None:
            continue
        scores = cs_numbers(source, name).astype(float)
        if np.isinf(scores).any():
            raise ValueError(f"its column {name} must hold finite numbers.")
        # cryoSPARC leaves them out of picks by hand.
        if not len(scores) or not np.isnan(scores).all():
            return scores
    return None


def _say_no_location(rows, others):
    names = cs_columns(rows)
    if any(name.startswith("location/") for name in names):
        missing = sorted(_LOCATION.difference(names))
        return f"it has no column {missing[0]}. Its columns are {list(names)[:30]}."
    if "uid" not in names:
        return f"it holds no particles. Its columns are {list(names)[:30]}."
    where = "the files given with it" if others else "the files *passthrough*.cs beside"
    return (
        f"it has no locations of particles ({_X} and others), and {where} do not have "
        "them for all of its particles. Give the file that has them together with it: "
        "`read_coordinates([particles, passthrough])`. Its columns are "
        f"{list(names)[:30]}."
    )


def _located(rows):
    frame = pd.DataFrame({"micrograph": cs_texts(rows, _PATH)}, dtype=object)
    frame["height"], frame["width"] = cs_numbers(rows, _SHAPE, 2).T
    has_uids = _UID in cs_columns(rows)
    frame["uid"] = cs_numbers(rows, _UID) if has_uids else 0
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="particle")
    _check_agree(frame)
    located = frame[["micrograph"]].copy()
    located["x"] = _fractions(rows, _X) * frame["width"].astype(float)
    located["y"] = _fractions(rows, _Y) * frame["height"].astype(float)
    # Zero stands for no number.
    if has_uids and (frame["uid"].any() or frame.empty):
        located["uid"] = frame["uid"].astype("UInt64")
    return located


def _fractions(rows, name):
    fractions = cs_numbers(rows, name).astype(float)
    is_bad = ~(np.abs(fractions - 0.5) <= 0.5 + _MOST_OUTSIDE)
    if is_bad.any():
        row = int(is_bad.argmax())
        raise ValueError(
            f"its column {name} must hold fractions of the micrograph, from 0 to 1. "
            f"Row {row + 1} has {fractions[row]:g}."
        )
    return fractions


def _check_agree(frame):
    """Raise an error if rows of one micrograph tell of it differently."""
    facts = frame.drop_duplicates()
    for row in facts.itertuples(index=False):
        check_shape((row.height, row.width), row.micrograph)
    for name in ("micrograph", "uid"):
        known = facts[facts["uid"] != 0] if name == "uid" else facts
        twice = known[known[name].duplicated(keep=False)]
        if len(twice):
            first = twice[twice[name] == twice[name].iloc[0]].iloc[:2]
            raise ValueError(
                "particles of one micrograph must agree in its path, shape and uid. "
                f"Rows {first.index[0]} and {first.index[1]} do not: "
                f"{first.iloc[0].to_dict()} and {first.iloc[1].to_dict()}."
            )
