"""What held-out samples can promise if what was asked for is out of reach."""

from math import floor

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu.priors._priors import Priors
from pusklearn.pu.wrappers._pu_thresholds import (
    HeldOut,
    OutOfReachError,
    fdr_surplus,
    fdr_threshold,
    first_to_try,
    recall_threshold,
)

# The rates that are tried: those that one would write.
RATES = (*(n / 1000 for n in range(1, 10)), *(n / 100 for n in range(1, 100)))
# Nobody labels more positives than this to show a rate.
MOST_POSITIVES = 10**7
# Enough to find the rank at which the search for a rate starts.
N_RANKS = 300


def greatest_recall(n_positive: int, confidence: float | None) -> float:
    """Return the greatest recall that a number of held-out positives can promise.

    Parameters
    ----------
    n_positive : int
        Number of held-out positives, at least 1.
    confidence : float or None
        See `recall_threshold`.

    Returns
    -------
    float
        The recall, rounded down to three digits.

    Examples
    --------
    >>> from pusklearn.pu.wrappers._within_reach import greatest_recall
    >>> greatest_recall(15, 0.9), greatest_recall(30, 0.9), greatest_recall(30, None)
    (0.857, 0.926, 0.967)
    """
    if confidence is None:
        recall = n_positive / (n_positive + 1)
    else:
        recall = (1 - confidence) ** (1 / n_positive)
    # The factor undoes rounding: 0.1 is just above (1 - 0.9) * 1.
    return floor(recall * 1000 * (1 + 1e-12)) / 1000


def is_recall_within_reach(
    n_positive: int, level: float, confidence: float | None
) -> bool:
    """Tell whether so many held-out positives can promise a recall."""
    try:
        recall_threshold(np.zeros(n_positive), level, confidence)
    except OutOfReachError:
        return False
    return True


def is_fdr_within_reach(
    positives: NDArray,
    unlabeled: NDArray,
    priors: Priors,
    level: float,
    confidence: float,
    n_samples: int,
) -> bool:
    """Tell whether `fdr_threshold`, which has the same arguments, finds a threshold."""
    try:
        fdr_threshold(positives, unlabeled, priors, level, confidence, n_samples)
    except OutOfReachError:
        return False
    return True


def least_fdr(
    positives: NDArray,
    unlabeled: NDArray,
    priors: Priors,
    level: float,
    confidence: float,
    n_samples: int,
) -> float | None:
    """Return the least false discovery rate within reach that is above a level.

    Parameters
    ----------
    positives, unlabeled, priors, level, confidence, n_samples
        The arguments of `fdr_threshold` with these names.

    Returns
    -------
    float or None
        The first of `RATES` above the level for which `fdr_threshold` finds a
        threshold. None if there is none below the rate of a positive prediction for
        every sample, which is ``1 - prior``.
    """
    for rate in RATES:
        if level < rate < 1 - priors.population and is_fdr_within_reach(
            positives, unlabeled, priors, rate, confidence, n_samples
        ):
            return rate
    return None


def positives_for_fdr(
    priors: Priors, level: float, confidence: float, numbers: HeldOut
) -> int | None:
    """Return about how many held-out positives a false discovery rate needs at least.

    Parameters
    ----------
    priors, level, confidence
        The arguments of `fdr_threshold` with these names.
    numbers : HeldOut
        Numbers of samples; that of the positives does not matter.

    Returns
    -------
    int or None
        The number with which a classifier without errors shows the rate to
        `fdr_threshold`. None if it never does, because the other samples are too few.
    """

    def is_enough(n_positive):
        ranks = np.unique(np.geomspace(1, n_positive, N_RANKS).astype(int))
        those = numbers._replace(n_positive=n_positive)
        start, _ = first_to_try(ranks, priors, level, confidence, those)
        n_above = priors.unlabeled * ranks[start] / n_positive * numbers.n_unlabeled
        # The positive at the threshold is not counted.
        n_found = ranks[start] - 1
        surplus, margin = fdr_surplus(
            n_found, n_above, priors, level, confidence, those
        )
        return bool(surplus >= margin)

    too_few, enough = 0, 1
    while not is_enough(enough):
        too_few, enough = enough, 2 * enough
        if enough > MOST_POSITIVES:
            return None
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if is_enough(middle) else (middle, enough)
    return enough
