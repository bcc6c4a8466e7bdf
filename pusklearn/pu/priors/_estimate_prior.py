"""The share of positives among unlabeled samples, from scores."""

import numpy as np

from pusklearn.pu._checks import check_share
from pusklearn.pu.priors._bbe import bbe
from pusklearn.pu.priors._dedpul import dedpul
from pusklearn.pu.priors._elkan_noto import elkan_noto

METHODS = {"bbe": bbe, "dedpul": dedpul, "elkan-noto": elkan_noto}


def estimate_prior(scores_positive, scores_unlabeled, *, method="bbe", confidence=0.9):
    """Estimate the share of positives among unlabeled samples from scores.

    The scores are those of any classifier that tells labelled positives from
    unlabeled samples, made for samples that it was not trained on: out-of-fold ones,
    as `PriorEstimator` makes them, or of a held-out part. Scores of its own training
    samples give too small a share.

    Every method needs scores at which there are next to no negatives. Where negatives
    score as high as the best positives, the share is too large.

    Parameters
    ----------
    scores_positive : array-like of shape (n_positive,)
        Scores of labelled positives; higher is more positive.
    scores_unlabeled : array-like of shape (n_unlabeled,)
        Scores of unlabeled samples.
    method : {"bbe", "dedpul", "elkan-noto"}, default="bbe"
        "bbe": best bin estimation, from the scores above one threshold. "dedpul":
        from the ratio of two densities. Both depend on the order of the scores alone.
        "elkan-noto": from the mean score of the labelled positives, which must be a
        calibrated probability of being labelled.
    confidence : float, default=0.9
        Of the interval, in (0, 1).

    Returns
    -------
    share : float
        Share of positives among the unlabeled samples, in [0, 1].
    interval : tuple of float
        Its lower and upper end. For "bbe" by the Dvoretzky-Kiefer-Wolfowitz
        inequality, which is wide for few samples; for "dedpul" from the bootstrap; for
        "elkan-noto" from Student's interval of the mean. None of them knows of
        negatives among the highest scores.

    Raises
    ------
    ValueError
        For an unknown method, no score, one that is not finite, or an array that is
        not 1-D; for "elkan-noto", one outside [0, 1].

    See Also
    --------
    PriorEstimator : Makes the scores, and knows the population's share.

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
    (0.31, 0.24, 0.39)
    """
    if method not in METHODS:
        raise ValueError(f"`method` must be one of {list(METHODS)}. Got {method!r}.")
    check_share(confidence, "confidence")
    scores_positive = check_scores(scores_positive, "scores_positive")
    scores_unlabeled = check_scores(scores_unlabeled, "scores_unlabeled")
    return METHODS[method](scores_positive, scores_unlabeled, confidence=confidence)


def check_scores(scores, name):
    """Return scores as a 1-D array of finite numbers, at least one."""
    scores = np.asarray(scores, dtype=float)
    if scores.ndim != 1:
        raise ValueError(f"`{name}` must be 1-D. Got shape {scores.shape}.")
    if not len(scores):
        raise ValueError(f"`{name}` must hold at least 1 score. Got 0.")
    bad = np.flatnonzero(~np.isfinite(scores))
    if len(bad):
        raise ValueError(
            f"`{name}` must be finite. Got {scores[bad[0]]} at position {bad[0]}, and "
            f"{len(bad)} such scores in all."
        )
    return scores
