"""The base class of every criterion, and the means that criteria are made of."""

from collections.abc import Callable
from inspect import Parameter, signature
from typing import Any

import torch
from sklearn.base import BaseEstimator
from torch import Tensor
from torch.nn.functional import softplus

from pusklearn.pu._checks import check_choice
from pusklearn.pu.criteria._kept import kept, number_of, others_of
from pusklearn.pu.criteria._kinds import Kinds, kinds_of
from pusklearn.pu.priors._priors import (
    Priors,
    PriorsWithNegatives,
    as_priors,
    as_priors_with_negatives,
)


class Criterion(BaseEstimator):
    """Base class of the objectives for positive-unlabeled learning.

    A criterion is a small clonable object: its hyper-parameters are those of a
    scikit-learn estimator, so grids reach inside it. It is called with a batch and
    returns a scalar tensor. A subclass implements ``compute`` with the same three
    arguments; there the logits have at least single precision, the labels are bool
    and the priors are checked. If ``compute`` has an argument ``sample_weight`` too,
    the criterion takes weights: it gets None, or weights whose mean is 1 over the
    positives and over the unlabeled samples. Known negatives need nothing: ``compute``
    is called without them, and the loss of each is that of `negative_loss`.

    Attributes
    ----------
    starts_at_prior : bool
        Whether a network that `PUClassifier` trains on features or images is to begin
        at the log-odds of the prior, if that is below 0.05. It is False unless a
        subclass says otherwise.

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

    starts_at_prior: bool = False

    def __call__(
        self,
        logits: Tensor,
        is_positive: Tensor,
        priors: Priors | PriorsWithNegatives | float,
        *,
        sample_weight: Tensor | None = None,
        is_negative: Tensor | None = None,
    ) -> Tensor:
        r"""Return the objective of one batch.

        Parameters
        ----------
        logits : torch.Tensor of shape (n,)
            Log-odds of the positive class. Lower precisions are taken to float32.
        is_positive : torch.Tensor of shape (n,)
            True, or a number above 0, for labelled positives; False, or another
            number, for unlabeled samples.
        priors : Priors, PriorsWithNegatives or float
            The class priors; a number is the share of positives in the population
            in the case-control scheme. With known negatives, `PriorsWithNegatives`
            tell their share, and what they count.
        sample_weight : torch.Tensor of shape (n,) or None, default=None
            Weights of the samples, at least 0: every mean over the positives, or over
            the unlabeled samples, is weighted. None gives all the same weight.
        is_negative : torch.Tensor of shape (n,) or None, default=None
            True, or a number above 0, for known negatives, none of which is a labelled
            positive. They are not among the unlabeled samples, and add a loss of their
            own, see Notes. None if there are none.

        Returns
        -------
        torch.Tensor of shape ()
            The value to minimise. It is finite, and so is its gradient, even if the
            batch has no positive, no unlabeled sample, or no sample at all.

        Raises
        ------
        ValueError
            If the shapes are not (n,), a share or a hyper-parameter is out of its
            range, or a sample is both a labelled positive and a known negative.
        TypeError
            If a hyper-parameter that must be a number is not one, or weights are given
            and ``compute`` takes none.

        Notes
        -----
        Let ``R(pi, h)`` be the objective of the samples that are not known negatives,
        ``c`` the share of these in the population's sample, and ``w`` the share that
        they count as. With known negatives, the objective is

        .. math:: (1 - c) \left[ R\left(\frac{\pi}{1 - c}, \frac{h}{1 - c}\right)
                  + \frac{a\, w}{\pi}\, E_K[\ell(-s)] \right]

        with the mean :math:`E_K` of the loss over them, and the weight :math:`a` that
        the loss of the positives has in :math:`R`. For a risk such as that of `UPU`,
        :math:`a = \pi / (1 - c)`, and for :math:`w = c` this is the risk of the
        population:

        .. math:: \pi\, E_P[\ell(s)] + c\, E_K[\ell(-s)]
                  + (1 - h - c)\, E_U[\ell(-s)] - (\pi - h)\, E_P[\ell(-s)]
        """
        if logits.ndim != 1 or is_positive.shape != logits.shape:
            raise ValueError(
                "`logits` and `is_positive` must both have shape (n,). Got "
                f"{tuple(logits.shape)} and {tuple(is_positive.shape)}."
            )
        logits = logits.float() if logits.dtype.itemsize < 4 else logits
        if is_negative is not None or isinstance(priors, PriorsWithNegatives):
            return self._with_negatives(
                logits,
                as_priors_with_negatives(priors),
                sample_weight,
                kinds_of(is_positive, is_negative),
            )
        if is_positive.dtype != torch.bool:
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

    def negative_loss(self, logits: Tensor, priors: Priors) -> Tensor:
        """Compute the loss of each known negative, as much as a positive's weighs.

        Parameters
        ----------
        logits : torch.Tensor of shape (n,)
            Log-odds of the positive class, of known negatives.
        priors : Priors
            The priors that ``compute`` is called with.

        Returns
        -------
        torch.Tensor of shape (n,)
            The losses. A criterion gives them the weight that it gives to the mean loss
            of the positives, which is 1 here, with the logistic loss.
        """
        return logistic(-logits)

    def _with_negatives(
        self,
        logits: Tensor,
        priors: PriorsWithNegatives,
        sample_weight: Tensor | None,
        kinds: Kinds,
    ) -> Tensor:
        rest, negatives = kinds.rest, kinds.negatives
        rest_weight = None if sample_weight is None else sample_weight[rest]
        value = self(
            logits[rest],
            kinds.is_positive,
            priors.rest,
            sample_weight=rest_weight,
        )
        losses = self.negative_loss(logits[negatives], priors.rest)
        if sample_weight is None:
            weight = torch.ones_like(losses)
        else:
            weight = sample_weight[negatives].to(losses.dtype)
        total = weight.sum()
        mean = (losses * weight).sum() / total.where(total > 0, torch.ones_like(total))
        value = value + priors.counted / priors.population * mean
        return (1 - priors.negative) * value


class RiskCriterion(Criterion):
    """Base class of the criteria that estimate a risk, with the parameter `loss`."""

    loss: str
    starts_at_prior = True

    def negative_loss(self, logits: Tensor, priors: Priors) -> Tensor:
        """Compute the loss of known negatives, with the weight of the positives."""
        return priors.population * margin_loss(self.loss)(-logits)


def takes_weights(criterion: Any) -> bool:
    """Tell whether a criterion or another callable takes weights of samples."""
    call = criterion.compute if isinstance(criterion, Criterion) else criterion
    return has_argument(call, "sample_weight")


def check_takes_negatives(criterion: Any) -> None:
    """Raise a TypeError if a criterion takes no known negatives."""
    if not has_argument(criterion, "is_negative"):
        raise TypeError(
            "Known negatives need a criterion with an argument `is_negative`, a tensor "
            f"of bool that is given by its name. {criterion!r} has none; add it, take "
            "a criterion of pusklearn.criteria, or leave the known negatives out."
        )


def has_argument(call: Any, name: str) -> bool:
    """Tell whether a callable takes an argument that is given by its name."""
    # torch calls `forward` with whatever arguments.
    call = call.forward if isinstance(call, torch.nn.Module) else call
    try:
        parameters = signature(call).parameters.values()
    except (TypeError, ValueError):  # a callable that tells no arguments
        return False
    return any(p.name == name or p.kind is Parameter.VAR_KEYWORD for p in parameters)


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
    for mask in (is_positive, others_of(is_positive)):
        total = (weight * mask).sum()
        factor = number_of(mask) / total.where(total > 0, torch.ones_like(total))
        weight = torch.where(mask, weight * factor, weight)
    return weight


def mean_over(values: Tensor, mask: Tensor, weight: Tensor | None = None) -> Tensor:
    """Mean of the values that the mask selects; 0 if it selects none.

    The mean of the weights is 1 over the mask; None gives all the same weight.
    """
    dtype = values.dtype
    selected = kept(mask, dtype, lambda: mask.to(dtype))
    n = kept(mask, ("number", dtype), lambda: selected.sum().clamp(min=1))
    return (values * (selected if weight is None else selected * weight)).sum() / n


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
    unlabeled = mean_over(loss(-logits), others_of(is_positive), weight)
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
