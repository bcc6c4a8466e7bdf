"""Accuracy from PU data."""

from pusklearn.pu.metrics._pu_rates import pu_rates


def pu_accuracy_score(y, y_pred, *, prior, scheme="single", pos_label=None):
    r"""Share of the predictions that is right, from PU data.

    .. math:: 1 - \pi - q + 2 \pi r

    with :math:`r` the recall and :math:`q` the share of the population that is
    predicted positive: one minus the unbiased PU risk of the zero-one loss.

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
        The accuracy. It is not clipped to [0, 1].

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, `y_pred` holds another
        label, or the prior cannot be.

    Examples
    --------
    >>> from pusklearn.metrics import pu_accuracy_score
    >>> y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> y_pred = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    >>> round(pu_accuracy_score(y, y_pred, prior=0.6), 3)
    0.8
    """
    rates = pu_rates(y, y_pred, prior, scheme, pos_label)
    found = rates.prior * rates.recall
    return 1 - rates.prior - rates.predicted + 2 * found
