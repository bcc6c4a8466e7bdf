"""The non-negative PU risk with classes of other weights than their shares."""

from pusklearn.pu.criteria._criterion import (
    Criterion,
    check_least,
    margin_loss,
    risk_terms,
)
from pusklearn.pu.criteria._nnpu import non_negative


class ImbalancedNNPU(Criterion):
    r"""Non-negative PU risk of a population with another share of positives.

    .. math:: \pi'\, E_P[\ell(s)] + \frac{1 - \pi'}{1 - \pi}
              \left( M[\ell(-s)] - \pi\, E_P[\ell(-s)] \right)

    with the prior :math:`\pi`, the share :math:`\pi'` that the positives are to have
    in the risk, and :math:`M` the mean over the population (see `UPU`). The second
    part is :math:`1 - \pi'` times the risk of the negatives; where it falls below
    zero, it is corrected as in `NNPU`.

    With :math:`\pi' = 1/2` both classes weigh the same, so the scores are the
    log-odds for balanced classes: for balanced accuracy, F1 or ranking where
    positives are rare. To read them as log-odds in the population, add
    :math:`\log(\pi / (1 - \pi)) - \log(\pi' / (1 - \pi'))`.

    Parameters
    ----------
    positive_weight : float, default=0.5
        The share :math:`\pi'`, in [0, 1].
    beta : float, default=0.0
        Tolerance of the second part below zero, at least 0.
    gamma : float, default=1.0
        Size of the correcting step, in [0, 1].
    loss : {"logistic", "sigmoid"}, default="logistic"
        The margin loss :math:`\ell`. The paper takes the sigmoid loss.

    References
    ----------
    Su, Chen and Xu, "Positive-unlabeled learning from imbalanced data", IJCAI 2021.

    Examples
    --------
    >>> import torch
    >>> from pusklearn.criteria import ImbalancedNNPU
    >>> logits = torch.tensor([2.0, 1.0, -3.0])
    >>> is_positive = torch.tensor([True, False, False])
    >>> round(ImbalancedNNPU()(logits, is_positive, 0.1).item(), 4)
    0.3236
    """

    def __init__(self, positive_weight=0.5, *, beta=0.0, gamma=1.0, loss="logistic"):
        self.positive_weight = positive_weight
        self.beta = beta
        self.gamma = gamma
        self.loss = loss

    def compute(self, logits, is_positive, priors):
        """Compute the reweighted risk; see `__call__` for the arguments."""
        check_least("positive_weight", self.positive_weight, 0, 1)
        check_least("beta", self.beta, 0)
        check_least("gamma", self.gamma, 0, 1)
        positive, rest = risk_terms(logits, is_positive, priors, margin_loss(self.loss))
        return non_negative(
            self.positive_weight / priors.population * positive,
            (1 - self.positive_weight) / (1 - priors.population) * rest,
            self.beta,
            self.gamma,
        )
