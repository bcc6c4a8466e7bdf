"""The share of positives among unlabeled samples, from scores."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.pu._checks import check_choice, check_share
from pusklearn.pu.priors._bbe import bbe_share
from pusklearn.pu.priors._dedpul import dedpul
from pusklearn.pu.priors._elkan_noto import elkan_noto
from pusklearn.pu.priors._few_labels import warn_of_few_labels
from pusklearn.pu.priors._overlap_interval import overlap_interval

METHODS = {"bbe": bbe_share, "dedpul": dedpul, "elkan-noto": elkan_noto}


def estimate_prior(
    scores_positive: ArrayLike,
    scores_unlabeled: ArrayLike,
    *,
    method: str = "bbe",
    confidence: float = 0.9,
) -> tuple[float, tuple[float, float]]:
    """Estimate the share of positives among unlabeled samples from scores.

    The scores are those of any classifier that tells labelled positives from
    unlabeled samples. They must belong to samples that it was not trained on:
    cross-validated scores, as `PriorEstimator` makes them, or scores of a held-out
    part. Scores of the classifier's training samples give too small a share.

    Every method needs scores at which there are almost no negatives. If negatives score
    as high as the best positives, only an upper bound of the share can be known, and
    the interval then begins at 0.

    Parameters
    ----------
    scores_positive : array-like of shape (n_positive,)
        Scores of labelled positives; higher is more positive.
    scores_unlabeled : array-like of shape (n_unlabeled,)
        Scores of unlabeled samples.
    method : {"bbe", "dedpul", "elkan-noto"}, default="bbe"
        How the share is estimated. "bbe" is best bin estimation, from the scores
        above one threshold. "dedpul" takes the ratio of two densities. Both depend
        only on the order of the scores. "elkan-noto" takes the mean score of the
        labelled positives, which must be a calibrated probability of being labelled.
    confidence : float, default=0.9
        Confidence of the interval, in (0, 1).

    Returns
    -------
    share : float
        Share of positives among the unlabeled samples, in [0, 1].
    interval : tuple of float
        Lower and upper end of the share's confidence interval, the same for every
        method, but widened to hold the share. It allows for negatives among the highest
        scores: it reaches down to shares at which the scores are as likely. It begins
        at 0 if `share` is only an upper bound, which is so if the interval would begin
        below 0.3 times the share, if the scores do not tell the labels from the
        unlabeled samples, or if there are fewer than 10 positives.

    Raises
    ------
    TypeError
        If `confidence` is not a number.
    ValueError
        If the method is unknown, `confidence` is outside (0, 1), an array is not 1-D
        or empty, a score is not finite, or, for "elkan-noto", outside [0, 1].

    Warns
    -----
    UserWarning
        If there are fewer than 10 scores of labelled positives.

    See Also
    --------
    PriorEstimator : Makes the scores, and gives the population's share.

    References
    ----------
    Garg et al., "Mixture proportion estimation and PU learning: a modern approach",
    arXiv 2111.00980 ("bbe"). Ivanov, "DEDPUL: difference-of-estimated-densities-based
    positive-unlabeled learning", arXiv 1902.06965. Elkan and Noto, "Learning
    classifiers from only positive and unlabeled data", KDD 2008.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import estimate_prior
    >>> rng = np.random.default_rng(0)
    >>> positive = rng.normal(3, size=500)
    >>> unlabeled = np.r_[rng.normal(3, size=300), rng.normal(0, size=700)]
    >>> share, (low, high) = estimate_prior(positive, unlabeled)
    >>> round(share, 2), round(low, 2), round(high, 2)
    (0.31, 0.19, 0.35)
    """
    check_choice(method, "method", METHODS)
    check_share(confidence, "confidence")
    positive = check_scores(scores_positive, "scores_positive")
    unlabeled = check_scores(scores_unlabeled, "scores_unlabeled")
    warn_of_few_labels(len(positive))
    return estimate_from_repeats(
        positive[np.newaxis], unlabeled[np.newaxis], method, confidence
    )


def estimate_from_repeats(
    positive: NDArray,
    unlabeled: NDArray,
    method: str = "bbe",
    confidence: float = 0.9,
) -> tuple[float, tuple[float, float]]:
    """Estimate the share from repeated scores of the same samples.

    Parameters
    ----------
    positive, unlabeled : ndarray of float of shape (n_repeats, n_positive) and \
(n_repeats, n_unlabeled)
        Held-out scores, each repeat on other folds.
    method, confidence
        As for `estimate_prior`.

    Returns
    -------
    share : float
        The mean of the shares of the repeats.
    interval : tuple of float
        Its interval.
    """
    shares = [
        METHODS[method](*scores) for scores in zip(positive, unlabeled, strict=True)
    ]
    share = float(np.mean(shares))
    return share, overlap_interval(share, positive, unlabeled, confidence)


def check_scores(scores: ArrayLike, name: str) -> NDArray:
    """Return scores as a 1-D array of at least one number, all of them finite."""
    scores = np.asarray(scores, dtype=float)
    if scores.ndim != 1:
        raise ValueError(f"`{name}` must be 1-D. Got shape {scores.shape}.")
    if not len(scores):
        raise ValueError(f"`{name}` must hold at least 1 score. Got 0.")
    not_finite = np.flatnonzero(~np.isfinite(scores))
    if len(not_finite):
        first = not_finite[0]
        raise ValueError(
            f"`{name}` must be finite. Got {scores[first]} at position {first}, and "
            f"{len(not_finite)} such scores in all."
        )
    return scores
