"""Scores of the classifiers of folds, on the scale of that of all samples."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

MOST_SAMPLES = 2000  # that two classifiers are compared on
QUANTILES = (0.1, 0.5, 0.9)
# Quantiles agree if they differ by less than so many distances of the outer two.
AGREES = 1


def rows_to_compare(is_positive: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return rows of unlabeled samples, evenly spaced, at most 2,000.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.pu.splits._common_scale import rows_to_compare
    >>> rows_to_compare(np.array([True, False, False, True, False]))
    array([1, 2, 4])
    """
    unlabeled = np.flatnonzero(~is_positive)
    return unlabeled[:: max(1, ceil(len(unlabeled) / MOST_SAMPLES))]


def on_common_scale(
    parts: Sequence[tuple[NDArray, NDArray]], other: NDArray
) -> list[NDArray]:
    """Return the scores of all folds, on the scale of another classifier.

    Parameters
    ----------
    parts : sequence of pair of ndarray
        For each fold, the scores of the samples held out, and those of the samples that
        all classifiers are compared on.
    other : ndarray
        Scores of the latter by the classifier of all samples.

    Returns
    -------
    list of ndarray
        The scores held out, each fold changed by `on_scale_of`. If no fold has another
        scale, they stay as they are.
    """
    if all(has_scale_of(own, other) for _, own in parts):
        return [scores for scores, _ in parts]
    return [on_scale_of(scores, own, other) for scores, own in parts]


def has_scale_of(own: NDArray, other: NDArray) -> bool:
    """Tell whether the quantiles of two classifiers' scores nearly agree.

    Infinite scores have no scale that could differ.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.pu.splits._common_scale import has_scale_of
    >>> own = np.arange(11.0)
    >>> has_scale_of(own, own + 7), has_scale_of(own, own + 9)
    (True, False)
    """
    if not np.isfinite([own, other]).all():
        return True
    own, other = np.quantile(own, QUANTILES), np.quantile(other, QUANTILES)
    return bool((np.abs(own - other) <= AGREES * (other[2] - other[0])).all())


def on_scale_of(scores: NDArray, own: NDArray, other: NDArray) -> NDArray:
    """Shift and stretch the scores of one classifier to the scale of another one.

    A classifier that was trained on a part of the samples has other scores than the one
    trained on all of them: another share of labelled positives shifts its log-odds, and
    fewer samples change their spread. If the scores hardly spread, such as those of a
    linear model with a strong penalty, such a shift is greater than all differences
    between samples, and a threshold for the one suits no sample of the other.

    Parameters
    ----------
    scores : ndarray
        Scores of the one classifier.
    own, other : ndarray of shape (n,)
        Scores of the same samples by the one classifier and by the other one.

    Returns
    -------
    ndarray
        The scores, changed so that `own` would have the median of `other` and its
        distance from the 10 % to the 90 % quantile. They stay as they are if one of
        these distances is 0 or a score is infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.pu.splits._common_scale import on_scale_of
    >>> own = np.arange(11.0)
    >>> on_scale_of(np.array([4.0, 5.0, 6.0]), own, 2 * own - 30)
    array([-22., -20., -18.])
    """
    both = np.stack([own, other])
    if not np.isfinite(both).all():
        return scores
    low, (middle, other_middle), high = np.quantile(both, QUANTILES, axis=1)
    distance, other_distance = high - low
    if not distance or not other_distance:
        return scores
    return (scores - middle) * (other_distance / distance) + other_middle
