"""Elkan and Noto's estimate of the share of positives among unlabeled samples."""

import numpy as np
from scipy.stats import t


def elkan_noto(scores_positive, scores_unlabeled, *, confidence=0.9):
    """Estimate the share from the mean probability of the labelled positives.

    For labels drawn at random, the probability that a sample is labelled is the same
    for all positives: their share that is labelled, ``c``. With ``c`` the mean score
    of the positives, the share is ``n_positive * (1 - c) / (c * n_unlabeled)``, their
    estimate e1. Scores of a poor classifier give a low ``c`` and too large a share.

    Parameters
    ----------
    scores_positive, scores_unlabeled : ndarray of float
        Held-out probabilities of being labelled, calibrated for these numbers of
        samples.
    confidence : float, default=0.9
        Of the interval.

    Returns
    -------
    share : float
        Share of positives among the unlabeled samples, in [0, 1].
    interval : tuple of float
        From Student's interval of the mean; that of 1 positive is [0, 1].

    Raises
    ------
    ValueError
        For a score outside [0, 1].

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
    reach = np.inf
    if n > 1:
        error = scores_positive.std(ddof=1) / np.sqrt(n)
        reach = error * t.ppf((1 + confidence) / 2, n - 1)
    return share(c, odds), (share(c + reach, odds), share(c - reach, odds))


def share(c, odds):
    """Share of positives that a label frequency comes to."""
    c = min(max(c, 0), 1)
    return float(min(1, odds * (1 - c) / c)) if c > 0 else 1.0
