"""The PU risk of scores."""

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike

from pusklearn.pu.criteria._nnpu import NNPU
from pusklearn.pu.criteria._upu import UPU
from pusklearn.pu.metrics._values_by_label import scores_by_label


def pu_risk(
    y: ArrayLike,
    y_score: ArrayLike,
    *,
    prior: float | None,
    scheme: str = "single",
    pos_label: Any = None,
    loss: str = "logistic",
    non_negative: bool = True,
) -> float:
    r"""Classification risk of a margin loss, from PU data.

    .. math:: \pi\, E_P[\ell(s)] + \max(0,\, M[\ell(-s)] - \pi\, E_P[\ell(-s)])

    with the margin loss :math:`\ell` of the score :math:`s`, the prior :math:`\pi`, the
    mean :math:`E_P` over the labelled positives, and the mean :math:`M` over the
    population. This is the value of the criterion `pusklearn.criteria.NNPU` on all
    samples at once.

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
    loss : {"logistic", "sigmoid"}, default="logistic"
        The margin loss; "logistic" reads the scores as log-odds.
    non_negative : bool, default=True
        Whether to take the maximum with 0. Without it the risk has no bias, but noise
        can make it negative.

    Returns
    -------
    float
        The risk; smaller is better.

    Raises
    ------
    ValueError
        If `y` does not hold two labels, the lengths differ, a score is not finite,
        or the prior is impossible.

    References
    ----------
    Kiryo, Niu, du Plessis and Sugiyama, "Positive-unlabeled learning with
    non-negative risk estimator", NeurIPS 2017.

    Examples
    --------
    >>> from pusklearn.metrics import pu_risk
    >>> y = [1, 1, 0, 0, 0, 0]
    >>> round(pu_risk(y, [3, 2, 2, -2, -3, -3], prior=0.5), 3)
    0.044
    >>> round(pu_risk(y, [0, 0, 0, 0, 0, 0], prior=0.5), 3)  # log(2)
    0.693
    """
    samples = scores_by_label(y, y_score, prior, scheme, pos_label)
    criterion = NNPU(loss=loss) if non_negative else UPU(loss=loss)
    scores = np.concatenate([samples.positives, samples.unlabeled])
    is_positive = np.arange(len(scores)) < len(samples.positives)
    risk = criterion(
        torch.from_numpy(scores), torch.from_numpy(is_positive), samples.priors
    )
    return float(risk.item())
