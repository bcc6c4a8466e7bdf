"""Recall and the share of the population that is predicted positive."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.pu.metrics._values_by_label import ValuesByLabel, predictions_by_label


class PURates(NamedTuple):
    """The rates that every metric of predicted labels is made of."""

    recall: float
    predicted: float
    prior: float

    @property
    def false_positive_rate(self) -> float:
        """Share of the negatives that are predicted positive."""
        return (self.predicted - self.prior * self.recall) / (1 - self.prior)


def pu_rates(
    y: ArrayLike,
    y_pred: ArrayLike,
    prior: float | None,
    scheme: str,
    pos_label: Any,
    *,
    needs_prior: bool = True,
) -> PURates:
    """Return the recall, the predicted share and the prior."""
    predicted = predictions_by_label(
        y, y_pred, prior, scheme, pos_label, needs_prior=needs_prior
    )
    return PURates(
        predicted.positive_mean(),
        predicted.population_mean(),
        predicted.priors.population,
    )


def precision_of_selected(selected: ValuesByLabel, *, empty: float) -> NDArray[Any]:
    """Share of positives among the selected samples, by Bayes' rule ``pi r / q``.

    The values say which samples are selected: bool for one selection, or rows of bool
    for several selections at once. A selection without a sample of the population
    gets the value `empty`.
    """
    recall, n_selected = selected.positives.mean(-1), selected.unlabeled.sum(-1)
    n_unlabeled, priors = selected.unlabeled.shape[-1], selected.priors
    if priors.labeled:
        rate = priors.labeled * recall + (
            (1 - priors.labeled) * n_selected / n_unlabeled
        )
    else:
        # If k of n samples are selected, (n + 1) / (k + 1) estimates 1 / q without
        # bias. The mean of n / k is greater by a share of about 1 / k, which matters
        # if few are selected.
        rate = np.where(n_selected, (n_selected + 1) / (n_unlabeled + 1), 0)
    precision = np.full(np.shape(recall), float(empty))
    np.divide(priors.population * recall, rate, out=precision, where=rate > 0)
    return precision
