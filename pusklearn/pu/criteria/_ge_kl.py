"""Generalised expectation with a Kullback-Leibler penalty."""

import math

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from pusklearn.pu._checks import check_number
from pusklearn.pu.criteria._criterion import (
    Criterion,
    logistic,
    mean_over,
    unlabeled_prior,
)
from pusklearn.pu.criteria._kept import number_of, others_of
from pusklearn.pu.priors._priors import Priors


class GEKL(Criterion):
    r"""Fit the positives, and keep the mean over the unlabeled at its prior.

    .. math:: E_P[\ell(s)] + \lambda\, KL(\pi_U \,\|\, E_U[\sigma(s)])

    with the share :math:`\pi_U` of positives among the unlabeled samples, the
    logistic loss :math:`\ell`, and the divergence between Bernoulli distributions.

    Parameters
    ----------
    slack : float, default=10.0
        Weight :math:`\lambda` of the penalty, at least 0.

    Notes
    -----
    If the prior leaves no positive among the unlabeled samples, half a sample is
    expected in the batch, as in `GEBinomial`.

    References
    ----------
    Mann and McCallum, "Generalized expectation criteria for semi-supervised learning
    with weakly labeled data", JMLR 2010; Bepler et al., "Positive-unlabeled
    convolutional neural networks for particle picking in cryo-electron micrographs",
    arXiv 1803.08207.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import GEKL
    >>> logits = torch.tensor([2.0, -1.0, -3.0])
    >>> round(GEKL()(logits, torch.tensor([True, False, False]), 0.5).item(), 4)
    3.2764
    """

    def __init__(self, slack: float = 10.0) -> None:
        self.slack = slack

    def compute(
        self,
        logits: Tensor,
        is_positive: Tensor,
        priors: Priors,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the penalised risk; see `__call__` for the arguments."""
        check_number(self.slack, "slack")
        positive = mean_over(logistic(logits), is_positive, sample_weight)
        is_unlabeled = others_of(is_positive)
        divergence = mean_divergence(logits, is_unlabeled, priors, sample_weight)
        return positive + self.slack * divergence


def mean_divergence(
    logits: Tensor,
    is_unlabeled: Tensor,
    priors: Priors,
    weight: Tensor | None = None,
) -> Tensor:
    """KL divergence of the unlabeled samples' mean from their prior; 0 without samples.

    The logarithms of the means are computed from logarithms (logsumexp), never from
    the means, so no probability rounds to 0 and no logarithm is infinite.
    """
    n = number_of(is_unlabeled)
    share = unlabeled_prior(priors, n).to(logits.dtype)
    # -inf takes the labelled samples out of the sum. If there is nothing else, they
    # stay in it, since the gradient of an empty sum is NaN; `n > 0` drops the result.
    log_weight = 0.0 if weight is None else weight.clamp(min=1e-30).log()
    outside = torch.where(is_unlabeled, log_weight, -math.inf)
    outside = outside.where(n > 0, torch.zeros_like(outside))
    log_n = n.to(logits.dtype).clamp(min=1).log()
    log_mean = torch.logsumexp(logsigmoid(logits) + outside, 0) - log_n
    log_rest = torch.logsumexp(logsigmoid(-logits) + outside, 0) - log_n
    entropy = torch.xlogy(share, share) + torch.xlogy(1 - share, 1 - share)
    divergence = entropy - share * log_mean - (1 - share) * log_rest
    return divergence.where(n > 0, torch.zeros_like(divergence))
