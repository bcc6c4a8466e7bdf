"""Generalised expectation with a binomial penalty on the count of positives."""

import math
from functools import lru_cache

import torch
from torch import Tensor

from pusklearn.pu._checks import check_number
from pusklearn.pu.criteria._criterion import (
    Criterion,
    logistic,
    mean_over,
    unlabeled_prior,
)
from pusklearn.pu.criteria._kept import kept, number_of, others_of
from pusklearn.pu.priors._priors import Priors

# The greatest slack that "auto" gives.
MOST_SLACK = 0.15


class GEBinomial(Criterion):
    r"""Fit the positives, and keep the count among the unlabeled near its prior.

    .. math:: E_P[\ell(s)] - \lambda \sum_{k=0}^{N} q(k) \log \mathrm{Binom}(k; N,
              \pi_U)

    with the number :math:`N` of unlabeled samples in the batch, the share
    :math:`\pi_U` of positives among them, the logistic loss :math:`\ell`, and the
    classifier's posterior :math:`q` of their count. With :math:`p_i = \sigma(s_i)`, the
    exact posterior is Poisson-binomial; it is replaced by a normal on the grid
    ``0..N``,

    .. math:: q(k) \propto \exp\left(-\frac{(\mu - k)^2}{2 (v + 10^{-10})}\right),
              \quad \mu = \sum_i p_i, \quad v = \sum_i p_i (1 - p_i).

    The penalty is a cross-entropy, not a divergence: since the entropy of :math:`q`
    is not subtracted, confident solutions win over the constant
    :math:`p_i = \pi_U`. The penalty grows with the squared relative error of the count
    times :math:`N \pi_U / (1 - \pi_U)`.

    Parameters
    ----------
    slack : float or "auto", default="auto"
        Weight :math:`\lambda` of the penalty, at least 0. The paper takes 1. "auto" is
        :math:`1 / \sqrt{N \pi_U (1 - \pi_U)}`, at most 0.15, see Notes.

    Notes
    -----
    *The slack.* The number of positives that a batch happens to hold has the standard
    deviation :math:`d = \sqrt{N \pi_U (1 - \pi_U)}`. The penalty pulls a logit with
    :math:`p_i (1 - p_i) (\mu - N \pi_U) / d^2`, so its pull on all logits together has
    a random part of size up to :math:`d`, whereas the pull of the first term is at most
    1. A slack of at most :math:`1 / d` keeps the random part smaller than the first
    term, whatever the prior and the batch; a slack of 1 is too strong if the prior is
    large. If fewer than a quarter of a batch of 240 are positives, 0.15 is the smaller
    of the two. On micrographs, in which one region in a hundred is positive, slacks of
    0.05 to 0.2 gave the highest average precision, both from 10 and from 100 labels.

    *The normal.* The approximation is close if :math:`v` is at least about 1. Below,
    the two differ: for :math:`v \to 0` and :math:`\mu` between two integers, the exact
    posterior is split over both integers, whereas the normal goes to the nearer one.

    *No positive among the unlabeled.* If the prior leaves none (:math:`\pi_U = 0`),
    half a sample is expected in the batch, :math:`\pi_U = 1 / (2N)`. The nearer the
    data are to this ordinary classification, the more both classes must count by their
    shares. With the labelled share :math:`h` of a single sample, the slack "auto" is
    therefore at most :math:`(1 - h) / (h N \log 2)`, since one more unlabeled sample
    among the positives then adds about :math:`\log 2` to the penalty.

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

    def __init__(self, slack: float | str = "auto") -> None:
        self.slack = slack

    def compute(
        self,
        logits: Tensor,
        is_positive: Tensor,
        priors: Priors,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the penalised risk; see `__call__` for the arguments."""
        is_unlabeled = others_of(is_positive)
        slack: float | Tensor = check_number(self.slack, "slack", words=["auto"])
        if self.slack == "auto":
            slack = automatic_slack(is_unlabeled, priors)
        positive = mean_over(logistic(logits), is_positive, sample_weight)
        penalty = count_cross_entropy(logits, is_unlabeled, priors, sample_weight)
        return positive + slack * penalty


