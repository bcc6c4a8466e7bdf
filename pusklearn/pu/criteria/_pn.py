"""Ordinary classification of positives against unlabeled samples."""

from pusklearn.pu.criteria._criterion import Criterion, logistic, mean_over


class PN(Criterion):
    r"""Take every unlabeled sample for a negative.

    .. math:: \pi\, E_P[\ell(s)] + (1 - \pi)\, E_U[\ell(-s)]

    with the logistic loss :math:`\ell(z) = \log(1 + e^{-z})` and the means over the
    labelled positives and the unlabeled samples of a batch. With the prior equal to
    the labelled share of the data it is the usual cross-entropy; it is the only
    criterion here that reads "unlabeled" as "negative".

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import PN
    >>> logits = torch.tensor([2.0, -1.0, -3.0])
    >>> round(PN()(logits, torch.tensor([True, False, False]), 0.5).item(), 4)
    0.1539
    """

    def compute(self, logits, is_positive, priors):
        """Compute the weighted cross-entropy; see `__call__` for the arguments."""
        return pn_risk(logits, is_positive, priors)


def pn_risk(logits, is_positive, priors):
    """Cross-entropy whose two classes weigh as the prior says."""
    positive = mean_over(logistic(logits), is_positive)
    negative = mean_over(logistic(-logits), ~is_positive)
    return priors.population * positive + (1 - priors.population) * negative
