"""Losses of PyTorch, which know of labels and nothing of priors."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

import torch
from torch import nn

from pusklearn.pu.criteria._kinds import kinds_of
from pusklearn.pu.priors._priors import (
    Priors,
    PriorsWithNegatives,
    as_priors,
    as_priors_with_negatives,
)

# Losses of torch that take something else than a logit and a label of 1 or 0.
_UNSUITABLE = {
    "probabilities": ("BCELoss", "binary_cross_entropy"),
    "one output per class": (
        *("CrossEntropyLoss", "cross_entropy", "NLLLoss", "nll_loss"),
        *("MultiMarginLoss", "multi_margin_loss"),
    ),
    "labels of 1 and -1": (
        *("SoftMarginLoss", "soft_margin_loss"),
        *("HingeEmbeddingLoss", "hinge_embedding_loss"),
    ),
    "three tensors": (
        *("MarginRankingLoss", "margin_ranking_loss"),
        *("CosineEmbeddingLoss", "cosine_embedding_loss"),
        *("TripletMarginLoss", "triplet_margin_loss"),
        *("GaussianNLLLoss", "gaussian_nll_loss"),
    ),
}
POSITIONAL = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


class TwoArgumentLoss:
    """A loss of logits and labels as a criterion.

    Unlabeled samples count as negatives. The loss is called with the positives and
    with the unlabeled samples, and each kind gets the weight that the prior gives it.
    With ``torch.nn.BCEWithLogitsLoss()`` it is `PN`.

    Parameters
    ----------
    loss : callable
        The loss, called with logits and labels, 1.0 and 0.0. If it returns several
        values, their mean is taken.
    """

    def __init__(self, loss: Callable):
        self.loss = loss

    def __call__(
        self,
        logits: torch.Tensor,
        is_positive: torch.Tensor,
        priors: Priors | PriorsWithNegatives | float,
        *,
        is_negative: torch.Tensor | None = None,
    ) -> Any:
        """Return the loss of one batch."""
        total = logits.sum() * 0
        kinds = kinds_of(is_positive, is_negative)
        if is_negative is not None or isinstance(priors, PriorsWithNegatives):
            known = as_priors_with_negatives(priors)
            others = 1 - known.population - known.negative
            weighted = [
                (kinds.positives, 1.0, known.population),
                (kinds.negatives, 0.0, known.counted),
                (kinds.unlabeled, 0.0, others),
            ]
        else:
            share = as_priors(priors).population
            weighted = [
                (kinds.positives, 1.0, share),
                (kinds.unlabeled, 0.0, 1 - share),
            ]
        for kind, label, weight in weighted:
            part = logits[kind]
            if len(part):
                value = self.loss(part, torch.full_like(part, label))
                if not isinstance(value, torch.Tensor):
                    return value
                total = total + weight * value.mean()
        return total

    def __repr__(self) -> str:
        return repr(self.loss)


def with_priors(criterion: Any) -> Any:
    """Return a criterion as it is, and a loss of two arguments as a criterion.

    Raises
    ------
    TypeError
        If it takes neither ``(logits, is_positive, priors)`` nor ``(logits, labels)``,
        or is a loss of torch that takes something else, such as probabilities.
    """
    _check_is_suitable(criterion)
    call = criterion.forward if isinstance(criterion, nn.Module) else criterion
    try:
        parameters = list(signature(call).parameters.values())
    except (TypeError, ValueError):  # it tells no arguments
        return criterion
    if any(p.kind is Parameter.VAR_POSITIONAL for p in parameters):
        return criterion
    places = [p for p in parameters if p.kind in POSITIONAL]
    needed = sum(p.default is Parameter.empty for p in places)
    # The third argument of most losses of torch is something else, with a default.
    takes_priors = len(places) > 2 and (needed == 3 or places[2].name == "priors")
    if needed <= 3 and takes_priors:
        return criterion
    if needed <= 2 <= len(places):
        return TwoArgumentLoss(criterion)
    raise TypeError(
        "`criterion` must be called with (logits, is_positive, priors), or with "
        f"(logits, labels). Got {criterion!r} with the arguments "
        f"({', '.join(p.name for p in parameters)})."
    )


def _check_is_suitable(criterion: Any) -> None:
    is_loss = isinstance(criterion, nn.modules.loss._Loss)
    named: Any = type(criterion) if is_loss else criterion
    if not getattr(named, "__module__", "").startswith("torch.nn."):
        return
    for wanted, names in _UNSUITABLE.items():
        if named.__name__ in names:
            raise TypeError(
                "`criterion` must take logits and labels of 1 and 0, one of each per "
                f"sample. {named.__name__} takes {wanted}; give "
                "torch.nn.BCEWithLogitsLoss(), for example."
            )
