"""Variational PU learning."""

from math import log

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid

from pusklearn.pu._checks import check_number
from pusklearn.pu.criteria._criterion import Criterion, logistic, mean_over
from pusklearn.pu.criteria._kept import number_of, others_of
from pusklearn.pu.priors._priors import Priors


class VPU(Criterion):
    r"""Variational distance of the positives from the population.

    .. math:: E_P[\ell(s)] + \log M[\sigma(s)]
              + \lambda\, KL(\pi \,\|\, M[\sigma(s)])

    with the logistic loss :math:`\ell(s) = -\log \sigma(s)`, the mean :math:`M` over
    the population (see `UPU`), the share :math:`\pi` of positives in it, and the
    divergence between Bernoulli distributions.

    The first two terms are the variational objective. It is smallest if
    :math:`\sigma(s)` is proportional to the probability of being positive. It needs no
    prior, and a constant factor of :math:`\sigma(s)` does not change it. The third
    term fixes that factor.

    Parameters
    ----------
    slack : float, default=10.0
        Weight :math:`\lambda` of the penalty, at least 0. With 0 the variational
        objective stands alone: the ranking is good, but 0.5 is not a useful threshold
        and the outputs are not probabilities. Then set the threshold or the
        probabilities afterwards, for example with `PUThresholdClassifier` or
        `PUCalibratedClassifier`.

    Notes
    -----
    This is not the whole method of the paper. The paper fixes the factor after the
    training: it divides by the greatest :math:`\sigma(s)` of the training samples.
    Here the prior fixes it during the training, so no single sample decides. The paper
    also has a regulariser, which compares predictions for mixtures of samples (mixup)
    with mixtures of predictions. It takes a second pass through the network and is
    left out; without it a flexible network memorises the labelled positives sooner.

    In the case-control scheme, the objective with its penalty is the sum of `GEKL` and
    :math:`\log M[\sigma(s)]`.

    References
    ----------
    Chen, Liu, Wang, Zhao and Wu, "A variational approach for learning from positive
    and unlabeled data", NeurIPS 2020.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import VPU
    >>> logits = torch.tensor([2.0, -1.0, -3.0])
    >>> is_positive = torch.tensor([True, False, False])
    >>> round(VPU()(logits, is_positive, 0.5).item(), 4)
    1.4324
    >>> without_penalty = VPU(slack=0.0)
    >>> round(without_penalty(logits, is_positive, 0.5).item(), 4)
    -1.7171
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
        """Compute the penalised distance; see `__call__` for the arguments."""
        check_number(self.slack, "slack")
        positive = mean_over(logistic(logits), is_positive, sample_weight)
        log_mean = log_population_mean(
            logits, is_positive, priors.labeled, sample_weight
        )
        log_rest = log_population_mean(
            -logits, is_positive, priors.labeled, sample_weight
        )
        share = priors.population
        divergence = share * (log(share) - log_mean)
        divergence += (1 - share) * (log(1 - share) - log_rest)
        return positive + log_mean + self.slack * divergence


def log_population_mean(
    logits: Tensor,
    is_positive: Tensor,
    labeled: float,
    sample_weight: Tensor | None = None,
) -> Tensor:
    """Log of the mean probability over the population; 0 if it has no sample.

    The mean is a weighted sum, ``sum_i w_i sigmoid(s_i)``, in which the positives
    share the weight `labeled` and the unlabeled samples the rest. Its logarithm is
    computed as ``logsumexp(log w_i + log sigmoid(s_i))``, so it is never infinite.
    """
    n_positive = number_of(is_positive).to(logits.dtype).clamp(min=1)
    n_unlabeled = number_of(others_of(is_positive)).to(logits.dtype).clamp(min=1)
    weight = torch.where(is_positive, labeled / n_positive, (1 - labeled) / n_unlabeled)
    if sample_weight is not None:
        weight = weight * sample_weight
    some = (weight > 0).any()
    # If all weights are 0, the gradient of the logsumexp would be NaN: weights of 1
    # (logarithm 0) take their place, and the last line drops the result.
    log_weight = weight.log().where(some, torch.zeros_like(weight))
    log_mean = torch.logsumexp(logsigmoid(logits) + log_weight, 0)
    return log_mean.where(some, torch.zeros_like(log_mean))
