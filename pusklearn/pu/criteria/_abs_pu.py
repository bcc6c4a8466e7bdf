"""The absolutely corrected PU risk."""

from torch import Tensor

from pusklearn.pu.criteria._criterion import RiskCriterion, margin_loss, risk_terms
from pusklearn.pu.priors._priors import Priors


class AbsPU(RiskCriterion):
    r"""Unbiased PU risk with the absolute value of its negative part.

    .. math:: \pi\, E_P[\ell(s)] + \left| M[\ell(-s)] - \pi\, E_P[\ell(-s)] \right|

    with :math:`M` the mean over the population (see `UPU`). The second part
    estimates a risk that cannot be negative. If it falls below zero, its gradient
    changes sign. The first part keeps its gradient, unlike in `NNPU`, and there is no
    hyper-parameter to choose.

    Parameters
    ----------
    loss : {"logistic", "sigmoid"}, default="logistic"
        The margin loss :math:`\ell`.

    References
    ----------
    Hammoudeh and Lowd, "Learning from positive and unlabeled data with arbitrary
    positive shift", NeurIPS 2020.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import AbsPU
    >>> logits = torch.tensor([2.0, -1.0, -3.0])
    >>> round(AbsPU()(logits, torch.tensor([True, False, False]), 0.5).item(), 4)
    0.946
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
        """Compute the corrected risk; see `__call__` for the arguments."""
        positive, negative = risk_terms(
            logits, is_positive, priors, margin_loss(self.loss), sample_weight
        )
        return positive + negative.abs()
