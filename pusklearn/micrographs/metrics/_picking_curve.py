"""Precision and recall of picks over the threshold on their score."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.metrics._matched_picks import MatchedPicks, matched_picks


def picking_curve(
    true_list: Sequence[ArrayLike],
    picks_list: Sequence[ArrayLike] | NDArray[np.object_],
    radius: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return precision and recall of picks at every threshold on their score.

    The picks of each micrograph are matched one to one with its particles, see
    `match_coordinates`. The picks of all micrographs are then pooled and ordered by
    score. The matching is done once, with all picks, and ignores the scores.

    Parameters
    ----------
    true_list : sequence of array-like of shape (m, >=2)
        Particle centres ``x, y`` of each micrograph. ``m`` may be 0.
    picks_list : sequence of array-like of shape (k, >=3)
        Picks ``x, y, score`` of each micrograph, in the unit of the true centres; a
        pick of a greater score is more likely to be a particle. ``k`` may be 0. A
        DataFrame must have columns ``x``, ``y`` and ``score``.
    radius : float
        A hit has a smaller distance than this, in the unit of the coordinates. Must be
        > 0 and finite.

    Returns
    -------
    precision : ndarray of shape (n_thresholds,)
        Share of hits among the picks whose score is at least the threshold.
    recall : ndarray of shape (n_thresholds,)
        The number of these hits divided by the number of all true particles, including
        those of micrographs without a pick.
    thresholds : ndarray of shape (n_thresholds,)
        The distinct scores in descending order, so that recall ascends. If there is no
        pick, all three arrays are empty.

    Raises
    ------
    ValueError
        If the lists differ in length, there is no true particle at all, a score is NaN,
        or `radius` is not > 0 and finite.

    See Also
    --------
    picking_average_precision : The area under this curve.

    Notes
    -----
    The order of the thresholds is the reverse of
    `sklearn.metrics.precision_recall_curve`, and no point at recall 0 is added.

    Examples
    --------
    The first micrograph has two particles and the second has one. The pick of score
    0.6 is wrong, and one particle is not picked:

    >>> from pusklearn.metrics import picking_curve
    >>> true = [[[10, 10], [40, 40]], [[25, 5]]]
    >>> picks = [[[11, 10, 0.9], [80, 80, 0.6]], [[25, 7, 0.4]]]
    >>> precision, recall, thresholds = picking_curve(true, picks, radius=5)
    >>> precision.round(3)
    array([1.   , 0.5  , 0.667])
    >>> recall.round(3)
    array([0.333, 0.333, 0.667])
    >>> thresholds
    array([0.9, 0.6, 0.4])
    """
    matched = matched_picks(true_list, picks_list, radius)
    if matched.n_true == 0:
        raise ValueError(
            "Recall needs at least 1 true particle. "
            f"Got 0 in {len(true_list)} micrographs."
        )
    return curve_of(matched)


def curve_of(
    matched: MatchedPicks,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return precision, recall and distinct scores, the best score first."""
    hit, score, n_true = matched
    thresholds, step = np.unique(-score, return_inverse=True)
    n_picks = np.cumsum(np.bincount(step, minlength=len(thresholds)))
    n_hits = np.cumsum(np.bincount(step, weights=hit, minlength=len(thresholds)))
    return n_hits / n_picks, n_hits / n_true, -thresholds
