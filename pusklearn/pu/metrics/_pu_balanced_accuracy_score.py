"""Balanced accuracy from PU data."""

from pusklearn.pu.metrics._pu_rates import pu_rates


def pu_balanced_accuracy_score(y, y_pred, *, prior, scheme="single", pos_label=None):
    r"""Mean of the recalls of positives and negatives, from PU data.

    .. math:: (1 + r - f) / 2, \qquad f = (q - \pi r) / (1 - \pi)

    with :math:`r` the recall, :math:`q` the share of the population that is predicted
    positive and :math:`f` the false positive rate.

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
        The balanced accuracy. It is not clipped to [0, 1].

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, `y_pred` holds another
        label, or the prior cannot be.

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
