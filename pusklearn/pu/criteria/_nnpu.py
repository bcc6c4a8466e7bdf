"""The non-negative PU risk."""

from torch import Tensor

from pusklearn.pu._checks import check_number
from pusklearn.pu.criteria._criterion import RiskCriterion, margin_loss, risk_terms
from pusklearn.pu.priors._priors import Priors


class NNPU(RiskCriterion):
    r"""Unbiased PU risk, corrected when its negative part falls below zero.

    With :math:`r = M[\ell(-s)] - \pi\, E_P[\ell(-s)]` (see `UPU`):

    - If :math:`r \ge -\beta`, the objective is :math:`\pi\, E_P[\ell(s)] + r`.
    - Otherwise its value is :math:`\pi\, E_P[\ell(s)] - \beta`, and its gradient is
      that of :math:`-\gamma r`: the step undoes the overfitting of the negatives.

    Parameters
    ----------
    beta : float, default=0.0
        Tolerance below zero, at least 0. Values above the prior have no further effect.
    gamma : float, default=1.0
        Size of the correcting step, in [0, 1].
    loss : {"logistic", "sigmoid"}, default="logistic"
        The margin loss :math:`\ell`. The paper takes the sigmoid loss, which
        collapses to "all negative" when the prior is small.

    References
    ----------
    Kiryo, Niu, du Plessis and Sugiyama, "Positive-unlabeled learning with
    non-negative risk estimator", NeurIPS 2017, Algorithm 1.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import NNPU
    >>> logits = torch.tensor([2.0, -1.0, -3.0], requires_grad=True)
    >>> risk = NNPU()(logits, torch.tensor([True, False, False]), 0.5)
    >>> round(risk.item(), 4)
    0.0635
    """

    def __init__(
        self, beta: float = 0.0, gamma: float = 1.0, *, loss: str = "logistic"
    ) -> None:
        self.beta = beta
        self.gamma = gamma
        self.loss = loss

    def compute(
        self,
        logits: Tensor,
        is_positive: Tensor,
        priors: Priors,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the non-negative risk; see `__call__` for the arguments."""
        check_number(self.beta, "beta", "[0, inf]")
        check_number(self.gamma, "gamma", "[0, 1]")
        positive, negative = risk_terms(
            logits, is_positive, priors, margin_loss(self.loss), sample_weight
        )
        return non_negative(positive, negative, self.beta, self.gamma)


def non_negative(
    positive: Tensor, negative: Tensor, beta: float, gamma: float
) -> Tensor:
    """Sum of two parts, corrected if the negative part is below ``-beta``.

    Corrected, the value is ``positive - beta`` and the gradient that of the step.
    """
    step = -gamma * negative
    # `step - step.detach()` is 0 and has the gradient of the step.
    corrected = (positive - beta).detach() + step - step.detach()
    return (positive + negative).where(negative >= -beta, corrected)
