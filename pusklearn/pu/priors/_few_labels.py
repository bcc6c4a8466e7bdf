"""What can be said about a share of positives from very few labels."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from pusklearn.pu._warn_caller import warn_caller

FEW_LABELS = 10


def interval_of_few(
    share: float, scores_positive: NDArray, scores_unlabeled: NDArray, confidence: float
) -> tuple[float, float]:
    """Return an interval of the share that holds for any scores and few labels.

    Its lower end is 0: whether the unlabeled samples that score as high as the labelled
    ones are positives, so few labels cannot tell.

    Its upper end is exact. Let ``t`` be the lowest score of the ``n`` labelled
    positives. The part of all positives that score at least ``t`` has a beta
    distribution, whatever the scores are like: its quantile is the ``n``-th root. The
    part of the unlabeled samples that do so is counted (Clopper and Pearson), and it is
    at least the share times the part of the positives.

    Parameters
    ----------
    share : float
        The estimate, which the interval holds.
    scores_positive, scores_unlabeled : ndarray of float
        Held-out scores, at least one of each kind. Only their order counts.
    confidence : float
        Confidence of the interval, in (0, 1).

    Returns
    -------
    tuple of float
        Lower and upper end, in [0, 1].
    """
    n, n_unlabeled = len(scores_positive), len(scores_unlabeled)
    # The labels are by far the rarer ones, so they get most of the error.
    of_labels, of_pool = 0.8 * (1 - confidence), 0.2 * (1 - confidence)
    least_positive = of_labels ** (1 / n)
    above = int(np.sum(scores_unlabeled >= scores_positive.min()))
    most_unlabeled = 1.0
    if above < n_unlabeled:
        most_unlabeled = betaincinv(above + 1, n_unlabeled - above, 1 - of_pool)
    return 0.0, float(max(share, min(1.0, most_unlabeled / least_positive)))


def warn_of_few_labels(n_positive: int) -> None:
    """Warn of an estimate from fewer than 10 labels."""
    if n_positive < FEW_LABELS:
        warn_caller(
            "The share of positives was estimated from only "
            f"{n_positive} labelled positives. From fewer than {FEW_LABELS} the "
            "estimate can be far off, and its interval is wide and begins at the "
            "lowest possible share. Label more positives, or give the share as `prior` "
            "if you know it."
        )
