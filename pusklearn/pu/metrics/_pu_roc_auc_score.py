"""The area under the ROC curve from PU data."""

import numpy as np
from scipy.stats import rankdata

from pusklearn.pu.metrics._values_by_label import scores_by_label


def pu_roc_auc_score(y, y_score, *, prior, scheme="single", pos_label=None):
    r"""Area under the ROC curve, from PU data.

    .. math:: (A - \pi_U / 2) / (1 - \pi_U)

    with :math:`A` the area of labelled positives against unlabeled samples and
    :math:`\pi_U` the share of positives among the latter, which differs from the
    prior in the single scheme.

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

    Returns
    -------
    float
        The area. It is not clipped to [0, 1].

    Raises
    ------
    ValueError
        Where `y` does not hold two labels, lengths differ, a score is not finite,
        or the prior cannot be.

    Notes
    -----
    :math:`A` itself ranks classifiers in the same order, and needs no prior.

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

    Where the unlabeled samples that score 8 and 6 are the other two positives, the
    area is 0.96; with both as negatives it is 0.81.
    """
    samples = scores_by_label(y, y_score, prior, scheme, pos_label)
    share = samples.priors.unlabeled
    return float(
        (_area(samples.positives, samples.unlabeled) - share / 2) / (1 - share)
    )


def _area(greater, lesser):
    """Share of the pairs in the right order; a tie is half a pair."""
    rank = rankdata(np.concatenate([greater, lesser]))[: len(greater)].mean()
    return (rank - (len(greater) + 1) / 2) / len(lesser)
