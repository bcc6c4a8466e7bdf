"""Elkan and Noto's estimate of the share of positives among unlabeled samples."""

from numpy.typing import NDArray


def elkan_noto(scores_positive: NDArray, scores_unlabeled: NDArray) -> float:
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

    Returns
    -------
    float
        Share of positives among the unlabeled samples, in [0, 1].

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
    c = float(scores_positive.mean())
    odds = len(scores_positive) / len(scores_unlabeled)
    return min(1.0, odds * (1 - c) / c) if c > 0 else 1.0
