"""The Matthews correlation coefficient from PU data."""

from math import sqrt
from typing import Any

from numpy.typing import ArrayLike

from pusklearn.pu.metrics._pu_rates import pu_rates


def pu_matthews_corrcoef(
    y: ArrayLike,
    y_pred: ArrayLike,
    *,
    prior: float | None,
    scheme: str = "single",
    pos_label: Any = None,
) -> float:
    r"""Matthews correlation coefficient, from PU data.

    .. math:: \pi (r - q) / \sqrt{\pi (1 - \pi)\, q (1 - q)}

    with the prior :math:`\pi`, the recall :math:`r`, and the share :math:`q` of the
    population that is predicted positive.

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
        The correlation of predicted and true labels. It is 0.0 if all of the
        population or none of it is predicted positive. It is not clipped to [-1, 1].

    Raises
    ------
    ValueError
        If `y` does not hold two labels, the lengths differ, `y_pred` holds another
        label, or the prior is impossible.

    Examples
    --------
    >>> from pusklearn.metrics import pu_matthews_corrcoef
    >>> y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> y_pred = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    >>> round(pu_matthews_corrcoef(y, y_pred, prior=0.6), 3)
    0.612
    """
    rates = pu_rates(y, y_pred, prior, scheme, pos_label)
    prior, predicted = rates.prior, rates.predicted
    variance = prior * (1 - prior) * predicted * (1 - predicted)
    return prior * (rates.recall - predicted) / sqrt(variance) if variance > 0 else 0.0
