"""The PU risk of scores."""

import numpy as np
import torch

from pusklearn.pu.criteria._nnpu import NNPU
from pusklearn.pu.criteria._upu import UPU
from pusklearn.pu.metrics._values_by_label import scores_by_label


def pu_risk(
    y,
    y_score,
    *,
    prior,
    scheme="single",
    pos_label=None,
    loss="logistic",
    non_negative=True,
):
    r"""Classification risk of a margin loss, from PU data.

    .. math:: \pi\, E_P[\ell(s)] + \max(0,\, M[\ell(-s)] - \pi\, E_P[\ell(-s)])

    with :math:`M` the mean over the population. This is the value of the criterion
    `pusklearn.criteria.NNPU` on all samples at once.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: the labelled positives' and that of the unlabeled.
    y_score : array-like of shape (n,)
        Scores, finite; greater means more likely positive.
    prior : float or None
        Share of positives in the population, in (0, 1); in the single scheme it must
        exceed the labelled share of `y`. None: every positive is labelled.
    scheme : {"single", "case-control"}, default="single"
        "single": one sample of the population, some of whose positives are
        labelled. "case-control": the unlabeled samples are a sample of the
        population, and the positives were drawn apart.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.
    loss : {"logistic", "sigmoid"}, default="logistic"
        The margin loss; "logistic" takes the scores as log-odds.
    non_negative : bool, default=True
        Whether to take the maximum with 0. Without, the risk has no bias, and noise
        may take it below 0.

    Returns
    -------
    float
        The risk; smaller is better.

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, a score is not finite,
        or the prior cannot be.

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
    is_positive = np.repeat([True, False], [len(part) for part in samples[:2]])
    scores = torch.from_numpy(np.concatenate(samples[:2]))
    return criterion(scores, torch.from_numpy(is_positive), samples.priors).item()
