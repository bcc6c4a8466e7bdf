"""Picks of a micrograph by their kind: hits, false ones, and particles missed."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.images._check_coordinates import by_name, check_coordinates
from pusklearn.micrographs.metrics._match_coordinates import match_coordinates
from pusklearn.micrographs.metrics._matched_picks import check_picks


def sort_picks(
    picks: ArrayLike, true: ArrayLike | None, radius: float
) -> tuple[dict[str, NDArray], dict[str, NDArray]]:
    """Sort the picks of a micrograph into hits, false ones and missed particles.

    Parameters
    ----------
    picks : array-like of shape (k, >=2)
        Picks ``x, y`` and, if there is a third column, their scores.
    true : array-like of shape (m, >=2) or None
        All true particles; None does not sort.
    radius : float
        A pick is a hit if its distance from a particle is smaller than this.

    Returns
    -------
    points : dict of str to ndarray of shape (k, 2)
        The points of "hit", "false" and "missed", or of "pick" if `true` is None.
    scores : dict of str to ndarray of shape (k,)
        The scores of "hit" and "false", or of "pick"; empty if the picks have none.

    Raises
    ------
    ValueError
        If a coordinate is not finite, or a score is NaN.

    Examples
    --------
    >>> from pusklearn.micrographs.displays._sorted_picks import sort_picks
    >>> points, scores = sort_picks([(10, 12, 0.5), (50, 9, -1)], [(11, 12)], radius=4)
    >>> {kind: len(some) for kind, some in points.items()}
    {'hit': 1, 'false': 1, 'missed': 0}
    >>> scores["hit"]
    array([0.5])
    """
    (xy,) = check_coordinates([picks], 1)
    score = _scores_of(picks)
    if true is None:
        return {"pick": xy}, {} if score is None else {"pick": score}
    (particles,) = check_coordinates([true], 1)
    hit, _ = match_coordinates(particles, xy, radius)
    is_hit, _ = match_coordinates(xy[hit], particles, radius)
    points = {"hit": xy[hit], "false": xy[~hit], "missed": particles[~is_hit]}
    if score is None:
        return points, {}
    return points, {"hit": score[hit], "false": score[~hit]}


def _scores_of(picks: Any) -> NDArray | None:
    """Return the scores of picks, or None if they have none."""
    columns = np.asarray(by_name(picks, ("x", "y", "score")), dtype=float)
    if columns.size == 0:
        return np.empty(0)
    return check_picks(columns, 0)[:, 2] if columns.shape[1] > 2 else None
