"""The base class of every criterion, and the means that criteria are made of."""

from collections.abc import Callable

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
    and the priors are checked.

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
        self, logits: Tensor, is_positive: Tensor, priors: Priors | float
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
            If a hyper-parameter that must be a number is not one.
        """
        if logits.ndim != 1 or is_positive.shape != logits.shape:
            raise ValueError(
                "`logits` and `is_positive` must both have shape (n,). Got "
                f"{tuple(logits.shape)} and {tuple(is_positive.shape)}."
            )
        logits = logits.float() if logits.dtype.itemsize < 4 else logits
        return self.compute(logits, is_positive > 0, as_priors(priors))

    def compute(self, logits: Tensor, is_positive: Tensor, priors: Priors) -> Tensor:
        """Compute the objective; see `__call__` for the arguments."""
        raise NotImplementedError(
            f"{type(self).__name__} must have a method compute(logits, is_positive, "
            "priors)."
        )


def mean_over(values: Tensor, mask: Tensor) -> Tensor:
    """Mean of the values that the mask selects; 0 if it selects none."""
    mask = mask.to(values.dtype)
    return (values * mask).sum() / mask.sum().clamp(min=1)


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
) -> tuple[Tensor, Tensor]:
    """Return the two parts of the unbiased PU risk, which is their sum.

    The first is the risk of the positives, ``pi E_P[l(s)]``. The second estimates
    the risk of the negatives, ``M[l(-s)] - pi E_P[l(-s)]``, with ``M`` the mean over
    the population: the unlabeled samples, and in the single scheme the labelled ones
    with their share ``h`` of the data set.
    """
    as_positive = mean_over(loss(logits), is_positive)
    as_negative = mean_over(loss(-logits), is_positive)
    unlabeled = mean_over(loss(-logits), ~is_positive)
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
