"""Average precision from PU data."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.pu.metrics._values_by_label import scores_by_label
from pusklearn.pu.priors._priors import Priors


def pu_average_precision_score(
    y: ArrayLike,
    y_score: ArrayLike,
    *,
    prior: float | None,
    scheme: str = "single",
    pos_label: Any = None,
) -> float:
    r"""Average precision, from PU data.

    .. math:: \text{mean}_{s \in P}\; \pi\, r(s) / q(s)

    with the prior :math:`\pi`, the share :math:`r(s)` of the positives that score at
    least :math:`s`, and the same share :math:`q(s)` of the population. It is the area
    under the step curve of precision over recall.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: one for labelled positives, one for unlabeled samples. At least
        two samples must be labelled positives.
    y_score : array-like of shape (n,)
        Finite scores; a greater score means more likely positive.
    prior : float or None
        Share of positives in the population, in (0, 1); in the single scheme it must
        exceed the labelled share of `y`. None says that every positive is labelled.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample was drawn from the population,
        and some of its positives are labelled. "case-control": the unlabeled samples
        were drawn from the population, and the labelled positives separately from the
        positives.
    pos_label : label or None, default=None
        The label of the positives. None takes the plainly positive one, or the greater.

    Returns
    -------
    float
        The average precision. It is not clipped to [0, 1].

    Raises
    ------
    ValueError
        If `y` does not hold two labels or holds only one positive, the lengths
        differ, a score is not finite, or the prior is impossible.

    Notes
    -----
    A labelled positive counts itself among those that score at least as high. If it
    were part of :math:`r(s)`, this one sample would raise the precision at the highest
    scores, which few samples reach. So it is left out of :math:`r(s)` and counted
    separately:

    - single: the precision is :math:`(1 + (N - 1)\, r') / k`. Here :math:`r'` is the
      share of the other labelled positives that score at least :math:`s`, :math:`k`
      counts the samples that do, and :math:`N = \pi n` is the number of positives among
      all :math:`n` samples. If the labels are random, the mean is that of
      `sklearn.metrics.average_precision_score` on true labels.
    - case-control: the labelled positive, and a second one that stands for the other
      positives, take the places of two positives among the unlabeled samples. Of the
      unlabeled samples, :math:`k` score at least :math:`s`. The precision is
      :math:`1 / (1 + k') + (N - 1)\, r' / (2 + k' - r')` with
      :math:`k' = \max(k - r', 0)` and :math:`N = \pi n_U`.

    Examples
    --------
    >>> from pusklearn.metrics import pu_average_precision_score
    >>> y = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    >>> y_score = [9, 7, 4, 8, 6, 5, 3, 2, 1, 0]
    >>> round(pu_average_precision_score(y, y_score, prior=0.5), 3)
    0.944

    If the unlabeled samples that score 8 and 6 are the other two positives, the
    average precision is 0.967; if both are negatives, it is 0.722.
    """
    samples = scores_by_label(y, y_score, prior, scheme, pos_label)
    if len(samples.positives) < 2:
        raise ValueError(
            "Average precision needs at least 2 labelled positives. Got 1."
        )
    precision = _precision_at_positives(
        samples.positives, samples.unlabeled, samples.priors
    )
    return float(precision.mean())


def _precision_at_positives(
    positives: NDArray[Any], unlabeled: NDArray[Any], priors: Priors
) -> NDArray[Any]:
    """Estimate the precision at the score of each labelled positive."""
    n_others = _count_at_least(positives, positives) - 1
    recall_of_others = n_others / (len(positives) - 1)
    n_unlabeled = _count_at_least(unlabeled, positives)
    if priors.labeled:
        n_positives = priors.population * (len(positives) + len(unlabeled))
        n_true = 1 + (n_positives - 1) * recall_of_others
        return n_true / (1 + n_others + n_unlabeled)
    # In the docstring, N - 1 is `n_other_positives`, r' is `recall_of_others`, and k'
    # is `n_rest`.
    n_other_positives = max(priors.population * len(unlabeled) - 1, 0)
    n_rest = np.maximum(n_unlabeled - recall_of_others, 0)
    precision_of_others = (
        n_other_positives * recall_of_others / (2 + n_rest - recall_of_others)
    )
    return 1 / (1 + n_rest) + precision_of_others


def _count_at_least(scores: NDArray[Any], thresholds: NDArray[Any]) -> NDArray[Any]:
    """Count the scores that reach each threshold."""
    return len(scores) - np.searchsorted(np.sort(scores), thresholds, side="left")
