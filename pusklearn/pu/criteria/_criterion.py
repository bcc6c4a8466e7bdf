"""The base class of every criterion, and the means that criteria are made of."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

import torch
from sklearn.base import BaseEstimator
from torch import Tensor
from torch.nn.functional import softplus

from pusklearn.pu._checks import check_choice
from pusklearn.pu.priors._priors import Priors, as_priors


class Criterion(BaseEstimator):
    """Base class of the objectives for positive-unlabeled learning.

    A criterion is a small clonable object: its hyper-parameters are those of a
    scikit-learn estimator, so grids reach inside it. It is called with a batch and
    returns a scalar tensor. A subclass implements ``compute`` with the same three
    arguments; there the logits have at least single precision, the labels are bool
    and the priors are checked. If ``compute`` has an argument ``sample_weight`` too,
    the criterion takes weights: it gets None, or weights whose mean is 1 over the
    positives and over the unlabeled samples.

    Examples
    --------
    A criterion of your own is a subclass with one method:

    >>> import torch
    >>> from pusklearn.criteria import Criterion
    >>> class MeanScore(Criterion):
    ...     def compute(self, logits, is_positive, priors):
    ...         return logits[~is_positive].mean() - logits[is_positive].mean()
    >>> logits = torch.tensor([2.0, -1.0, -3.0])
    >>> MeanScore()(logits, torch.tensor([True, False, False]), 0.5).item()
    -4.0
    """

    def __call__(
        self,
        logits: Tensor,
        is_positive: Tensor,
        priors: Priors | float,
        *,
        sample_weight: Tensor | None = None,
    ) -> Tensor:
        """Return the objective of one batch.

        Parameters
        ----------
        logits : torch.Tensor of shape (n,)
            Log-odds of the positive class. Lower precisions are taken to float32.
        is_positive : torch.Tensor of shape (n,)
            True, or a number above 0, for labelled positives; False, or another
            number, for unlabeled samples.
        priors : Priors or float
            The class priors; a number is the share of positives in the population
            in the case-control scheme.
        sample_weight : torch.Tensor of shape (n,) or None, default=None
            Weights of the samples, at least 0: every mean over the positives, or over
            the unlabeled samples, is weighted. None gives all the same weight.

        Returns
        -------
        torch.Tensor of shape ()
            The value to minimise. It is finite, and so is its gradient, even if the
            batch has no positive, no unlabeled sample, or no sample at all.

        Raises
        ------
        ValueError
            If the shapes are not (n,), or a share or a hyper-parameter is out of its
            range.
        TypeError
            If a hyper-parameter that must be a number is not one, or weights are given
            and ``compute`` takes none.
        """
        if logits.ndim != 1 or is_positive.shape != logits.shape:
            raise ValueError(
                "`logits` and `is_positive` must both have shape (n,). Got "
                f"{tuple(logits.shape)} and {tuple(is_positive.shape)}."
            )
        logits = logits.float() if logits.dtype.itemsize < 4 else logits
        is_positive = is_positive > 0
        if sample_weight is None:
            return self.compute(logits, is_positive, as_priors(priors))
        check_takes_weights(self)
        weight = balanced(sample_weight.to(logits.dtype), is_positive)
        compute: Any = self.compute
        return compute(logits, is_positive, as_priors(priors), sample_weight=weight)

    def compute(self, logits: Tensor, is_positive: Tensor, priors: Priors) -> Tensor:
        """Compute the objective; see `__call__` for the arguments."""
        raise NotImplementedError(
            f"{type(self).__name__} must have a method compute(logits, is_positive, "
            "priors)."
        )


def takes_weights(criterion: Any) -> bool:
    """Tell whether a criterion or another callable takes weights of samples."""
    call = criterion.compute if isinstance(criterion, Criterion) else criterion
    # torch calls `forward` with whatever arguments.
    call = call.forward if isinstance(call, torch.nn.Module) else call
    try:
        parameters = signature(call).parameters.values()
    except (TypeError, ValueError):  # a callable that tells no arguments
        return False
    return any(
        p.name == "sample_weight" or p.kind is Parameter.VAR_KEYWORD for p in parameters
    )


def check_takes_weights(criterion: Any) -> None:
    """Raise a TypeError if a criterion takes no weights of samples."""
    if not takes_weights(criterion):
        raise TypeError(
            "`sample_weight` needs a criterion with an argument of that name. "
            f"{criterion!r} has none; leave the weights out, or leave out the samples "
            "that are not to count."
        )


def balanced(weight: Tensor, is_positive: Tensor) -> Tensor:
    """Return weights with a mean of 1 over the positives and over the unlabeled."""
    for mask in (is_positive, ~is_positive):
        total = (weight * mask).sum()
        factor = mask.sum() / total.where(total > 0, torch.ones_like(total))
        weight = torch.where(mask, weight * factor, weight)
    return weight


def mean_over(values: Tensor, mask: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean of the values that the mask selects; 0 if it selects none.

    The mean of the weights is 1 over the mask; None gives all the same weight.
    """
    mask = mask.to(values.dtype)
    n = mask.sum().clamp(min=1)
    return (values * (mask if weight is None else mask * weight)).sum() / n


def logistic(margins: Tensor) -> Tensor:
    """Logistic loss ``log(1 + exp(-margin))``."""
    return softplus(-margins)


def sigmoid_loss(margins: Tensor) -> Tensor:
    """Sigmoid loss ``1 / (1 + exp(margin))`` of Kiryo et al."""
    return (-margins).sigmoid()


MARGIN_LOSSES = {"logistic": logistic, "sigmoid": sigmoid_loss}


def margin_loss(name: str) -> Callable[[Tensor], Tensor]:
    """Return the margin loss of that name, or raise a ValueError."""
    return MARGIN_LOSSES[check_choice(name, "loss", sorted(MARGIN_LOSSES))]


def risk_terms(
    logits: Tensor,
    is_positive: Tensor,
    priors: Priors,
    loss: Callable[[Tensor], Tensor],
    weight: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the two parts of the unbiased PU risk, which is their sum.

    The first is the risk of the positives, ``pi E_P[l(s)]``. The second estimates
    the risk of the negatives, ``M[l(-s)] - pi E_P[l(-s)]``, with ``M`` the mean over
    the population: the unlabeled samples, and in the single scheme the labelled ones
    with their share ``h`` of the data set.
    """
    as_positive = mean_over(loss(logits), is_positive, weight)
    as_negative = mean_over(loss(-logits), is_positive, weight)
    unlabeled = mean_over(loss(-logits), ~is_positive, weight)
    population = priors.labeled * as_negative + (1 - priors.labeled) * unlabeled
    return (
        priors.population * as_positive,
        population - priors.population * as_negative,
    )


def unlabeled_prior(priors: Priors, n: Tensor) -> Tensor:
    """Share of positives among `n` unlabeled samples; half a sample if it is 0."""
    if priors.unlabeled > 0:
        return torch.full((), priors.unlabeled, dtype=torch.double, device=n.device)
    return 0.5 / n.double().clamp(min=1)
