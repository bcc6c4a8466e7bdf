"""Difference-of-estimated-densities estimate of the share of positives."""

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.special import ndtri
from sklearn.isotonic import isotonic_regression

GRID_STEP = 0.01
GRID_END = 3.5
SHARES = np.linspace(0, 1, 501)
KNEE_WIDTH = 10  # steps of SHARES
N_BOOTSTRAP = 100


def dedpul(scores_positive, scores_unlabeled, *, confidence=0.9):
    """Estimate the share from the ratio of the densities of two sets of scores.

    With ``r`` the ratio of the positives' density to that of the unlabeled, a sample
    is positive with probability ``min(share * r, 1)``. As long as a share is not too
    large, the mean of that probability over the unlabeled is the share itself; the
    estimate is where the difference bends most, its largest second difference.

    The densities are Gaussian kernel estimates on the normal scores of the pooled
    ranks, half of them positives, which makes the estimate indifferent to the scale
    of the scores; the ratio is made non-decreasing by isotonic regression.

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
        Quantiles of 100 bootstrap estimates, of a fixed seed, widened where need be
        to hold `share`.

    References
    ----------
    Ivanov, "DEDPUL: difference-of-estimated-densities-based positive-unlabeled
    learning", arXiv 1902.06965.
    """
    share = estimate(scores_positive, scores_unlabeled)
    rng = np.random.default_rng(0)
    again = [
        estimate(resample(scores_positive, rng), resample(scores_unlabeled, rng))
        for _ in range(N_BOOTSTRAP)
    ]
    low, high = np.quantile(again, [(1 - confidence) / 2, (1 + confidence) / 2])
    return share, (min(float(low), share), max(float(high), share))


def resample(scores, rng):
    """Draw as many scores, with replacement."""
    return scores[rng.integers(len(scores), size=len(scores))]


def estimate(scores_positive, scores_unlabeled):
    """Share at which the posteriors' mean parts from it."""
    ratio, mass = density_ratio(scores_positive, scores_unlabeled)
    difference = SHARES - np.minimum(np.outer(SHARES, ratio), 1) @ mass
    # Beyond its ends the curve goes on straight: no sample is positive below 0, and
    # every one is above 1.
    w = KNEE_WIDTH
    beyond = SHARES[1 : w + 1]
    curve = np.concatenate([np.zeros(w), difference, difference[-1] + beyond])
    bend = curve[2 * w :] - 2 * curve[w:-w] + curve[: -2 * w]
    return float(SHARES[bend.argmax()])


def density_ratio(scores_positive, scores_unlabeled):
    """Ratio of the densities on a grid, and the unlabeled samples' share at it."""
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


def normal_scores(scores, weights):
    """Return normal quantiles of the middle of each score's weighted ranks."""
    _, place = np.unique(scores, return_inverse=True)
    mass = np.bincount(place, weights)
    ranks = np.cumsum(mass) - mass / 2
    return ndtri(ranks)[place].clip(-GRID_END, GRID_END)


def density(z, width):
    """Smoothed histogram on the grid, of sum 1."""
    bins = 2 * round(GRID_END / GRID_STEP) + 1
    end = GRID_END + GRID_STEP / 2
    counts, _ = np.histogram(z, bins, (-end, end))
    return gaussian_filter1d(counts / len(z), width / GRID_STEP, mode="reflect")
