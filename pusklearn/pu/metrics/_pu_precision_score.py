"""Precision from PU data."""

from pusklearn.pu.metrics._pu_rates import precision_of_selected
from pusklearn.pu.metrics._values_by_label import predictions_by_label


def pu_precision_score(y, y_pred, *, prior, scheme="single", pos_label=None):
    r"""Share of positives among the predicted positives, from PU data.

    .. math:: \pi\, r / q

    with :math:`r` the recall and :math:`q` the share of the population that is
    predicted positive. The unlabeled samples cannot be counted as errors: some are
    positives.

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
        The precision; 0.0 where no sample of the population is predicted positive.
        It is not clipped, so noise or a wrong prior may take it above 1.

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, `y_pred` holds another
        label, or the prior cannot be.

    Notes
    -----
    In the single scheme :math:`q` is counted among all samples, as in
    `sklearn.metrics.precision_score` on true labels. In the case-control scheme it
    is counted among the unlabeled; with :math:`k` of :math:`n` found, :math:`1 / q`
    is taken as :math:`(n + 1) / (k + 1)`, since the mean of :math:`n / k` is too
    great by a share of about :math:`1 / k`.

    Examples
    --------
    Six of ten samples are positives; four are labelled. Five are predicted positive,
    with three of the labelled four:

    >>> from pusklearn.metrics import pu_precision_score
    >>> y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> y_pred = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    >>> round(pu_precision_score(y, y_pred, prior=0.6), 3)
    0.9

    Had the positives been drawn apart, two of the six unlabeled samples would be
    what is known of the population:

    >>> round(pu_precision_score(y, y_pred, prior=0.3, scheme="case-control"), 3)
    0.525
    """
    found = predictions_by_label(y, y_pred, prior, scheme, pos_label)
    return float(precision_of_selected(found, empty=0))
