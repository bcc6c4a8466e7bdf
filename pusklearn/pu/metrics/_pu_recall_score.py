"""Recall from PU data."""

from pusklearn.pu.metrics._pu_rates import pu_rates


def pu_recall_score(y, y_pred, *, prior=None, scheme="single", pos_label=None):
    r"""Share of the positives that is predicted positive, from PU data.

    .. math:: r = \text{mean}_P\, 1[\hat y = 1]

    The labelled positives stand for all: they are taken to be labelled at random.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: the labelled positives' and that of the unlabeled.
    y_pred : array-like of shape (n,)
        Predicted labels, of the two in `y`.
    prior : float or None, default=None
        Checked, but else not used; here so that all metrics are called alike.
    scheme : {"single", "case-control"}, default="single"
        "single": one sample of the population, some of whose positives are
        labelled. "case-control": the unlabeled samples are a sample of the
        population, and the positives were drawn apart.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.

    Returns
    -------
    float
        The recall, in [0, 1]. No prior is needed.

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, `y_pred` holds another
        label, or the prior cannot be.

    See Also
    --------
    pu_interval : An exact interval; that of 50 positives is wide.

    Examples
    --------
    >>> from pusklearn.metrics import pu_recall_score
    >>> y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> y_pred = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    >>> pu_recall_score(y, y_pred)
    0.75
    """
    return pu_rates(y, y_pred, prior, scheme, pos_label, needs_prior=False).recall
