"""Recall and the share of the population that is predicted positive."""

from typing import NamedTuple

import numpy as np

from pusklearn.pu.metrics._values_by_label import ValuesByLabel, predictions_by_label


class PURates(NamedTuple):
    """What every metric of predicted labels is made of."""

    recall: float
    predicted: float
    prior: float

    @property
    def false_positive_rate(self):
        """Share of the negatives that is predicted positive."""
        return (self.predicted - self.prior * self.recall) / (1 - self.prior)


def pu_rates(y, y_pred, prior, scheme, pos_label, *, needs_prior=True):
    """Return the recall, the predicted share and the prior."""
    found = predictions_by_label(
        y, y_pred, prior, scheme, pos_label, needs_prior=needs_prior
    )
    predicted = found.population_mean()
    return PURates(found.positive_mean(), predicted, found.priors.population)


def precision_of_selected(found: ValuesByLabel, *, empty):
    """Share of positives among the samples found, by Bayes' rule ``pi r / q``.

    The values are bool, or rows of bool for several choices at once; `empty` stands
    where no sample of the population is found.
    """
    recall, n_found = found.positives.mean(-1), found.unlabeled.sum(-1)
    n_unlabeled, priors = found.unlabeled.shape[-1], found.priors
    if priors.labeled:
        predicted = priors.labeled * recall + (
            (1 - priors.labeled) * n_found / n_unlabeled
        )
    else:
        # 1/q of k found among n is (n + 1) / (k + 1) without bias; n / k is greater by
        # a share of 1 / k in the mean, which counts where few are found.
        predicted = np.where(n_found, (n_found + 1) / (n_unlabeled + 1), 0)
    share = np.full(np.shape(recall), float(empty))
    np.divide(priors.population * recall, predicted, out=share, where=predicted > 0)
    return share
