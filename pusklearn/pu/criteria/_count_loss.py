"""The exact probability of the expected count of positives."""

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, pad

from pusklearn.pu._checks import check_number
from pusklearn.pu.criteria._criterion import Criterion, logistic, mean_over
from pusklearn.pu.criteria._ge_binomial import automatic_slack
from pusklearn.pu.criteria._kept import number_of, others_of
from pusklearn.pu.priors._priors import Priors

# Log-probability of an impossible count. It is finite, so that every gradient is
# finite.
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
    Each sample has a distribution of its own count, 0 or 1. The distributions of two
    samples are joined to that of their sum, two such sums to that of four samples, and
    so on. The time is of order :math:`N^2`. Everything is computed in logarithms and
    double precision, so no probability rounds to 0.

    If :math:`\pi_U N < 1/2`, no positive is expected among the unlabeled.

    It takes no weights of samples: their count would be no whole number.

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

    def __init__(self, slack: float | str = "auto") -> None:
        self.slack = slack

    def compute(self, logits: Tensor, is_positive: Tensor, priors: Priors) -> Tensor:
        """Compute the penalised risk; see `__call__` for the arguments."""
        is_unlabeled = others_of(is_positive)
        slack: float | Tensor = check_number(self.slack, "slack", words=["auto"])
        if self.slack == "auto":
            slack = automatic_slack(is_unlabeled, priors)
        positive = mean_over(logistic(logits), is_positive)
        count = (priors.unlabeled * number_of(is_unlabeled).double()).round().long()
        penalty = -log_count_probability(logits, is_unlabeled, count)
        return positive + slack * penalty.to(logits.dtype)


def log_count_probability(logits: Tensor, mask: Tensor, count: Tensor) -> Tensor:
    """Log-probability that so many of the samples in the mask are positive.

    `count` is a tensor, from 0 to the number of samples. It stays on its device, so
    that a GPU does not wait for its value.
    """
    logits = logits.double()
    if not len(logits):
        # The count is 0 for sure; the sum keeps the logits in the graph.
        return logits.sum()
    # One row per sample: the log-probabilities that it adds 0 and 1 to the count.
    log_zero = torch.where(mask, logsigmoid(-logits), 0.0)
    log_one = torch.where(mask, logsigmoid(logits), IMPOSSIBLE)
    counts = torch.stack([log_zero, log_one], 1)
    while len(counts) > 2:
        first, second = pairs(counts)
        counts = sum_terms(first, second).logsumexp(2)
    # The last sum is the longest. Only the row of one count is needed.
    first, second = pairs(counts)
    return sum_terms(first, second, count[None])[0, 0].logsumexp(0)


def pairs(counts: Tensor) -> tuple[Tensor, Tensor]:
    """Return rows 0, 2, 4, .. and rows 1, 3, 5, ..; a missing partner counts 0."""
    if len(counts) % 2:
        certainly_zero = torch.full_like(counts[:1], IMPOSSIBLE)
        certainly_zero[0, 0] = 0.0
        counts = torch.cat([counts, certainly_zero])
    return counts[::2], counts[1::2]


def sum_terms(first: Tensor, second: Tensor, totals: Tensor | None = None) -> Tensor:
    """Return ``log P(first = i) + log P(second = k - i)`` for all totals k and i.

    The result has a row of terms for each total; their sum is the probability of the
    total. `totals` selects some of the totals; None stands for all.
    """
    # For each k the reversed first lies k places further along the padded second:
    #
    #     k = 0:  a2 a1 a0                        a0 b0
    #     k = 1:     a2 a1 a0                     a1 b0 + a0 b1
    #     k = 2:        a2 a1 a0                  a2 b0 + a1 b1 + a0 b2, ...
    #              .  . b0 b1 b2  .  .            (here . is impossible)
    length = second.shape[1]
    padded = pad(second, (length - 1, length - 1), value=IMPOSSIBLE)
    windows = padded.unfold(1, length, 1)
    if totals is not None:
        windows = windows.index_select(1, totals)
    return windows + first.flip(1)[:, None]
