"""Generalised expectation with a binomial penalty on the count of positives."""

import math
from functools import lru_cache

import torch

from pusklearn.pu.criteria._criterion import (
    Criterion,
    check_slack,
    logistic,
    mean_over,
    unlabeled_prior,
)

MOST_SLACK = 0.15  # of the automatic ones


class GEBinomial(Criterion):
    r"""Fit the positives, and hold the count among the unlabeled to its prior.

    .. math:: E_P[\ell(s)] - \lambda \sum_{k=0}^{N} q(k) \log \mathrm{Binom}(k; N,
              \pi_U)

    where :math:`N` is the number of unlabeled samples in the batch,
    :math:`\pi_U` the share of positives among them, and :math:`q` the classifier's
    posterior of their count. With :math:`p_i = \sigma(s_i)`, the exact posterior is
    Poisson-binomial; it is replaced by a normal on the grid ``0..N``,

    .. math:: q(k) \propto \exp\left(-\frac{(\mu - k)^2}{2 (v + 10^{-10})}\right),
              \quad \mu = \sum_i p_i, \quad v = \sum_i p_i (1 - p_i).

    The penalty is a cross-entropy, not a divergence: without the entropy of
    :math:`q` the confident solutions win over the constant :math:`p_i = \pi_U`.
    The penalty grows with the squared relative error of the count times
    :math:`N \pi_U / (1 - \pi_U)`.

    Parameters
    ----------
    slack : float or "auto", default="auto"
        Weight :math:`\lambda` of the penalty, at least 0. The paper takes 1. "auto" is
        :math:`1 / \sqrt{N \pi_U (1 - \pi_U)}`, at most 0.15, see Notes.

    Notes
    -----
    The number of positives that a batch happens to hold has the standard deviation
    :math:`d = \sqrt{N \pi_U (1 - \pi_U)}`. The penalty's pull on a logit is
    :math:`p_i (1 - p_i) (\mu - N \pi_U) / d^2`, so its pull on all logits together has
    a random part of size up to :math:`d`, whereas that of the first term is at most
    1. A slack of at most :math:`1 / d` keeps the random part within the first term,
    whatever the prior and the batch; a slack of 1 is too strong where the prior is
    large. Where positives are rarer than a quarter of a batch of 240, 0.15 is less than
    that: on micrographs, of which a hundredth is positive, 0.05 to 0.2 gave the highest
    average precision from 10 and from 100 labels.

    The normal approximation is close where :math:`v` is at least about 1. Below, the
    two differ: for :math:`v \to 0` and :math:`\mu` between two integers, the exact
    posterior is split over both, whereas the normal goes to the nearer one.

    Where the prior leaves no positive among the unlabeled (:math:`\pi_U = 0`), half a
    sample is expected in the batch, :math:`\pi_U = 1 / (2N)`. The nearer to this
    ordinary classification, the more must both kinds count by their shares. With
    :math:`h` the labelled share of a single sample, the slack "auto" is at most
    :math:`(1 - h) / (h N \log 2)`, since one unlabeled sample more among the
    positives then adds about :math:`\log 2`.

    References
    ----------
    Bepler et al., "Positive-unlabeled convolutional neural networks for particle
    picking in cryo-electron micrographs", arXiv 1803.08207.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import GEBinomial
    >>> logits = torch.tensor([2.0, -1.0, -3.0])
    >>> is_positive = torch.tensor([True, False, False])
    >>> round(GEBinomial(slack=1.0)(logits, is_positive, 0.5).item(), 4)
    1.2928
    """

    def __init__(self, slack="auto"):
        self.slack = slack

    def compute(self, logits, is_positive, priors):
        """Compute the penalised risk; see `__call__` for the arguments."""
        positive = mean_over(logistic(logits), is_positive)
        penalty = count_cross_entropy(logits, ~is_positive, priors)
        check_slack(self.slack)
        slack = self.slack
        if slack == "auto":
            slack = automatic_slack(~is_positive, priors)
        return positive + slack * penalty


def count_cross_entropy(logits, is_unlabeled, priors):
    """Cross-entropy of the count's normal posterior against its binomial prior."""
    n = is_unlabeled.sum()
    probability = logits.sigmoid() * is_unlabeled
    mean = probability.sum()
    variance = (probability * (1 - probability)).sum()
    # The grid has a fixed length, so that nothing waits for the value of `n`.
    count = torch.arange(len(logits) + 1, device=logits.device)
    exponent = -((mean - count) ** 2) / (2 * (variance + 1e-10))
    posterior = exponent.masked_fill(count > n, -math.inf).softmax(0)
    log_prior = count_prior(len(logits), n, priors)
    return -(posterior * log_prior.to(logits.dtype)).sum()


def automatic_slack(is_unlabeled, priors):
    """One over the deviation of the batch's number of positives, at most 0.15."""
    n = is_unlabeled.sum().clamp(min=1)
    variance = n.double() * priors.unlabeled * (1 - priors.unlabeled)
    slack = variance.rsqrt().clamp(max=MOST_SLACK)
    if priors.labeled:
        odds = (1 - priors.labeled) / priors.labeled
        slack = slack.clamp(max=odds / math.log(2) / n)
    return slack.float()


def count_prior(length, n, priors):
    """Log-probability of each count up to `length`, of `n` unlabeled samples."""
    if n.device.type == "cpu":
        return known_count_prior(length, int(n), priors)
    # To look it up would make a GPU wait for `n`.
    count = torch.arange(length + 1, device=n.device)
    return log_binomial(count, n, unlabeled_prior(priors, n))


@lru_cache(maxsize=32)
def known_count_prior(length, n, priors):
    """Log-probability of each count, the same in every batch."""
    with torch.inference_mode(False):
        n = torch.tensor(n)
        return log_binomial(torch.arange(length + 1), n, unlabeled_prior(priors, n))


def log_binomial(count, n, share):
    """Log-probability of each count of `n`, in double precision; 0 for counts above."""
    count = count.clamp(max=n)
    n, k = n.double(), count.double()
    choices = (n + 1).lgamma() - (k + 1).lgamma() - (n - k + 1).lgamma()
    return choices + torch.xlogy(k, share) + torch.xlogy(n - k, 1 - share)
