"""Variational PU learning."""

from math import log

import torch
from torch.nn.functional import logsigmoid

from pusklearn.pu.criteria._criterion import (
    Criterion,
    check_least,
    logistic,
    mean_over,
)


class VPU(Criterion):
    r"""Variational distance of the positives from the population.

    .. math:: E_P[\ell(s)] + \log M[\sigma(s)]
              + \lambda\, KL(\pi \,\|\, M[\sigma(s)])

    with the logistic loss :math:`\ell(s) = -\log \sigma(s)`, the mean :math:`M` over
    the population (see `UPU`), its share :math:`\pi` of positives, and the divergence
    between Bernoulli distributions.

    The first two terms are the variational objective. It is least where
    :math:`\sigma(s)` is proportional to the probability of being positive, knows no
    prior, and does not change with the factor. The third fixes the factor.

    Parameters
    ----------
    slack : float, default=10.0
        Weight :math:`\lambda` of the penalty, at least 0. 0 leaves the variational
        objective bare: good for ranking, while 0.5 is no threshold and the
        probabilities are none. Then set the threshold or the probabilities
        afterwards, for example with `PUThresholdClassifier` or
        `PUCalibratedClassifier`.

    Notes
    -----
    This is not the whole method of the paper. There the factor is fixed after the
    training, by dividing by the greatest :math:`\sigma(s)` of the training samples;
    here it is fixed while training, by the prior, and no single sample decides. There
    a regulariser compares predictions for mixtures of samples (mixup) with mixtures
    of predictions; it takes a second pass through the network and is left out.
    Without it a flexible network learns the labelled positives by heart sooner.

    In the case-control scheme, the objective with its penalty is that of `GEKL` and
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
    >>> bare = VPU(slack=0.0)
    >>> round(bare(logits, is_positive, 0.5).item(), 4)
    -1.7171
    """

    def __init__(self, slack=10.0):
        self.slack = slack

    def compute(self, logits, is_positive, priors):
        """Compute the penalised distance; see `__call__` for the arguments."""
        check_least("slack", self.slack, 0)
        positive = mean_over(logistic(logits), is_positive)
        log_mean = log_population_mean(logits, is_positive, priors.labeled)
        log_rest = log_population_mean(-logits, is_positive, priors.labeled)
        share = priors.population
        divergence = share * (log(share) - log_mean)
        divergence += (1 - share) * (log(1 - share) - log_rest)
        return positive + log_mean + self.slack * divergence


def log_population_mean(logits, is_positive, labeled):
    """Log of the mean probability over the population; 0 where none of it is there.

    It is taken without forming the mean, so that it is never infinite.
    """
    n_positive = is_positive.sum().to(logits.dtype).clamp(min=1)
    n_unlabeled = (~is_positive).sum().to(logits.dtype).clamp(min=1)
    share = torch.where(is_positive, labeled / n_positive, (1 - labeled) / n_unlabeled)
    some = (share > 0).any()
    # At least one term must be finite for the gradient to be; `some` drops it.
    log_share = share.log().where(some, torch.zeros_like(share))
    log_mean = torch.logsumexp(logsigmoid(logits) + log_share, 0)
    return log_mean.where(some, torch.zeros_like(log_mean))
