"""Alignment of the predicted label distributions with the known ones."""

import torch
from torch import Tensor

from pusklearn.pu.criteria._criterion import Criterion, mean_over
from pusklearn.pu.criteria._kept import number_of, others_of
from pusklearn.pu.priors._priors import Priors


class DistPU(Criterion):
    r"""Keep the mean probability of both samples at their shares of positives.

    .. math:: (2 \pi - h) \left| E_P[\sigma(s)] - 1 \right|
              + (1 - h) \left| E_U[\sigma(s)] - \pi_U \right|

    with the prior :math:`\pi`, the share :math:`\pi_U` of positives among the
    unlabeled samples, and the labelled share :math:`h` of the population sample. In
    the case-control scheme :math:`h = 0`, and this is the formula of the paper.

    Notes
    -----
    The objective is an upper bound of the expected error
    :math:`\pi\, E_P[1 - \sigma] + (1 - \pi)\, E_N[\sigma]`. The error of the negatives
    follows from the two samples,

    .. math:: (1 - \pi)\, E_N[\sigma]
              = (1 - h) \left( E_U[\sigma] - \pi_U E_P[\sigma] \right),

    and :math:`(1 - h) \pi_U = \pi - h`. If no positives are among the unlabeled
    samples, the objective is that error itself.

    *The slope.* A batch of :math:`N` unlabeled samples happens to hold more or fewer
    positives; the deviation of their share is
    :math:`d = \sqrt{\pi_U (1 - \pi_U) / N}`. Within it, the slope of the absolute
    excess is the excess divided by :math:`d`, not its sign. Otherwise, the sign of
    the excess changes from batch to batch, and if the prior is small the positives,
    whose weight is small, are lost in that. The value is that of the formula.

    This is the core of Dist-PU, the alignment. It controls only the two means, so the
    probabilities of single samples are pushed towards 0 and 1 and do not measure
    confidence. The full method also lowers the entropy of the predictions, and predicts
    mixtures of samples (mixup), which takes a second pass through the network.

    References
    ----------
    Zhao, Xu, Jiang, Wen and Huang, "Dist-PU: Positive-unlabeled learning from a label
    distribution perspective", CVPR 2022.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import DistPU
    >>> logits = torch.tensor([2.0, 1.0, -3.0])
    >>> round(DistPU()(logits, torch.tensor([True, False, False]), 0.5).item(), 4)
    0.23
    """

    starts_at_prior = True

    def compute(
        self,
        logits: Tensor,
        is_positive: Tensor,
        priors: Priors,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the alignment; see `__call__` for the arguments."""
        population, labeled = priors
        missed = mean_over((-logits).sigmoid(), is_positive, sample_weight)
        share = mean_over(logits.sigmoid(), others_of(is_positive), sample_weight)
        excess = share - priors.unlabeled
        pull = excess_pull(excess, number_of(others_of(is_positive)), priors) * excess
        size = excess.abs().detach() + pull - pull.detach()
        return (2 * population - labeled) * missed + (1 - labeled) * size

    def negative_loss(self, logits: Tensor, priors: Priors) -> Tensor:
        """Compute the loss of known negatives, with the weight of the positives."""
        return (2 * priors.population - priors.labeled) * logits.sigmoid()


def excess_pull(excess: Tensor, n: Tensor, priors: Priors) -> Tensor:
    """Return the slope of the excess of `n` unlabeled samples, from -1 to 1.

    Within the deviation of the share of positives that a batch happens to hold, it is
    the excess in units of that.
    """
    variance = priors.unlabeled * (1 - priors.unlabeled) / n.clamp(min=1)
    deviation = variance.to(excess.dtype).sqrt()
    least = torch.finfo(excess.dtype).tiny
    return (excess.detach() / deviation.clamp(min=least)).clamp(-1, 1)
