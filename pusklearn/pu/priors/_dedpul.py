"""Difference-of-estimated-densities estimate of the share of positives."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.special import ndtri
from sklearn.isotonic import isotonic_regression

GRID_STEP = 0.01
GRID_END = 3.5
SHARES = np.linspace(0, 1, 501)
KNEE_WIDTH = 10  # in steps of SHARES


def dedpul(scores_positive: NDArray, scores_unlabeled: NDArray) -> float:
    """Estimate the share from the ratio of the densities of two sets of scores.

    Let ``r`` be the ratio of the positives' density to that of the unlabeled samples.
    A sample is positive with the probability ``min(share * r, 1)``. As long as a
    share is not too large, the mean of that probability over the unlabeled samples is
    the share itself. The estimate is the share at which the difference between the
    two bends most, which is its largest second difference.

    The densities are Gaussian kernel estimates on the normal scores of the pooled
    ranks, in which both kinds have the same weight. So the estimate does not depend on
    the scale of the scores. Isotonic regression makes the ratio non-decreasing.

    Parameters
    ----------
    scores_positive, scores_unlabeled : ndarray of float
        Held-out scores, at least one of each kind, without NaN. Only their order
        counts.

    Returns
    -------
    float
        Share of positives among the unlabeled samples, in [0, 1].

    References
    ----------
    Ivanov, "DEDPUL: difference-of-estimated-densities-based positive-unlabeled
    learning", arXiv 1902.06965.
    """
    ratio, mass = density_ratio(scores_positive, scores_unlabeled)
    difference = SHARES - np.minimum(np.outer(SHARES, ratio), 1) @ mass
    # The curve is continued by a straight line on both sides: for a share below 0 no
    # sample is positive, for a share above 1 every sample is.
    w = KNEE_WIDTH
    beyond = SHARES[1 : w + 1]
    curve = np.concatenate([np.zeros(w), difference, difference[-1] + beyond])
    bend = curve[2 * w :] - 2 * curve[w:-w] + curve[: -2 * w]
    return float(SHARES[bend.argmax()])


def density_ratio(
    scores_positive: NDArray, scores_unlabeled: NDArray
) -> tuple[NDArray, NDArray]:
    """Return the ratio of the densities on a grid, and the unlabeled density there."""
    scores = np.concatenate([scores_positive, scores_unlabeled])
    sizes = len(scores_positive), len(scores_unlabeled)
    z = normal_scores(scores, np.repeat([0.5 / n for n in sizes], sizes))
    width = max(
        GRID_STEP,
        *(
            0.53 * min(1, part.std()) * len(part) ** -0.2
            for part in (z[: sizes[0]], z[sizes[0] :])
        ),
    )
    positive = density(z[: sizes[0]], width)
    unlabeled = density(z[sizes[0] :], width)
    tiny = np.finfo(float).tiny
    ratio = positive / np.maximum(unlabeled, tiny)
    return isotonic_regression(ratio, sample_weight=unlabeled + tiny), unlabeled


def normal_scores(scores: NDArray, weights: NDArray) -> NDArray:
    """Return the normal quantile of the middle of each score's weighted ranks."""
    _, place = np.unique(scores, return_inverse=True)
    mass = np.bincount(place, weights)
    ranks = np.cumsum(mass) - mass / 2
    return ndtri(ranks)[place].clip(-GRID_END, GRID_END)


def density(z: NDArray, width: float) -> NDArray:
    """Return a smoothed histogram on the grid, whose sum is 1."""
    bins = 2 * round(GRID_END / GRID_STEP) + 1
    end = GRID_END + GRID_STEP / 2
    counts, _ = np.histogram(z, bins, (-end, end))
    return gaussian_filter1d(counts / len(z), width / GRID_STEP, mode="reflect")
