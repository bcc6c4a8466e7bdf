"""An interval of the share of positives that allows for classes that overlap."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc
from scipy.stats import chi2

from pusklearn.pu.priors._few_labels import FEW_LABELS, interval_of_few

N_BINS = 40
# Powers of the density of the negatives at the two ends. With a first power of 1, as
# many negatives lie among the best positives as just below them.
FIRST_POWERS = 1 + np.r_[0, np.geomspace(0.05, 8, 18)]
LAST_POWERS = np.geomspace(0.003, 1, 20)
SHARES = np.r_[0, np.geomspace(1e-4, 0.1, 24), np.linspace(0.12, 1, 45)]
# Scores of different folds differ, and each label has helped to score the others, so
# the samples tell less than as many independent ones.
INDEPENDENT = 0.7
# If the share could be as small as this part of the estimate, the classes overlap.
LEAST_PART = 0.3


def overlap_interval(
    share: float,
    scores_positive: NDArray,
    scores_unlabeled: NDArray,
    confidence: float = 0.9,
) -> tuple[float, float]:
    """Return an interval of the share, from one set of scores or several.

    Let ``v`` be the place of a sample among the positives: the part of them that score
    at least as high. The places of positives are uniform. Those of negatives get the
    density ``v ** (a - 1) * (1 - v) ** (b - 1)`` of a beta distribution with ``a >= 1``
    and ``b <= 1``, which rises with ``v`` and lies close to 1 if the classes are apart.
    In a pool with the share ``s`` of positives, the density of the places is
    ``s + (1 - s) * beta(v)``, which has a plateau of height ``s`` at the highest scores
    if few negatives are there. The likelihood of who is labelled at which place is
    averaged over a grid of ``a`` and ``b``, and the interval is that of the posterior
    of ``s`` with a flat prior. If the labels are too few to show a plateau, or there is
    none, the posterior reaches down to shares at which the best scores are negatives.
    If its lower end is less than 0.3 times `share`, `share` is only an upper bound,
    and the interval begins at 0. So it does if the labels are as likely to be drawn at
    random from all samples, by a likelihood-ratio test at `confidence`: such scores say
    nothing, but a large share fits them for more pairs of ``a`` and ``b``.

    Parameters
    ----------
    share : float
        The estimate, which the interval holds.
    scores_positive, scores_unlabeled : ndarray of float of shape (n,) or (m, n)
        Held-out scores, at least one of each kind. Only their order counts. The
        log-likelihood is the mean over `m` sets of scores.
    confidence : float, default=0.9
        Confidence of the interval, in (0, 1).

    Returns
    -------
    tuple of float
        Lower and upper end, in [0, 1]; those of `interval_of_few` if there are fewer
        than 10 positives.
    """
    positive = np.atleast_2d(scores_positive)
    unlabeled = np.atleast_2d(scores_unlabeled)
    if positive.shape[1] < FEW_LABELS:
        ends = [
            interval_of_few(share, *scores, confidence)
            for scores in zip(positive, unlabeled, strict=True)
        ]
        return 0.0, float(np.mean([high for _, high in ends]))
    log_likelihood = np.mean(
        [log_likelihoods(*scores) for scores in zip(positive, unlabeled, strict=True)],
        axis=0,
    )
    low, high = quantiles(
        INDEPENDENT * log_likelihood, [(1 - confidence) / 2, (1 + confidence) / 2]
    )
    if low < LEAST_PART * share or says_nothing(log_likelihood, confidence):
        low = 0.0
    return min(low, share), max(high, share)


def says_nothing(log_likelihood: NDArray, confidence: float) -> bool:
    """Return whether the scores may be the same for labels and all other samples.

    The last of the shares is 1, at which labels are drawn at random.
    """
    gain = log_likelihood.max() - log_likelihood[-1].max()
    return bool(INDEPENDENT * gain < chi2.ppf(confidence, 1) / 2)


def is_upper_bound(share: float, interval: tuple[float, float]) -> bool:
    """Return whether an estimated share of the unlabeled is only an upper bound.

    It is one if its interval begins at 0: the scores do not show that any of the
    unlabeled samples is positive, since negatives may score as high.
    """
    return bool(interval[0] <= 0 < share)


def log_likelihoods(scores_positive: NDArray, scores_unlabeled: NDArray) -> NDArray:
    """Return the log-likelihood of each share and each pair of powers.

    The samples are counted in bins between quantiles of the positives. In each bin, it
    is the likelihood that so many of the samples are the labelled ones.
    """
    positive = np.sort(scores_positive)[::-1]
    n, n_unlabeled = len(positive), len(scores_unlabeled)
    last = np.round(np.linspace(0, n, min(n, N_BINS) + 1)[1:-1]).astype(int)
    thresholds = np.unique(positive[last - 1])[::-1]
    above_positive, above_unlabeled = (
        len(scores) - np.searchsorted(np.sort(scores), thresholds)
        for scores in (positive, scores_unlabeled)
    )
    labeled = np.diff(above_positive, prepend=0, append=n)
    other = np.diff(above_unlabeled, prepend=0, append=n_unlabeled)
    # The threshold is the score of a positive, so half of it lies above.
    places = np.r_[0, (above_positive - 0.5) / n, 1]
    below = betainc(FIRST_POWERS[:, None, None], LAST_POWERS[:, None], places)
    negative = np.diff(below) / np.diff(places)
    share = SHARES[:, None, None, None]
    odds = n_unlabeled / n * (share + (1 - share) * negative)
    return -(labeled * np.log1p(odds) + other * np.log1p(1 / odds)).sum(axis=-1)


def quantiles(log_likelihood: NDArray, levels: list[float]) -> tuple[float, float]:
    """Return two quantiles of the posterior of the share, with flat priors."""
    likelihood = np.exp(log_likelihood - log_likelihood.max()).sum(axis=(1, 2))
    steps = np.diff(SHARES) * (likelihood[1:] + likelihood[:-1]) / 2
    below = np.r_[0, np.cumsum(steps)]
    low, high = np.interp(levels, below / below[-1], SHARES)
    return float(low), float(high)
