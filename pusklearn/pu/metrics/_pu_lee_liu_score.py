"""The criterion of Lee and Liu."""

from typing import Any

from numpy.typing import ArrayLike

from pusklearn.pu.metrics._pu_rates import pu_rates


def pu_lee_liu_score(
    y: ArrayLike,
    y_pred: ArrayLike,
    *,
    prior: float | None = None,
    scheme: str = "single",
    pos_label: Any = None,
) -> float:
    r"""Criterion of Lee and Liu, which ranks classifiers without a prior.

    .. math:: r^2 / q

    with the recall :math:`r` and the share :math:`q` of the population that is
    predicted positive. It equals precision times recall, divided by the prior
    :math:`\pi`.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: one for labelled positives, one for unlabeled samples.
    y_pred : array-like of shape (n,)
        Predicted labels: the same two as in `y`.
    prior : float or None, default=None
        It is checked but not used: all metrics take the same parameters.
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
        A value from 0 to 1 / prior. It is 1 if all samples are predicted positive, and
        0.0 if no sample of the population is.

    Raises
    ------
    ValueError
        If `y` does not hold two labels, the lengths differ, `y_pred` holds another
        label, or the prior is impossible.

    Notes
    -----
    Since :math:`r` is an estimate, its square is too great on average, by
    :math:`r (1 - r)` divided by the number of labelled positives.

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
