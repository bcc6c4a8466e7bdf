"""Ordinary classification of positives against unlabeled samples."""

from torch import Tensor

from pusklearn.pu.criteria._criterion import Criterion, logistic, mean_over
from pusklearn.pu.criteria._kept import others_of
from pusklearn.pu.priors._priors import Priors


class PN(Criterion):
    r"""Take every unlabeled sample for a negative.

    .. math:: \pi\, E_P[\ell(s)] + (1 - \pi)\, E_U[\ell(-s)]

    with the logistic loss :math:`\ell(z) = \log(1 + e^{-z})`, the prior :math:`\pi`,
    and the means over the labelled positives and the unlabeled samples of a batch.
    If the prior is the labelled share of the data, this is the usual cross-entropy.
    It is the only criterion here that reads "unlabeled" as "negative".

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import PN
    >>> logits = torch.tensor([2.0, -1.0, -3.0])
    >>> round(PN()(logits, torch.tensor([True, False, False]), 0.5).item(), 4)
    0.1539
    """

    def compute(
        self,
        logits: Tensor,
        is_positive: Tensor,
        priors: Priors,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the weighted cross-entropy; see `__call__` for the arguments."""
        return pn_risk(logits, is_positive, priors, sample_weight)

    def negative_loss(self, logits: Tensor, priors: Priors) -> Tensor:
        """Compute the loss of known negatives, with the weight of the positives."""
        return priors.population * logistic(-logits)


def pn_risk(
    logits: Tensor,
    is_positive: Tensor,
    priors: Priors,
    weight: Tensor | None = None,
) -> Tensor:
    """Cross-entropy in which each class has the weight that the prior gives it."""
    positive = mean_over(logistic(logits), is_positive, weight)
    negative = mean_over(logistic(-logits), others_of(is_positive), weight)
    return priors.population * positive + (1 - priors.population) * negative
