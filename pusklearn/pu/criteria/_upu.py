"""The unbiased PU risk."""

from torch import Tensor

from pusklearn.pu.criteria._criterion import RiskCriterion, margin_loss, risk_terms
from pusklearn.pu.priors._priors import Priors


class UPU(RiskCriterion):
    r"""Unbiased estimate of the classification risk from PU data.

    .. math:: \pi\, E_P[\ell(s)] + M[\ell(-s)] - \pi\, E_P[\ell(-s)]

    with the margin loss :math:`\ell` of the logit :math:`s`, the prior :math:`\pi`,
    the mean :math:`E_P` over the labelled positives, and the mean :math:`M` over the
    population. In the case-control scheme the population is the unlabeled samples; in
    the single scheme it is the unlabeled and the labelled samples in their shares of
    the data set. The last two terms together estimate a risk that cannot be negative,
    but a flexible network drives it below zero and overfits; see `NNPU`.

    Parameters
    ----------
    loss : {"logistic", "sigmoid"}, default="logistic"
        The margin loss :math:`\ell`.

    References
    ----------
    du Plessis, Niu and Sugiyama, "Convex formulation for learning from positive and
    unlabeled data", ICML 2015.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import UPU
    >>> logits = torch.tensor([2.0, -1.0, -3.0])
    >>> round(UPU()(logits, torch.tensor([True, False, False]), 0.5).item(), 4)
    -0.8191
    """

    def __init__(self, loss: str = "logistic") -> None:
        self.loss = loss

    def compute(
        self,
        logits: Tensor,
        is_positive: Tensor,
        priors: Priors,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the unbiased risk; see `__call__` for the arguments."""
        positive, negative = risk_terms(
            logits, is_positive, priors, margin_loss(self.loss), sample_weight
        )
        return positive + negative
