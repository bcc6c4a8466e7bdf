"""Elkan and Noto's estimate of the share of positives among unlabeled samples."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from pusklearn.pu.priors._few_labels import FEW_LABELS, interval_of_few


def elkan_noto(
    scores_positive: NDArray, scores_unlabeled: NDArray, *, confidence: float = 0.9
) -> tuple[float, tuple[float, float]]:
    """Estimate the share from the mean probability of the labelled positives.

    If labels were drawn at random, the probability of being labelled is the same for
    all positives: it is the share ``c`` of them that is labelled. The mean score of
    the labelled positives estimates ``c`` (the estimate e1 of Elkan and Noto), and
    the share is ``n_positive * (1 - c) / (c * n_unlabeled)``. The scores of a poor
    classifier give too low a ``c`` and too large a share.

    Parameters
    ----------
    scores_positive, scores_unlabeled : ndarray of float
        Held-out probabilities of being labelled, calibrated for these numbers of
        samples, at least one of each kind.
    confidence : float, default=0.9
        Confidence of the interval, in (0, 1).

    Returns
    -------
    share : float
        Share of positives among the unlabeled samples, in [0, 1].
    interval : tuple of float
        Interval that follows from Student's interval of the mean, or that of
        `interval_of_few` if there are fewer than 10 positives.

    Raises
    ------
    ValueError
        If a score is outside [0, 1].

    References
    ----------
    Elkan and Noto, "Learning classifiers from only positive and unlabeled data", KDD
    2008.
    """
    for scores in (scores_positive, scores_unlabeled):
        if scores.min() < 0 or scores.max() > 1:
            raise ValueError(
                "Elkan-Noto needs probabilities, scores in [0, 1]. Got scores from "
                f"{scores.min():g} to {scores.max():g}."
            )
    n = len(scores_positive)
    odds = n / len(scores_unlabeled)
    c = scores_positive.mean()
    if n < FEW_LABELS:
        estimate = share(c, odds)
        return estimate, interval_of_few(
            estimate, scores_positive, scores_unlabeled, confidence
        )
    error = scores_positive.std(ddof=1) / np.sqrt(n)
    margin = error * t.ppf((1 + confidence) / 2, n - 1)
    return share(c, odds), (share(c + margin, odds), share(c - margin, odds))


def share(c: float, odds: float) -> float:
    """Return the share of positives that belongs to a label frequency ``c``.

    `odds` is the number of labelled positives over that of unlabeled samples.
    """
    c = min(max(c, 0), 1)
    return float(min(1, odds * (1 - c) / c)) if c > 0 else 1.0
