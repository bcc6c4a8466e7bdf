"""The criterion of Lee and Liu."""

from pusklearn.pu.metrics._pu_rates import pu_rates


def pu_lee_liu_score(y, y_pred, *, prior=None, scheme="single", pos_label=None):
    """Criterion of Lee and Liu, which ranks classifiers without a prior.

    .. math:: r^2 / q

    with :math:`r` the recall and :math:`q` the share of the population that is
    predicted positive. It equals precision times recall over the prior.

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
        From 0 to 1 / prior; 1 where all is predicted positive, 0.0 where no sample of
        the population is.

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, `y_pred` holds another
        label, or the prior cannot be.

    Notes
    -----
    As :math:`r` is an estimate, its square is too great in the mean, by
    :math:`r (1 - r)` over the number of labelled positives.

    References
    ----------
    Lee and Liu, "Learning with positive and unlabeled examples using weighted
    logistic regression", ICML 2003.

    Examples
    --------
    >>> from pusklearn.metrics import pu_lee_liu_score
    >>> y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> pu_lee_liu_score(y, [1, 1, 1, 0, 1, 1, 0, 0, 0, 0])
    1.125
    >>> pu_lee_liu_score(y, [1] * 10)
    1.0
    """
    rates = pu_rates(y, y_pred, prior, scheme, pos_label, needs_prior=False)
    return rates.recall**2 / rates.predicted if rates.predicted else 0.0
