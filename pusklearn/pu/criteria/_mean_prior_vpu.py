"""Variational PU learning with the prior as the mean, corrected below zero."""

from torch import Tensor

from pusklearn.pu._checks import check_choice
from pusklearn.pu.criteria._criterion import Criterion, logistic, mean_over
from pusklearn.pu.criteria._kept import others_of
from pusklearn.pu.criteria._nnpu import non_negative
from pusklearn.pu.priors._priors import Priors

CORRECTIONS = ("absolute", "non-negative", None)


class MeanPriorVPU(Criterion):
    r"""Variational distance at a known mean, corrected when it overfits.

    .. math:: \pi\, E_P[\ell(s) + \sigma(s)] + | r |, \qquad
              r = M[\sigma(s)] - \pi\, E_P[\sigma(s)]

    with the prior :math:`\pi`, the logistic loss :math:`\ell(s) = -\log \sigma(s)`,
    and the mean :math:`M` over the population (see `UPU`). Its minimum is the
    probability of being positive, so its outputs need no further scale.

    Parameters
    ----------
    correction : {"absolute", "non-negative"} or None, default="absolute"
        What happens if :math:`r` falls below zero. "absolute" takes its absolute
        value, as in `AbsPU`. "non-negative" takes the step that undoes it, as in
        `NNPU`. None leaves it as it is: a flexible network then memorises the labelled
        positives, and calls nearly everything else negative when labels are few.

    Notes
    -----
    The variational objective (see `VPU`) is
    :math:`E_P[\ell(s)] + \log M[\sigma(s)]`. A logarithm lies below its tangents, of
    which that at the prior gives

    .. math:: E_P[\ell(s)] + \log M[\sigma(s)] \le
              E_P[\ell(s)] + \frac{M[\sigma(s)]}{\pi} - 1 + \log \pi ,

    and both sides are equal where the mean is the prior. The right side, times the
    prior and without its constants, is :math:`\pi\, E_P[\ell(s)] + M[\sigma(s)]`.
    Unlike the logarithm of a mean, it is a sum over samples, so batches estimate it
    without bias. Its minimum is at
    :math:`\sigma(s) = \pi\, p(x \mid y = 1) / p(x) = P(y = 1 \mid x)`. This is "VPU
    with the mean prior and without MixUp" of the second reference; there, the mean is
    that of the batch.

    It is also the unbiased risk of a proper loss, which is
    :math:`\ell(s) + \sigma(s)` for positives and :math:`\sigma(s)` for negatives. The
    part :math:`r` estimates :math:`(1 - \pi)\, E_N[\sigma(s)]`, which cannot be
    negative. This is where the correction comes from; it is not in the references on
    the variational objective.

    References
    ----------
    Chen, Liu, Wang, Zhao and Wu, "A variational approach for learning from positive
    and unlabeled data", NeurIPS 2020, section 3; the third phase of a fork of PU-Bench,
    https://github.com/AlonKellner-RedHat/PU-Bench, for the mean and the prior;
    Hammoudeh and Lowd, "Learning from positive and unlabeled data with arbitrary
    positive shift", NeurIPS 2020, for the absolute value.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import MeanPriorVPU
    >>> logits = torch.tensor([2.0, -1.0, -3.0])
    >>> is_positive = torch.tensor([True, False, False])
    >>> round(MeanPriorVPU()(logits, is_positive, 0.5).item(), 4)
    0.7861
    >>> plain = MeanPriorVPU(correction=None)
    >>> round(plain(logits, is_positive, 0.5).item(), 4)
    0.2216
    """

    starts_at_prior = True

    def __init__(self, correction: str | None = "absolute") -> None:
        self.correction = correction

    def compute(
        self,
        logits: Tensor,
        is_positive: Tensor,
        priors: Priors,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the corrected objective; see `__call__` for the arguments."""
        check_choice(self.correction, "correction", CORRECTIONS)
        population, labeled = priors
        probabilities = logits.sigmoid()
        of_positives = mean_over(probabilities, is_positive, sample_weight)
        of_unlabeled = mean_over(probabilities, others_of(is_positive), sample_weight)
        mean = labeled * of_positives + (1 - labeled) * of_unlabeled
        losses = logistic(logits) + probabilities
        positive = population * mean_over(losses, is_positive, sample_weight)
        negative = mean - population * of_positives
        if self.correction == "non-negative":
            return non_negative(positive, negative, 0.0, 1.0)
        return positive + (negative if self.correction is None else negative.abs())

    def negative_loss(self, logits: Tensor, priors: Priors) -> Tensor:
        """Compute the loss of known negatives, with the weight of the positives."""
        return priors.population * logits.sigmoid()
