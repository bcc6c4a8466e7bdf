"""The base of every criterion, and the means that they are made of."""

import math
from numbers import Real

import torch
from sklearn.base import BaseEstimator
from torch.nn.functional import softplus

from pusklearn.pu.priors._priors import as_priors


class Criterion(BaseEstimator):
    """Base class of the objectives for positive-unlabeled learning.

    A criterion is a small clonable object: its hyper-parameters are those of a
    scikit-learn estimator, so grids reach inside it. It is called with a batch and
    returns a scalar tensor. A subclass implements ``compute`` with the same three
    arguments; there the logits have at least single precision.
    """

    def __call__(self, logits, is_positive, priors):
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
            To be minimised. Finite, with a finite gradient, for batches without a
            positive, without an unlabeled sample or without any too.

        Raises
        ------
        ValueError
            Where the shapes are not (n,), or a share is out of its range.
        """
        if logits.ndim != 1 or is_positive.shape != logits.shape:
            raise ValueError(
                "`logits` and `is_positive` must both have shape (n,). Got "
                f"{tuple(logits.shape)} and {tuple(is_positive.shape)}."
            )
        logits = logits.float() if logits.dtype.itemsize < 4 else logits
        return self.compute(logits, is_positive > 0, as_priors(priors))


def check_least(name, value, least, most=math.inf):
    """Raise a ValueError where a hyper-parameter is out of its range."""
    if not isinstance(value, Real) or not least <= value <= most:
        raise ValueError(
            f"`{name}` must be a number in [{least}, {most}]. Got {value!r}."
        )


def check_slack(slack):
    """Raise a ValueError for a slack other than "auto" or a number of at least 0."""
    is_auto = isinstance(slack, str) and slack == "auto"
    if not is_auto and not (isinstance(slack, Real) and slack >= 0):
        raise ValueError(f"`slack` must be 'auto' or a number >= 0. Got {slack!r}.")


def mean_over(values, mask):
    """Mean of the values where the mask holds; 0 where it holds nowhere."""
    mask = mask.to(values.dtype)
    return (values * mask).sum() / mask.sum().clamp(min=1)


def logistic(margins):
    """Logistic loss ``log(1 + exp(-margin))``."""
    return softplus(-margins)


def sigmoid_loss(margins):
    """Sigmoid loss ``1 / (1 + exp(margin))`` of Kiryo et al."""
    return (-margins).sigmoid()


MARGIN_LOSSES = {"logistic": logistic, "sigmoid": sigmoid_loss}


def margin_loss(name):
    """Look a margin loss up by name."""
    if name not in MARGIN_LOSSES:
        raise ValueError(
            f"`loss` must be one of {sorted(MARGIN_LOSSES)}. Got {name!r}."
        )
    return MARGIN_LOSSES[name]


def risk_terms(logits, is_positive, priors, loss):
    """Return the positives' risk and the rest, of which unbiased PU risk is the sum.

    The first is ``pi E_P[l(s)]``, the second ``M[l(-s)] - pi E_P[l(-s)]`` with ``M``
    the mean over the population: the unlabeled samples, and in the single scheme the
    labelled ones with their share ``h`` of the data set.
    """
    as_positive = mean_over(loss(logits), is_positive)
    as_negative = mean_over(loss(-logits), is_positive)
    unlabeled = mean_over(loss(-logits), ~is_positive)
    population = priors.labeled * as_negative + (1 - priors.labeled) * unlabeled
    return (
        priors.population * as_positive,
        population - priors.population * as_negative,
    )


def unlabeled_prior(priors, n):
    """Share of positives among `n` unlabeled samples: half a sample where it is 0."""
    if priors.unlabeled > 0:
        return torch.full((), priors.unlabeled, dtype=torch.double, device=n.device)
    return 0.5 / n.double().clamp(min=1)
