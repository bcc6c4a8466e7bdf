"""The non-negative PU risk of a population with another share of positives."""

from torch import Tensor

from pusklearn.pu._checks import check_number
from pusklearn.pu.criteria._criterion import Criterion, margin_loss, risk_terms
from pusklearn.pu.criteria._nnpu import non_negative
from pusklearn.pu.priors._priors import Priors


class ImbalancedNNPU(Criterion):
    r"""Non-negative PU risk of a population with another share of positives.

    .. math:: \pi'\, E_P[\ell(s)] + \frac{1 - \pi'}{1 - \pi}
              \left( M[\ell(-s)] - \pi\, E_P[\ell(-s)] \right)

    with the prior :math:`\pi`, the share :math:`\pi'` that the positives are to have
    in the risk, and the mean :math:`M` over the population (see `UPU`). The second
    part is :math:`1 - \pi'` times the risk of the negatives; if it falls below zero,
    it is corrected as in `NNPU`.

    With :math:`\pi' = 1/2` both classes have the same weight, and the scores are the
    log-odds for balanced classes. This suits balanced accuracy, F1 or ranking when
    positives are rare. To read the scores as log-odds in the population, add
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

    def __init__(
        self,
        positive_weight: float = 0.5,
        *,
        beta: float = 0.0,
        gamma: float = 1.0,
        loss: str = "logistic",
    ) -> None:
        self.positive_weight = positive_weight
        self.beta = beta
        self.gamma = gamma
        self.loss = loss

    def compute(
        self,
        logits: Tensor,
        is_positive: Tensor,
        priors: Priors,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Compute the reweighted risk; see `__call__` for the arguments."""
        check_number(self.positive_weight, "positive_weight", "[0, 1]")
        check_number(self.beta, "beta", "[0, inf]")
        check_number(self.gamma, "gamma", "[0, 1]")
        positive, negative = risk_terms(
            logits, is_positive, priors, margin_loss(self.loss), sample_weight
        )
        return non_negative(
            self.positive_weight / priors.population * positive,
            (1 - self.positive_weight) / (1 - priors.population) * negative,
            self.beta,
            self.gamma,
        )

    def negative_loss(self, logits: Tensor, priors: Priors) -> Tensor:
        """Compute the loss of known negatives, with the weight of the positives."""
        return self.positive_weight * margin_loss(self.loss)(-logits)
