"""The picks of all micrographs together, and which of them are particles."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.images._check_coordinates import by_name, check_coordinates
from pusklearn.micrographs.metrics._match_coordinates import match_coordinates
from pusklearn.pu._checks import check_none_masked


class MatchedPicks(NamedTuple):
    """The picks of all micrographs, in their order.

    Attributes
    ----------
    hit : ndarray of bool of shape (n_picks,)
        Whether each pick is a particle.
    score : ndarray of float of shape (n_picks,)
        The score of each pick.
    n_true : int
        The number of all true particles.
    """

    hit: NDArray[np.bool_]
    score: NDArray[np.float64]
    n_true: int


def matched_picks(
    true_list: Sequence[ArrayLike],
    picks_list: Sequence[ArrayLike] | NDArray[np.object_],
    radius: float,
) -> MatchedPicks:
    """Match the picks of each micrograph with its particles, and pool them.

    Parameters
    ----------
    true_list : sequence of array-like of shape (m, >=2)
        Particle centres ``x, y`` of each micrograph. ``m`` may be 0.
    picks_list : sequence of array-like of shape (k, >=3)
        Picks ``x, y, score`` of each micrograph, in the unit of the true centres.
        ``k`` may be 0.
    radius : float
        A hit has a smaller distance than this, in the unit of the coordinates.

    Returns
    -------
    MatchedPicks

    Raises
    ------
    ValueError
        If the lists differ in length, a score is NaN, or `radius` is not > 0 and
        finite.

    Examples
    --------
    >>> from pusklearn.micrographs.metrics._matched_picks import matched_picks
    >>> true = [[[10, 10], [40, 40]], [[25, 5]]]
    >>> picks = [[[11, 10, 0.9], [80, 80, 0.6]], [[25, 7, 0.4]]]
    >>> matched = matched_picks(true, picks, radius=5)
    >>> matched.hit, matched.n_true
    (array([ True, False,  True]), 3)
    """
    if len(true_list) != len(picks_list):
        raise ValueError(
            "`true_list` and `picks_list` must have one entry per micrograph each. "
            f"Got {len(true_list)} and {len(picks_list)} entries."
        )
    particles = check_coordinates(true_list, len(picks_list))
    picks = [check_picks(points, row) for row, points in enumerate(picks_list)]
    hits = [
        match_coordinates(*pair, radius)[0]
        for pair in zip(particles, picks, strict=True)
    ]
    # There may be no micrograph.
    hit = np.concatenate([np.empty(0, dtype=bool), *hits])
    score = np.concatenate([np.empty((0, 3)), *picks])[:, 2]
    return MatchedPicks(hit, score, sum(map(len, particles)))


def check_picks(picks: ArrayLike, row: int) -> NDArray[np.float64]:
    """Return the picks of a micrograph as an array, or raise a ValueError."""
    check_none_masked(picks, f"the picks of micrograph number {row}")
    picks = np.asarray(by_name(picks, ("x", "y", "score")), dtype=float)
    if picks.size == 0:
        return np.empty((0, 3))
    if picks.ndim != 2 or picks.shape[1] < 3:
        raise ValueError(
            "Picks must have shape (k, 3), columns x, y and score. Those of "
            f"micrograph number {row} have shape {picks.shape}."
        )
    if np.isnan(picks[:, 2]).any():
        raise ValueError(
            f"Scores must not be NaN. Some scores of micrograph number {row} are NaN."
        )
    return picks
