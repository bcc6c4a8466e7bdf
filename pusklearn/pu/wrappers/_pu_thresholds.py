"""Decision thresholds from held-out scores of positives and unlabeled samples."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta, binom

from pusklearn.pu.priors._priors import Priors

# The search for a false discovery rate starts at the first rank at which a classifier
# without errors would pass with this multiple of the margin that it needs, so that
# chance seldom stops the search at its start ...
START_RATIO = 3
# ... or with this share of the greatest multiple at any rank, if that comes first.
START_SHARE = 0.5


class OutOfReachError(ValueError):
    """Held-out samples that cannot promise what is asked for."""


class HeldOut(NamedTuple):
    """Numbers of samples that a false discovery rate is estimated from."""

    n_positive: int
    n_unlabeled: int
    # All samples of the data set, held out or not: the labelled share is theirs.
    n_samples: int


def recall_threshold(
    positives: NDArray, level: float, confidence: float | None
) -> float:
    """Return the highest threshold with a promised recall.

    This is split conformal prediction. If the threshold is the ``k``-th smallest score
    of ``n`` held-out positives, it misses a share of the population's positives that is
    distributed as Beta(k, n + 1 - k).

    Parameters
    ----------
    positives : ndarray of shape (n,)
        Held-out scores of labelled positives.
    level : float
        The recall, ``1 - alpha``, in (0, 1].
    confidence : float or None
        None takes ``k = floor(alpha * (n + 1))``: a new positive is found with a
        probability of at least `level`, so the mean recall over many fits is at least
        `level`. A number takes the largest ``k`` with
        ``P(Binomial(n, alpha) >= k) >= confidence``: the recall of this threshold is
        at least `level` with this probability.

    Returns
    -------
    float
        The threshold. A sample is predicted positive if its score is at least this.

    Raises
    ------
    OutOfReachError
        If there are too few positives.
    """
    alpha, n = 1 - level, len(positives)
    # The factor undoes rounding: (1 - 0.9) * 10 is just below 1.
    if confidence is None:
        rank = int(alpha * (n + 1) * (1 + 1e-12))
    else:
        ranks = np.arange(1, n + 1)
        rank = int(np.sum(binom.sf(ranks - 1, n, alpha) >= confidence))
    if rank == 0:
        raise OutOfReachError(
            f"threshold='recall:{level:g}' is out of reach with confidence="
            f"{confidence}: {_positives_needed(level, confidence)}. Got {n}."
        )
    return float(np.sort(positives)[rank - 1])


def _positives_needed(level, confidence):
    """Return a clause that says how many held-out positives a recall needs."""
    if level == 1:
        return "no number of held-out positives can show that every positive is found"
    if confidence is None:
        n = np.ceil(1 / (1 - level) * (1 - 1e-12)) - 1
    else:
        n = np.ceil(np.log(1 - confidence) / np.log(level))
    return f"it needs at least {n:.0f} held-out positives"


def fdr_threshold(
    positives: NDArray,
    unlabeled: NDArray,
    priors: Priors,
    level: float,
    confidence: float,
    n_samples: int,
    rule: str | None = None,
) -> float:
    """Return the lowest threshold whose false discovery rate is shown to be small.

    The rate in the population is ``1 - prior * r / q``, with ``r`` the recall and
    ``q`` the share predicted positive. It is at most `level` if::

        (prior - (1 - level) * h) * r - (1 - level) * (1 - h) * q_unlabeled >= 0

    A threshold passes if the estimate of the left side is at least its margin. The
    margin combines those of ``r``, of ``q_unlabeled`` and of the labelled share ``h``
    as the root of the sum of their squares (Zou and Donner). Each comes from a
    one-sided limit of Clopper and Pearson at `confidence`.

    The thresholds are the scores of the positives. They are tried from the top down,
    from a rank that depends on the numbers of samples alone, until one fails::

        rank    1  2  3  ...  start  ...  last passed  |  first failed  ...
        result  (not tried)   pass   ...  pass         |  fail

    No correction for many tests is needed: if the rate falls as the threshold rises,
    a wrong result needs the first bad threshold to pass.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Priors of the whole data set.
    level : float
        The greatest false discovery rate, in [0, 1).
    confidence : float
        Confidence of the limits, in (0, 1).
    n_samples : int
        Size of the whole data set, from which ``h`` is known.
    rule : str or None, default=None
        How the level was asked for, for the message; None stands for "fdr:LEVEL".

    Returns
    -------
    float
        The threshold. A sample is predicted positive if its score is at least this.

    Raises
    ------
    OutOfReachError
        If the first threshold that is tried fails.
    """
    numbers = HeldOut(len(positives), len(unlabeled), n_samples)
    ranks = np.arange(1, len(positives) + 1)
    start, possible = first_to_try(ranks, priors, level, confidence, numbers)
    thresholds = np.sort(positives)[::-1]
    # The positive at the threshold is not counted: a bad threshold may lie just above
    # it, and then it does not reach that threshold.
    n_found = _count_at_least(thresholds, positives) - 1
    n_above = _count_at_least(thresholds, unlabeled)
    surplus, margin = fdr_surplus(n_found, n_above, priors, level, confidence, numbers)
    passes = (surplus >= margin)[start:]
    if not possible or not passes[0]:
        best = "" if possible else " even by a classifier without errors"
        raise OutOfReachError(
            f"threshold={rule or f'fdr:{level:g}'!r} is out of reach with confidence="
            f"{confidence:g}{best}: {len(positives)} positives and {len(unlabeled)} "
            "unlabeled samples held out do not show it."
        )
    n_passed = len(passes) if passes.all() else np.argmin(passes)
    return float(thresholds[start + n_passed - 1])


def first_to_try(
    ranks: NDArray,
    priors: Priors,
    level: float,
    confidence: float,
    numbers: HeldOut,
) -> tuple[int, bool]:
    """Return which rank the search starts at, and whether any rank could pass.

    It looks at a classifier without errors, above whose thresholds all unlabeled
    samples are positives. The scores are not used, so the start does not depend on
    chance. The parameters are those of `fdr_surplus`, and ranks of positives from 1 up.
    """
    n_above = priors.unlabeled * ranks / numbers.n_positive * numbers.n_unlabeled
    surplus, margin = fdr_surplus(ranks, n_above, priors, level, confidence, numbers)
    ratio = surplus / margin
    start = np.argmax(ratio >= min(START_RATIO, START_SHARE * ratio.max()))
    return int(start), bool(ratio.max() >= 1)


def _count_at_least(thresholds, scores):
    """Return how many scores are at or above each threshold."""
    return len(scores) - np.searchsorted(np.sort(scores), thresholds, side="left")


def fdr_surplus(
    n_found: ArrayLike,
    n_above: ArrayLike,
    priors: Priors,
    level: float,
    confidence: float,
    numbers: HeldOut,
) -> tuple[NDArray, NDArray]:
    """Estimate how far below a level the false discovery rate is, and its margin.

    Parameters
    ----------
    n_found : array-like
        Number of labelled positives that are predicted positive, for each threshold.
    n_above : array-like
        Number of unlabeled samples that are predicted positive, for each threshold.
    priors, level, confidence
        The arguments of `fdr_threshold` with these names.
    numbers : HeldOut
        Numbers of samples.

    Returns
    -------
    surplus, margin : ndarray
        The rate is shown to be at most the level if surplus >= margin.
    """
    n_positive, n_unlabeled, n_samples = numbers
    n_found, n_above = np.asarray(n_found), np.asarray(n_above)
    prior, h = priors
    r, q = n_found / n_positive, n_above / n_unlabeled
    weight_r, weight_q = prior - (1 - level) * h, (1 - level) * (1 - h)
    margin_r = weight_r * (r - lower_limit(n_found, n_positive, confidence))
    margin_q = weight_q * (upper_limit(n_above, n_unlabeled, confidence) - q)
    # How the surplus changes with h. A prior that is the labelled share changes, too.
    slope = (1 - level) * (q - r) + (r if prior == h else 0)
    margin_h = np.zeros_like(r)
    if h:
        n_labeled = h * n_samples
        below = h - lower_limit(n_labeled, n_samples, confidence)
        above = upper_limit(n_labeled, n_samples, confidence) - h
        # The surplus is less for a smaller h if it rises with h, else for a larger one.
        margin_h = np.where(slope > 0, slope * below, slope * above)
    return weight_r * r - weight_q * q, np.sqrt(margin_r**2 + margin_q**2 + margin_h**2)


def lower_limit(n_hits: ArrayLike, n: int, confidence: float) -> NDArray:
    """Return the one-sided lower limit of Clopper and Pearson for a share."""
    n_hits = np.asarray(n_hits, dtype=float)
    # The beta distribution is not defined for 0 hits, whose limit is 0.
    limit = beta.ppf(1 - confidence, np.maximum(n_hits, 1e-9), n - n_hits + 1)
    return np.where(n_hits > 0, limit, 0.0)


def upper_limit(n_hits: ArrayLike, n: int, confidence: float) -> NDArray:
    """Return the one-sided upper limit of Clopper and Pearson for a share."""
    return 1 - lower_limit(n - np.asarray(n_hits), n, confidence)


def prior_threshold(positives: NDArray, unlabeled: NDArray, priors: Priors) -> float:
    """Return the threshold at which the predicted share of the population is the prior.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Priors of the whole data set.

    Returns
    -------
    float
        A number midway between two scores. The predicted share is as near to the
        prior as equal scores allow.

    Raises
    ------
    ValueError
        If all scores are equal.
    """
    scores, _, predicted = operating_points(positives, unlabeled, priors)
    if len(scores) == 1:
        raise ValueError(
            "threshold='prior' is out of reach: all held-out scores are equal "
            f"({scores[0]:g})."
        )
    return midway(scores, int(np.argmin(np.abs(predicted - priors.population))))


def f1_threshold(positives: NDArray, unlabeled: NDArray, priors: Priors) -> float:
    """Return the threshold of the greatest F1 score, ``2 * prior * r / (prior + q)``.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Priors of the whole data set.

    Returns
    -------
    float
        A number midway between two scores; the highest one of equally good thresholds.
    """
    scores, recall, predicted = operating_points(positives, unlabeled, priors)
    return midway(scores, int(np.argmax(recall / (priors.population + predicted))))


def operating_points(
    positives: NDArray, unlabeled: NDArray, priors: Priors
) -> tuple[NDArray, NDArray, NDArray]:
    """Return distinct scores, falling, with the recall and predicted share of each."""
    scores = np.unique(np.concatenate([positives, unlabeled]))[::-1]
    recall, above = (
        1 - np.searchsorted(np.sort(part), scores, side="left") / len(part)
        for part in (positives, unlabeled)
    )
    return scores, recall, priors.labeled * recall + (1 - priors.labeled) * above


def midway(scores: NDArray, last: int) -> float:
    """Return the middle between the score number `last` and the next one below it."""
    if last == len(scores) - 1:
        return float(scores[last])
    middle = scores[last] / 2 + scores[last + 1] / 2
    # Neighbouring numbers, or an infinite score, have no middle.
    between = scores[last + 1] < middle <= scores[last]
    return float(middle if between else scores[last])
