"""Balanced accuracy from PU data."""

from typing import Any

from numpy.typing import ArrayLike

from pusklearn.pu.metrics._pu_rates import pu_rates


def pu_balanced_accuracy_score(
    y: ArrayLike,
    y_pred: ArrayLike,
    *,
    prior: float | None,
    scheme: str = "single",
    pos_label: Any = None,
) -> float:
    r"""Mean of the recalls of positives and negatives, from PU data.

    .. math:: (1 + r - f) / 2, \qquad f = (q - \pi r) / (1 - \pi)

    with the prior :math:`\pi`, the recall :math:`r`, the share :math:`q` of the
    population that is predicted positive, and the false positive rate :math:`f`.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: one for labelled positives, one for unlabeled samples.
    y_pred : array-like of shape (n,)
        Predicted labels: the same two as in `y`.
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
        The balanced accuracy. It is not clipped to [0, 1].

    Raises
    ------
    ValueError
        If `y` does not hold two labels, the lengths differ, `y_pred` holds another
        label, or the prior is impossible.

    Examples
    --------
    >>> from pusklearn.metrics import pu_balanced_accuracy_score
    >>> y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> y_pred = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    >>> round(pu_balanced_accuracy_score(y, y_pred, prior=0.6), 3)
    0.812
    """
    rates = pu_rates(y, y_pred, prior, scheme, pos_label)
    return (1 + rates.recall - rates.false_positive_rate) / 2
