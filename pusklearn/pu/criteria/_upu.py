"""The unbiased PU risk."""

from pusklearn.pu.criteria._criterion import Criterion, margin_loss, risk_terms


class UPU(Criterion):
    r"""Unbiased estimate of the classification risk from PU data.

    .. math:: \pi\, E_P[\ell(s)] + M[\ell(-s)] - \pi\, E_P[\ell(-s)]

    with :math:`M` the mean over the population: the unlabeled samples
    (case-control), or the unlabeled and the labelled ones in their shares of the
    data set (single). The second part estimates a quantity that cannot be negative,
    yet a flexible network drives it below zero and overfits; see `NNPU`.

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

    def __init__(self, loss="logistic"):
        self.loss = loss

    def compute(self, logits, is_positive, priors):
        """Compute the unbiased risk; see `__call__` for the arguments."""
        loss = margin_loss(self.loss)
        return sum(risk_terms(logits, is_positive, priors, loss))
