"""Weights of samples in the training."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.pu._checks import check_none_masked, check_not_negative
from pusklearn.pu._samples import ArraySamples, Samples
from pusklearn.pu._sklearn_compat import check_sample_weight
from pusklearn.pu.criteria._criterion import check_takes_weights
from pusklearn.pu.criteria._registry import as_criterion
from pusklearn.pu.network._known_negatives import NO_ROWS, rows_among


def without_weightless(
    samples: Samples,
    y: Any,
    negatives: NDArray[np.integer],
    sample_weight: ArrayLike | None,
    classifier: Any,
) -> tuple[Samples, Any, NDArray[np.integer], NDArray[np.float64] | None]:
    """Return the samples whose weight is above 0, with their labels and weights.

    Parameters
    ----------
    samples : Samples
        The checked samples.
    y : ndarray of shape (n,)
        Their labels.
    negatives : ndarray of int
        Rows of the known negatives, ascending.
    sample_weight : array-like of shape (n,) or None
        Their weights.
    classifier : PUClassifier
        A classifier whose parameters are checked.

    Returns
    -------
    samples : Samples
        The samples that count.
    y : ndarray
        Their labels.
    negatives : ndarray of int
        Rows of the known negatives among them.
    weights : ndarray of float or None
        Their weights, of mean 1. None if all are equal.

    Raises
    ------
    ValueError
        If a weight is negative, masked or not finite, a whole class has the weight 0,
        the samples are regions of micrographs, or the prior is to be estimated from
        weights that differ.
    TypeError
        If the criterion takes no weights, and they differ.
    """
    if sample_weight is None:
        return samples, y, negatives, None
    if not isinstance(samples, ArraySamples):
        raise ValueError(
            "Regions of micrographs take no `sample_weight`. Leave it None; a mask of "
            "the micrographs takes regions out of the training."
        )
    check_none_masked(sample_weight, "`sample_weight`")
    weights = check_sample_weight(sample_weight, samples.X, dtype=np.float64)
    check_not_negative(weights)
    counts = weights > 0
    if not counts.all():
        if len(np.unique(y[counts])) < len(np.unique(y)):
            raise ValueError("`sample_weight` must not be 0 for a whole class.")
        samples, y, weights = samples.part(counts), y[counts], weights[counts]
        negatives = rows_among(negatives, counts)
    if np.ptp(weights) <= 1e-12 * weights.max():
        return samples, y, negatives, None
    check_takes_weights(as_criterion(classifier.criterion))
    if isinstance(classifier.prior, str):
        raise ValueError(
            "prior='estimate' takes no `sample_weight` other than 0 and one other "
            "value. Give the share of positives in the population as `prior`."
        )
    return samples, y, negatives, weights / weights.mean()


def weighted_counts(
    positives: NDArray,
    n_samples: int,
    weights: NDArray | None,
    negatives: NDArray[np.integer] = NO_ROWS,
) -> tuple[float, float, float]:
    """Return the numbers of positives, samples and negatives, as their weights count.

    They are those of the labelled positives, of all samples and of the known negatives.
    A sample of weight 2 counts as two samples.
    """
    if weights is None:
        return len(positives), n_samples, len(negatives)
    counts = (weights[rows].sum() for rows in (positives, slice(None), negatives))
    n_positive, n, n_negative = map(float, counts)
    return n_positive, n, n_negative


def check_weights_count(
    weights: NDArray | None, positives: NDArray, n_positive: int
) -> None:
    """Raise a ValueError if batches are too small for the weights of the positives.

    A criterion divides the weights by their mean in a batch, so that of a single
    positive always is 1.
    """
    if weights is None or n_positive > 1 or np.ptp(weights[positives]) == 0:
        return
    raise ValueError(
        "The labelled positives have several weights, but a batch holds one of them, "
        "which then counts fully. Give a greater `batch_size` or `positive_share`, so "
        "that their product is 2 or more."
    )
