"""Recall from PU data."""

from typing import Any

from numpy.typing import ArrayLike

from pusklearn.pu.metrics._pu_rates import pu_rates


def pu_recall_score(
    y: ArrayLike,
    y_pred: ArrayLike,
    *,
    prior: float | None = None,
    scheme: str = "single",
    pos_label: Any = None,
) -> float:
    r"""Share of the positives that are predicted positive, from PU data.

    .. math:: r = \text{mean}_P\, 1[\hat y = 1]

    This is the share among the labelled positives. They stand for all positives, since
    labels are assumed to be random.

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
        The recall, in [0, 1]. It needs no prior.

    Raises
    ------
    ValueError
        If `y` does not hold two labels, the lengths differ, `y_pred` holds another
        label, or the prior is impossible.

    See Also
    --------
    pu_interval : Gives an exact interval; from 50 positives it is wide.

    Examples
    --------
    >>> from pusklearn.metrics import pu_recall_score
    >>> y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    >>> y_pred = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]
    >>> pu_recall_score(y, y_pred)
    0.75
    """
    return pu_rates(y, y_pred, prior, scheme, pos_label, needs_prior=False).recall
