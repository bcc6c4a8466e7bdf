"""Best bin estimation of the share of positives among unlabeled samples."""

from math import log, sqrt

import numpy as np


def bbe(scores_positive, scores_unlabeled, *, confidence=0.9):
    """Estimate the share from the scores above the best threshold.

    With ``q_p`` and ``q_u`` the shares of scores at or above a threshold, the ratio
    ``q_u / q_p`` is the share of positives plus the negatives that score as high. It
    is read at the threshold where its upper bound is least. There, ``q_p`` has the
    Dvoretzky-Kiefer-Wolfowitz (DKW) bound of Garg et al., and ``q_u`` that one or
    Bernstein's, whichever is less: the former alone makes a share of a few percent
    two to four times too large. Bernstein's has twice the logarithm, because a bound
    for one threshold is used for all of them.

    Parameters
    ----------
    scores_positive, scores_unlabeled : ndarray of float
        Held-out scores, none of them empty or NaN. Only their order counts.
    confidence : float, default=0.9
        Of the interval.

    Returns
    -------
    share : float
        Share of positives among the unlabeled samples, in [0, 1].
    interval : tuple of float
        By the DKW inequality, around `share`. Its upper end holds for any scores, its
        lower end where no negative scores as high as the best positives.

    Notes
    -----
    Tried on the data of ``benchmarks/prior_estimation.py`` with scores of logistic
    regression, random forests, extremely randomised trees and gradient boosting, and
    left out: extrapolating the ratio to the highest scores (errors a tenth to twice
    larger), averaging it over near-optimal thresholds (a tenth to a quarter larger),
    pointwise binomial bounds (two to ten times larger: the lucky extreme wins), and a
    binormal model of the negatives (a fifth smaller on good scores, a half larger on
    poor ones).

    References
    ----------
    Garg et al., "Mixture proportion estimation and PU learning: a modern approach",
    arXiv 2111.00980.
    """
    above_positive, above_unlabeled = shares_above(scores_positive, scores_unlabeled)
    numbers = len(scores_positive), len(scores_unlabeled)
    upper = upper_bounds(above_positive, above_unlabeled, *numbers)
    best = upper.argmin()
    q_p, q_u = above_positive[best], above_unlabeled[best]
    interval = dkw_interval(q_p, q_u, *numbers, confidence)
    return float(min(1, q_u / q_p)), interval


def shares_above(scores_positive, scores_unlabeled):
    """Shares at or above each positive score, from the highest one down."""
    positive, unlabeled = np.sort(scores_positive), np.sort(scores_unlabeled)
    # Between two positive scores, the upper one gives the lower ratio.
    thresholds = np.unique(positive)[::-1]
    return tuple(
        1 - np.searchsorted(scores, thresholds) / len(scores)
        for scores in (positive, unlabeled)
    )


def upper_bounds(q_p, q_u, n_positive, n_unlabeled):
    """Upper bound of the ratio at each threshold."""
    strength = log(4 / 0.1)
    e_p = sqrt(strength / (2 * n_positive))
    dkw = sqrt(strength / (2 * n_unlabeled))
    bernstein = np.sqrt(4 * strength * q_u * (1 - q_u) / n_unlabeled) + 2 * strength / (
        3 * n_unlabeled
    )
    e_u = np.minimum(dkw, bernstein)
    sharp = np.full_like(q_p, np.inf)
    np.divide(q_u + e_u, q_p - e_p, out=sharp, where=q_p > e_p)
    # The less one where both exceed 1, so that there is a best among them.
    return np.minimum(sharp, (q_u + e_u + e_p) / q_p)


def dkw_interval(q_p, q_u, n_positive, n_unlabeled, confidence):
    """Bounds of the ratio that hold at all thresholds at once."""
    strength = log(4 / (1 - confidence))
    e_p = sqrt(strength / (2 * n_positive))
    e_u = sqrt(strength / (2 * n_unlabeled))
    low = max(0.0, (q_u - e_u) / (q_p + e_p))
    high = min(1.0, (q_u + e_u) / (q_p - e_p)) if q_p > e_p else 1.0
    return float(low), float(high)
