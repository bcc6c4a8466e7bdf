"""The Matthews correlation coefficient from PU data."""

from math import sqrt

from pusklearn.pu.metrics._pu_rates import pu_rates


def pu_matthews_corrcoef(y, y_pred, *, prior, scheme="single", pos_label=None):
    r"""Matthews correlation coefficient, from PU data.

    .. math:: \pi (r - q) / \sqrt{\pi (1 - \pi)\, q (1 - q)}

    with :math:`r` the recall and :math:`q` the share of the population that is
    predicted positive.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: the labelled positives' and that of the unlabeled.
    y_pred : array-like of shape (n,)
        Predicted labels, of the two in `y`.
    prior : float or None
        Share of positives in the population, in (0, 1); in the single scheme it must
        exceed the labelled share of `y`. None: every positive is labelled.
    scheme : {"single", "case-control"}, default="single"
        "single": one sample of the population, some of whose positives are
        labelled. "case-control": the unlabeled samples are a sample of the
        population, and the positives were drawn apart.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.

    Returns
    -------
    float
        The correlation of predicted and true labels; 0.0 where all of the population
        or none of it is predicted positive. It is not clipped to [-1, 1].

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, `y_pred` holds another
        label, or the prior cannot be.

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
