"""Precision from PU data."""

from typing import Any

from numpy.typing import ArrayLike

from pusklearn.pu.metrics._pu_rates import precision_of_selected
from pusklearn.pu.metrics._values_by_label import predictions_by_label


def pu_precision_score(
    y: ArrayLike,
    y_pred: ArrayLike,
    *,
    prior: float | None,
    scheme: str = "single",
    pos_label: Any = None,
) -> float:
    r"""Share of positives among the predicted positives, from PU data.

    .. math:: \pi\, r / q

    with the prior :math:`\pi`, the recall :math:`r`, and the share :math:`q` of the
    population that is predicted positive. Unlabeled samples that are predicted
    positive cannot be counted as errors, since some of them are positives.

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
        The precision. It is 0.0 if no sample of the population is predicted positive.
        It is not clipped, so noise or a wrong prior can make it exceed 1.

    Raises
    ------
    ValueError
        If `y` does not hold two labels, the lengths differ, `y_pred` holds another
        label, or the prior is impossible.

    Notes
    -----
    In the single scheme :math:`q` is counted among all samples, as in
    `sklearn.metrics.precision_score` on true labels. In the case-control scheme it
    is counted among the unlabeled. If :math:`k` of :math:`n` are predicted positive,
    :math:`1 / q` is taken as :math:`(n + 1) / (k + 1)`, since the mean of
    :math:`n / k` is too great by a share of about :math:`1 / k`.

    Examples
    --------
    Six of ten samples are positives; four are labelled. Five are predicted positive,
    with three of the labelled four:

    >>> from pusklearn.metrics import pu_precision_score
    >>> y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> y_pred = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    >>> round(pu_precision_score(y, y_pred, prior=0.6), 3)
    0.9

    If the positives had been drawn separately, only the six unlabeled samples would
    represent the population, and two of them are predicted positive:

    >>> round(pu_precision_score(y, y_pred, prior=0.3, scheme="case-control"), 3)
    0.525
    """
    predicted = predictions_by_label(y, y_pred, prior, scheme, pos_label)
    return float(precision_of_selected(predicted, empty=0))
