"""The exact probability of the expected count of positives."""

import torch
from torch.nn.functional import logsigmoid, pad

from pusklearn.pu.criteria._criterion import (
    Criterion,
    check_slack,
    logistic,
    mean_over,
)
from pusklearn.pu.criteria._ge_binomial import automatic_slack

# Log-probability of what cannot be. Finite, so that every gradient is.
IMPOSSIBLE = -1e30


class CountLoss(Criterion):
    r"""Fit the positives, and make the expected count among the unlabeled likely.

    .. math:: E_P[\ell(s)] - \lambda \log \Pr\left(\sum_{i=1}^{N} b_i = k\right),
              \quad b_i \sim \mathrm{Bernoulli}(\sigma(s_i)),
              \quad k = \mathrm{round}(\pi_U N)

    with the `N` unlabeled samples of the batch, the share :math:`\pi_U` of positives
    among them, and the logistic loss :math:`\ell`. The probability of the count is
    the exact, Poisson-binomial one; `GEBinomial` approximates it by a normal, and
    averages over the counts that a batch may have.

    Parameters
    ----------
    slack : float or "auto", default="auto"
        Weight :math:`\lambda` of the count, at least 0. The paper takes 1, which is
        too strong; "auto" is :math:`1 / \sqrt{N \pi_U (1 - \pi_U)}`, at most
        0.15, as in `GEBinomial`.

    Notes
    -----
    Pairs of samples are joined to the distribution of their count, pairs of pairs to
    that of theirs, and so on. The time is of order :math:`N^2`; all is done in
    logarithms and double precision, so no probability vanishes.

    Where :math:`\pi_U N < 1/2`, no positive is expected among the unlabeled.

    References
    ----------
    Shukla, Zeng, Ahmed and Van den Broeck, "A unified approach to count-based
    weakly-supervised learning", NeurIPS 2023.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import CountLoss
    >>> logits = torch.tensor([2.0, 0.0, 0.0])
    >>> is_positive = torch.tensor([True, False, False])
    >>> value = CountLoss(slack=1.0)(logits, is_positive, 0.5)
    >>> round(value.item(), 4)  # one of two, with chance 1/2: log(2), and 0.1269
    0.8201
    """

    def __init__(self, slack="auto"):
        self.slack = slack

    def compute(self, logits, is_positive, priors):
        """Compute the penalised risk; see `__call__` for the arguments."""
        check_slack(self.slack)
        positive = mean_over(logistic(logits), is_positive)
        count = (priors.unlabeled * (~is_positive).sum().double()).round().long()
        penalty = -log_count_probability(logits, ~is_positive, count)
        slack = self.slack
        if slack == "auto":
            slack = automatic_slack(~is_positive, priors)
        return positive + slack * penalty.to(logits.dtype)


def log_count_probability(logits, mask, count):
    """Log-probability that so many of the samples in the mask are positive.

    `count` is a tensor, from 0 to the length, and nothing waits for its value.
    """
    logits = logits.double()
    if not len(logits):
        # None are positive for sure; the sum keeps the logits in the graph.
        return logits.sum()
    failure = torch.where(mask, logsigmoid(-logits), 0.0)
    success = torch.where(mask, logsigmoid(logits), IMPOSSIBLE)
    counts = torch.stack([failure, success], 1)
    while len(counts) > 2:
        first, second = halves(counts)
        counts = (windows(second) + first.flip(1)[:, None]).logsumexp(2)
    # Of the last and longest sum, a single count is asked for.
    first, second = halves(counts)
    window = windows(second)[0].index_select(0, count[None])
    return (window + first.flip(1)).logsumexp(1)[0]


def halves(counts):
    """Every other distribution, and the rest; an odd one goes with a certain 0."""
    if len(counts) % 2:
        certain = torch.full_like(counts[:1], IMPOSSIBLE)
        certain[0, 0] = 0.0
        counts = torch.cat([counts, certain])
    return counts[::2], counts[1::2]


def windows(counts):
    """Row `k` of each holds the entries of a distribution up to its entry `k`."""
    length = counts.shape[1]
    padded = pad(counts, (length - 1, length - 1), value=IMPOSSIBLE)
    return padded.unfold(1, length, 1)
