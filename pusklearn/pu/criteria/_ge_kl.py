"""Generalised expectation with a Kullback-Leibler penalty."""

import math

import torch
from torch.nn.functional import logsigmoid

from pusklearn.pu.criteria._criterion import (
    Criterion,
    check_least,
    logistic,
    mean_over,
    unlabeled_prior,
)


class GEKL(Criterion):
    r"""Fit the positives, and hold the mean over the unlabeled to its prior.

    .. math:: E_P[\ell(s)] + \lambda\, KL(\pi_U \,\|\, E_U[\sigma(s)])

    with :math:`\pi_U` the share of positives among the unlabeled samples, the
    logistic loss :math:`\ell`, and the divergence between Bernoulli distributions.

    Parameters
    ----------
    slack : float, default=10.0
        Weight :math:`\lambda` of the penalty, at least 0.

    References
    ----------
    Mann and McCallum, "Generalized expectation criteria for semi-supervised learning
    with weakly labeled data", JMLR 2010; Bepler et al., arXiv 1803.08207.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import GEKL
    >>> logits = torch.tensor([2.0, -1.0, -3.0])
    >>> round(GEKL()(logits, torch.tensor([True, False, False]), 0.5).item(), 4)
    3.2764
    """

    def __init__(self, slack=10.0):
        self.slack = slack

    def compute(self, logits, is_positive, priors):
        """Compute the penalised risk; see `__call__` for the arguments."""
        check_least("slack", self.slack, 0)
        positive = mean_over(logistic(logits), is_positive)
        return positive + self.slack * mean_divergence(logits, ~is_positive, priors)


def mean_divergence(logits, is_unlabeled, priors):
    """KL divergence of the mean over the unlabeled from their prior; 0 for none.

    The logarithms of the means are taken without forming the means, so neither is
    ever infinite.
    """
    n = is_unlabeled.sum()
    share = unlabeled_prior(priors, n).to(logits.dtype)
    outside = torch.where(is_unlabeled, 0.0, -math.inf)
    # At least one term must be finite for the gradient to be; `n > 0` drops it.
    outside = outside.where(n > 0, torch.zeros_like(outside))
    log_n = n.to(logits.dtype).clamp(min=1).log()
    log_mean = torch.logsumexp(logsigmoid(logits) + outside, 0) - log_n
    log_rest = torch.logsumexp(logsigmoid(-logits) + outside, 0) - log_n
    entropy = torch.xlogy(share, share) + torch.xlogy(1 - share, 1 - share)
    divergence = entropy - share * log_mean - (1 - share) * log_rest
    return divergence.where(n > 0, torch.zeros_like(divergence))
