"""Which picks are right and which are wrong, since somebody has kept some of them."""

import numpy as np
import pandas as pd

from pusklearn.micrographs.images._distance_to_nearest import distance_to_nearest
from pusklearn.micrographs.io._corrections_file import VERDICTS
from pusklearn.micrographs.io._match_names import Named, match_names
from pusklearn.micrographs.io._name_mismatch import (
    describe_mismatch,
    describe_no_match,
)
from pusklearn.micrographs.io._picks_for import check_table
from pusklearn.micrographs.io._rows_by_name import rows_by_name
from pusklearn.pu._checks import check_number
from pusklearn.pu._warn_caller import warn_caller

_NONE = np.empty((0, 2))


def corrections_of_selection(
    kept: pd.DataFrame, picks: pd.DataFrame, *, radius: float
) -> pd.DataFrame:
    """Say which picks are right and which are wrong, since some of them were kept.

    RELION's subset selection of 2-D classes and cryoSPARC's "Select 2D Classes" keep
    the particles of good classes, and so does somebody who deletes picks in a display.
    What was kept is right, and a pick that is nothing of it is wrong.

    Parameters
    ----------
    kept : DataFrame
        What was kept, as `read_coordinates` gives it: columns ``micrograph``, ``x`` and
        ``y``, and perhaps ``uid``; coordinates in pixels of the original micrograph.
    picks : DataFrame
        All picks that there were before, likewise.
    radius : float
        A kept particle and a pick that are nearer to each other than this are the same,
        in pixels of the original micrograph. Must be > 0; half the diameter of a
        particle is a good choice.

    Returns
    -------
    DataFrame
        A table of the form of `read_corrections`: the kept particles, "right" if they
        were picks and "missed" otherwise, where they are in `kept`; then the other
        picks, "wrong", where they are in `picks`. Names are those in `picks`.

    Raises
    ------
    ValueError
        If a table has no rows, a column is missing or has a gap, no name in `kept` is
        one in `picks`, none of the kept particles was a pick, or `radius` is not > 0.
    TypeError
        If a table is not a DataFrame, or `radius` is not a number.

    Warns
    -----
    UserWarning
        If some micrographs of `kept` have no picks, some of `picks` have nothing that
        was kept, and their names resemble each other.

    See Also
    --------
    read_corrections : Reads a file of corrections.

    Notes
    -----
    Particles are told by their micrograph and their coordinates alone, not by the name
    of their image (``rlnImageName``) or by their ``uid``. A new extraction numbers the
    images anew, so one name may stand for two particles. An alignment moves a particle
    by less than its radius, so that `radius` finds it again. And a pick that was left
    out because it was a second one of a kept particle, as duplicates are removed, is no
    wrong pick.

    If no pick of a micrograph was kept, all of them are wrong. Leave micrographs out of
    `picks` that were not looked at, or were taken out as a whole.

    Examples
    --------
    >>> import pandas as pd
    >>> from pusklearn.io import corrections_of_selection
    >>> picks = pd.DataFrame({"micrograph": "a", "x": [10.0, 90.0], "y": [20.0, 40.0]})
    >>> kept = pd.DataFrame({"micrograph": ["a.mrc"], "x": [12.0], "y": [21.0]})
    >>> corrections_of_selection(kept, picks, radius=15)
      micrograph     x     y verdict
    0          a  12.0  21.0   right
    1          a  90.0  40.0   wrong
    """
    check_number(radius, "radius", "(0, inf)")
    of_kept, of_picks = check_table(kept, "kept"), check_table(picks, "picks")
    if picks.empty:
        raise ValueError("`picks` must have at least 1 row. Got 0.")
    if kept.empty:
        raise ValueError(
            "`kept` must have at least 1 row. Got 0. If all picks are wrong, they are "
            "known negatives as they are."
        )
    rows_of_kept, rows_of_picks = rows_by_name(kept), rows_by_name(picks)
    matches = _match(rows_of_kept, rows_of_picks)
    parts = []
    for name, rows in rows_of_picks.items():
        mine = [rows_of_kept[one] for one, other in matches.items() if other == name]
        there = of_kept[np.concatenate(mine)] if mine else _NONE
        parts.append((name, *_split(there, of_picks[rows], radius)))
    if not any(len(right) for _, right, _, _ in parts):
        raise ValueError(
            f"At least 1 of the kept particles must be a pick. None of {len(kept)} is "
            f"nearer than {radius:g} pixels to one of {len(picks)} picks. Are they of "
            "the same micrographs, and not of binned ones?"
        )
    for name, rows in rows_of_kept.items():
        if name not in matches:
            parts.append((name, _NONE, _NONE, of_kept[rows]))
    return _join(parts)


def _match(kept, picks):
    """Return the name among the picks of each name of what was kept."""
    matches = match_names(picks, kept)
    if not matches:
        raise ValueError(
            "Kept particles and picks must be of the same micrographs. "
            + describe_no_match(
                [name.name for name in kept], [name.name for name in picks]
            )
        )
    mismatch = describe_mismatch(
        {name.name: len(rows) for name, rows in picks.items()},
        [name.name for name in matches.values()],
        {name.name: name in matches for name in kept},
    )
    if mismatch:
        warn_caller(mismatch)
    return matches


def _split(kept, picks, radius):
    """Return what is right, wrong and missed in one micrograph."""
    was_pick = distance_to_nearest(kept, picks) < radius
    is_wrong = distance_to_nearest(picks, kept) >= radius
    return kept[was_pick], picks[is_wrong], kept[~was_pick]


def _join(parts: list[tuple]) -> pd.DataFrame:
    owners: list[Named] = []
    verdicts: list[str] = []
    for name, *points in parts:
        for verdict, some in zip(VERDICTS, points, strict=True):
            owners += [name] * len(some)
            verdicts += [verdict] * len(some)
    xy = np.concatenate([some for _, *points in parts for some in points])
    frame = pd.DataFrame(xy, columns=["x", "y"])
    frame.insert(0, "micrograph", pd.Series([one.name for one in owners], dtype=object))
    frame["verdict"] = pd.Series(verdicts, dtype=object)
    if any(one.uid is not None for one in owners):
        frame["uid"] = pd.array([one.uid for one in owners], dtype="UInt64")
    return frame
