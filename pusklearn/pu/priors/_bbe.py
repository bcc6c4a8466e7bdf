"""Best bin estimation of the share of positives among unlabeled samples."""

from math import log, sqrt

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu.priors._few_labels import FEW_LABELS, interval_of_few

# One minus the confidence of the bounds by which the threshold is chosen.
ERROR_RATE = 0.1


def bbe(
    scores_positive: NDArray, scores_unlabeled: NDArray, *, confidence: float = 0.9
) -> tuple[float, tuple[float, float]]:
    """Estimate the share from the scores above the best threshold.

    Let ``q_p`` and ``q_u`` be the shares of positives and of unlabeled samples that
    score at least a threshold. Their ratio ``q_u / q_p`` is the share of positives,
    plus a part for the negatives that score as high. The ratio is read at the
    threshold where its upper bound is least. In this bound, ``q_p`` has the
    Dvoretzky-Kiefer-Wolfowitz (DKW) margin of Garg et al. The margin of ``q_u`` is
    the smaller one of DKW's and Bernstein's: with DKW's alone, a share of a few
    percent comes out two to four times too large. Bernstein's margin is taken with
    twice the logarithm, because a bound for one threshold is used for all of them.

    Parameters
    ----------
    scores_positive, scores_unlabeled : ndarray of float
        Held-out scores, at least one of each kind, without NaN. Only their order
        counts.
    confidence : float, default=0.9
        Confidence of the interval, in (0, 1).

    Returns
    -------
    share : float
        Share of positives among the unlabeled samples, in [0, 1].
    interval : tuple of float
        Interval around `share` by the DKW inequality, or that of `interval_of_few` if
        there are fewer than 10 positives. Its upper end holds for any
        scores. Its lower end holds if no negative scores as high as the best
        positives.

    Notes
    -----
    Other estimates were tried on the data of ``benchmarks/prior_estimation.py``, with
    scores of logistic regression, random forests, extremely randomised trees and
    gradient boosting, and were left out. Extrapolating the ratio to the highest
    scores makes the errors between a tenth and twice larger. Averaging it over
    thresholds that are nearly the best makes them a tenth to a quarter larger.
    Pointwise binomial bounds make them two to ten times larger, because the luckiest
    threshold wins. A binormal model of the negatives makes them a fifth smaller on
    good scores and a half larger on poor ones.

    References
    ----------
    Garg et al., "Mixture proportion estimation and PU learning: a modern approach",
    arXiv 2111.00980.
    """
    q_p, q_u = best_bin(scores_positive, scores_unlabeled)
    share = float(min(1, q_u / q_p))
    if len(scores_positive) < FEW_LABELS:
        return share, interval_of_few(
            share, scores_positive, scores_unlabeled, confidence
        )
    numbers = len(scores_positive), len(scores_unlabeled)
    return share, dkw_interval(q_p, q_u, *numbers, confidence)


def bbe_share(scores_positive: NDArray, scores_unlabeled: NDArray) -> float:
    """Return the share that `bbe` estimates, without its interval."""
    q_p, q_u = best_bin(scores_positive, scores_unlabeled)
    return float(min(1, q_u / q_p))


def best_bin(
    scores_positive: NDArray, scores_unlabeled: NDArray
) -> tuple[float, float]:
    """Return the shares above the threshold at which the upper bound is least."""
    above_positive, above_unlabeled = shares_above(scores_positive, scores_unlabeled)
    numbers = len(scores_positive), len(scores_unlabeled)
    best = upper_bounds(above_positive, above_unlabeled, *numbers).argmin()
    return above_positive[best], above_unlabeled[best]


def shares_above(
    scores_positive: NDArray, scores_unlabeled: NDArray
) -> tuple[NDArray, ...]:
    """Return the shares at or above each positive score, from the highest one down."""
    positive, unlabeled = np.sort(scores_positive), np.sort(scores_unlabeled)
    # All thresholds between two positive scores give the same q_p. The upper score
    # has the fewest unlabeled samples above it, so it gives the least ratio.
    thresholds = np.unique(positive)[::-1]
    return tuple(
        1 - np.searchsorted(scores, thresholds) / len(scores)
        for scores in (positive, unlabeled)
    )


def upper_bounds(
    q_p: NDArray, q_u: NDArray, n_positive: int, n_unlabeled: int
) -> NDArray:
    """Return an upper bound of the ratio at each threshold."""
    strength = log(4 / ERROR_RATE)
    e_p = dkw_margin(n_positive, ERROR_RATE)
    # Bernstein's margin is sqrt(2 * L * variance / n) + 2 * L / (3 * n). Its first L,
    # which decides unless samples are few, is 2 * strength.
    spread = np.sqrt(2 * (2 * strength) * q_u * (1 - q_u) / n_unlabeled)
    bernstein = spread + 2 * strength / (3 * n_unlabeled)
    e_u = np.minimum(dkw_margin(n_unlabeled, ERROR_RATE), bernstein)
    sharp = np.full_like(q_p, np.inf)
    np.divide(q_u + e_u, q_p - e_p, out=sharp, where=q_p > e_p)
    # If q_p is not above its margin, the sharp bound is infinite. The second bound is
    # always finite, and it is the smaller one if both exceed 1.
    return np.minimum(sharp, (q_u + e_u + e_p) / q_p)


def dkw_margin(n: int, error_rate: float) -> float:
    """Return the margin of all shares above thresholds at once, of `n` samples.

    Two shares with two sides each can be wrong, so each gets a quarter of the error.
    """
    return sqrt(log(4 / error_rate) / (2 * n))


def dkw_interval(
    q_p: float, q_u: float, n_positive: int, n_unlabeled: int, confidence: float
) -> tuple[float, float]:
    """Return bounds of the ratio that hold at all thresholds at once."""
    e_p = dkw_margin(n_positive, 1 - confidence)
    e_u = dkw_margin(n_unlabeled, 1 - confidence)
    low = max(0.0, (q_u - e_u) / (q_p + e_p))
    high = min(1.0, (q_u + e_u) / (q_p - e_p)) if q_p > e_p else 1.0
    return float(low), float(high)