def count_cross_entropy(
    logits: Tensor,
    is_unlabeled: Tensor,
    priors: Priors,
    weight: Tensor | None = None,
) -> Tensor:
    """Cross-entropy of the count's normal posterior against its binomial prior.

    A sample of weight 2 counts as two samples.
    """
    n = number_of(is_unlabeled)
    probability = logits.sigmoid() * is_unlabeled
    variances = probability * (1 - probability)
    if weight is not None:
        probability, variances = probability * weight, variances * weight
    mean, variance = probability.sum(), variances.sum()
    # The posterior is a bell over the counts 0, 1, .., n, scaled to the sum 1:
    #
    #     count       0  1  2  ..  mean  ..  n  n+1  ..  len(logits)
    #     posterior   .  :  |  ..   |    ..  .   0   ..   0
    #
    # The grid has the fixed length of the batch, so that a GPU need not wait for n.
    length = len(logits)
    count = kept(
        is_unlabeled, "counts", lambda: torch.arange(length + 1, device=logits.device)
    )
    is_above = kept(is_unlabeled, "counts above", lambda: count > n)
    cost = kept(
        is_unlabeled,
        ("cost of each count", length, priors, logits.dtype),
        lambda: -log_count_prior(length, n, priors).to(logits.dtype),
    )
    exponent = (mean - count) ** 2 / (-2 * (variance + 1e-10))
    posterior = exponent.masked_fill(is_above, -math.inf).softmax(0)
    return (posterior * cost).sum()


def automatic_slack(is_unlabeled: Tensor, priors: Priors) -> Tensor:
    """One over the deviation of the batch's number of positives, at most 0.15."""
    return kept(
        is_unlabeled, ("slack", priors), lambda: compute_slack(is_unlabeled, priors)
    )


def compute_slack(is_unlabeled: Tensor, priors: Priors) -> Tensor:
    """Compute the slack of `automatic_slack`."""
    n = number_of(is_unlabeled).clamp(min=1)
    variance = n.double() * priors.unlabeled * (1 - priors.unlabeled)
    slack = variance.rsqrt().clamp(max=MOST_SLACK)
    if priors.labeled:
        odds = (1 - priors.labeled) / priors.labeled
        slack = slack.clamp(max=odds / math.log(2) / n)
    return slack.float()


def log_count_prior(length: int, n: Tensor, priors: Priors) -> Tensor:
    """Log-probability of each count up to `length`, of `n` unlabeled samples."""
    if n.device.type == "cpu":
        return known_log_count_prior(length, int(n), priors)
    # A look-up by the value of `n` would make a GPU wait for it.
    return compute_log_count_prior(length, n, priors)


@lru_cache(maxsize=32)
def known_log_count_prior(length: int, n: int, priors: Priors) -> Tensor:
    """Log-probability of each count, kept because it is the same in every batch."""
    with torch.inference_mode(False):
        return compute_log_count_prior(length, torch.tensor(n), priors)


def compute_log_count_prior(length: int, n: Tensor, priors: Priors) -> Tensor:
    """Compute the log-probabilities on the device of `n`."""
    count = torch.arange(length + 1, device=n.device)
    return log_binomial(count, n, unlabeled_prior(priors, n))


def log_binomial(count: Tensor, n: Tensor, share: Tensor) -> Tensor:
    """Log-probability of each count of `n`, in double precision.

    Counts above `n` get the value of `n`: their posterior is 0, and any finite number
    will do.
    """
    k, n = count.clamp(max=n).double(), n.double()
    choices = (n + 1).lgamma() - (k + 1).lgamma() - (n - k + 1).lgamma()
    return choices + torch.xlogy(k, share) + torch.xlogy(n - k, 1 - share)
