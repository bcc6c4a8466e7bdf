"""The non-negative PU risk."""

from pusklearn.pu.criteria._criterion import (
    Criterion,
    check_least,
    margin_loss,
    risk_terms,
)


class NNPU(Criterion):
    r"""Unbiased PU risk, corrected where its negative part falls below zero.

    With :math:`r = M[\ell(-s)] - \pi\, E_P[\ell(-s)]` (see `UPU`):

    - where :math:`r \ge -\beta`, the objective is :math:`\pi\, E_P[\ell(s)] + r`;
    - elsewhere its value is :math:`\pi\, E_P[\ell(s)] - \beta`, and its gradient is
      that of :math:`-\gamma r`: the step undoes the overfitting of the negatives.

    Parameters
    ----------
    beta : float, default=0.0
        Tolerance below zero, at least 0; up to the prior is of use.
    gamma : float, default=1.0
        Size of the correcting step, in [0, 1].
    loss : {"logistic", "sigmoid"}, default="logistic"
        The margin loss :math:`\ell`. The paper takes the sigmoid loss, which
        collapses to "all negative" where the prior is small.

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

    def __init__(self, beta=0.0, gamma=1.0, *, loss="logistic"):
        self.beta = beta
        self.gamma = gamma
        self.loss = loss

    def compute(self, logits, is_positive, priors):
        """Compute the non-negative risk; see `__call__` for the arguments."""
        check_least("beta", self.beta, 0)
        check_least("gamma", self.gamma, 0, 1)
        positive, rest = risk_terms(logits, is_positive, priors, margin_loss(self.loss))
        return non_negative(positive, rest, self.beta, self.gamma)


def non_negative(positive, rest, beta, gamma):
    """Sum of the two parts; below ``-beta`` the value and the gradient part ways."""
    step = -gamma * rest
    corrected = (positive - beta).detach() + step - step.detach()
    return (positive + rest).where(rest >= -beta, corrected)
