"""Precision and recall of picks over the threshold on their score."""

import numpy as np

from pusklearn.micrographs.images._check_coordinates import by_name, check_coordinates
from pusklearn.micrographs.metrics._match_coordinates import match_coordinates


def picking_curve(true_list, picks_list, radius):
    """Precision and recall of picks at every threshold on their score.

    The picks of each micrograph are matched one to one with its particles, see
    `match_coordinates`. The picks of all micrographs are then pooled and ordered by
    score. The matching is done once, with all picks, and ignores the scores.

    Parameters
    ----------
    true_list : sequence of array-like of shape (m, >=2)
        Particle centres ``x, y`` of each micrograph. ``m`` may be 0.
    picks_list : sequence of array-like of shape (k, >=3)
        Picks ``x, y, score`` of each micrograph, in the unit of the true centres;
        a greater score means more likely a particle. ``k`` may be 0. Of a DataFrame,
        the columns of these names are taken.
    radius : float
        Greatest distance of a hit, itself excluded. Must be > 0.

    Returns
    -------
    precision : ndarray of shape (n_thresholds,)
        Share of hits among the picks whose score reaches the threshold.
    recall : ndarray of shape (n_thresholds,)
        Those hits as a share of all true particles, also of micrographs without
        a pick.
    thresholds : ndarray of shape (n_thresholds,)
        The distinct scores in descending order, so that recall ascends. Empty, as
        are the others, where there is no pick.

    Raises
    ------
    ValueError
        Where the lists differ in length, there is no true particle at all, a score
        is NaN, or `radius` is not > 0.

    See Also
    --------
    picking_average_precision : The area under this curve.

    Notes
    -----
    The order of the thresholds is the reverse of
    `sklearn.metrics.precision_recall_curve`, and no point at recall 0 is added.

    Examples
    --------
    Two micrographs with two and one particles; the pick of score 0.6 is wrong and
    one particle is not found:

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
    if len(true_list) != len(picks_list):
        raise ValueError(
            "`true_list` and `picks_list` must have one entry per micrograph each. "
            f"Got {len(true_list)} and {len(picks_list)} entries."
        )
    true_list = check_coordinates(true_list, len(picks_list))
    n_true = sum(len(true) for true in true_list)
    if n_true == 0:
        raise ValueError(
            "Recall needs at least 1 true particle. "
            f"Got 0 in {len(true_list)} micrographs."
        )
    picks_list = [_check_picks(picks, row) for row, picks in enumerate(picks_list)]
    hit = np.concatenate(
        [
            match_coordinates(*pair, radius)[0]
            for pair in zip(true_list, picks_list, strict=True)
        ]
    )
    score = np.concatenate([picks[:, 2] for picks in picks_list])
    return _curve(hit, score, n_true)


def _check_picks(picks, row):
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
            f"Scores must not be NaN. Those of micrograph number {row} are in part."
        )
    return picks


def _curve(hit, score, n_true):
    """Return precision, recall and distinct scores, best score first."""
    thresholds, step = np.unique(-score, return_inverse=True)
    n_picks = np.cumsum(np.bincount(step, minlength=len(thresholds)))
    n_hits = np.cumsum(np.bincount(step, weights=hit, minlength=len(thresholds)))
    return n_hits / n_picks, n_hits / n_true, -thresholds
