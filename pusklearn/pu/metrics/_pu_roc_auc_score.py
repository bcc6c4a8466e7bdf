"""The area under the ROC curve from PU data."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from pusklearn.pu.metrics._values_by_label import scores_by_label


def pu_roc_auc_score(
    y: ArrayLike,
    y_score: ArrayLike,
    *,
    prior: float | None,
    scheme: str = "single",
    pos_label: Any = None,
) -> float:
    r"""Area under the ROC curve, from PU data.

    .. math:: (A - \pi_U / 2) / (1 - \pi_U)

    with the area :math:`A` of labelled positives against unlabeled samples, and the
    share :math:`\pi_U` of positives among the unlabeled samples, which differs from
    the prior in the single scheme.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: one for labelled positives, one for unlabeled samples.
    y_score : array-like of shape (n,)
        Finite scores; a greater score means more likely positive.
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
        The area. It is not clipped to [0, 1].

    Raises
    ------
    ValueError
        If `y` does not hold two labels, the lengths differ, a score is not finite,
        or the prior is impossible.

    Notes
    -----
    The area :math:`A` ranks classifiers in the same order, and needs no prior.

    Dividing by :math:`1 - \pi_U` multiplies the noise of :math:`A`, too. Of scores that
    say nothing, the standard error is about :math:`1 / (\sqrt{12 n}\, (1 - \pi_U))`
    with :math:`n` labels: 0.05 for 30 labels if positives are rare, but 0.5 if nine
    tenths of the unlabeled samples are positives. `pu_interval` shows it.

    References
    ----------
    Menon, van Rooyen, Ong and Williamson, "Learning from corrupted binary labels via
    class-probability estimation", ICML 2015.

    Examples
    --------
    >>> from pusklearn.metrics import pu_roc_auc_score
    >>> y = [1, 1, 1, 0, 0, 0, 0, 0, 0, 0]
    >>> y_score = [9, 7, 4, 8, 6, 5, 3, 2, 1, 0]
    >>> round(pu_roc_auc_score(y, y_score, prior=0.5), 3)
    0.933

    If the unlabeled samples that score 8 and 6 are the other two positives, the area
    is 0.96; if both are negatives, it is 0.81.
    """
    samples = scores_by_label(y, y_score, prior, scheme, pos_label)
    share = samples.priors.unlabeled
    return (_area(samples.positives, samples.unlabeled) - share / 2) / (1 - share)


def _area(greater: NDArray[Any], lesser: NDArray[Any]) -> float:
    """Share of the pairs that are in the right order; a tie counts as half a pair."""
    rank = rankdata(np.concatenate([greater, lesser]))[: len(greater)].mean()
    # Without the lesser scores the mean rank is (n + 1) / 2; ordered pairs add to it.
    return float((rank - (len(greater) + 1) / 2) / len(lesser))
