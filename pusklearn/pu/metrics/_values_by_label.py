"""Positive and unlabeled samples, as every PU metric takes them."""

from typing import NamedTuple

import numpy as np
from sklearn.utils import (
    check_array,
    check_consistent_length,
    column_or_1d,
)

from pusklearn.pu._labels import labeled_positives
from pusklearn.pu.priors._class_priors import check_prior, check_scheme, class_priors
from pusklearn.pu.priors._priors import Priors


class ValuesByLabel(NamedTuple):
    """Values of labelled positives and of unlabeled samples, and their priors."""

    positives: np.ndarray
    unlabeled: np.ndarray
    priors: Priors

    def positive_mean(self, of=np.asarray):
        """Mean over the positives."""
        return float(of(self.positives).mean())

    def population_mean(self, of=np.asarray):
        """Mean over the population: the pooled samples, or the unlabeled alone."""
        unlabeled, labeled = of(self.unlabeled).mean(), self.priors.labeled
        return float(labeled * of(self.positives).mean() + (1 - labeled) * unlabeled)

    def population(self):
        """Return the samples that represent the population."""
        if self.priors.labeled:
            return np.concatenate([self.positives, self.unlabeled])
        return self.unlabeled


def scores_by_label(y, y_score, prior, scheme, pos_label, *, name="y_score"):
    """Split finite scores by label."""
    shape = np.shape(y_score)
    if len(shape) > 1 and shape != (shape[0], 1):
        raise ValueError(
            f"`{name}` must have shape (n,). Got {shape}. Of predict_proba pass the "
            "column of the positive class."
        )
    scores = check_array(
        y_score, dtype=float, ensure_2d=False, ensure_min_samples=0, input_name=name
    )
    is_positive, _, _ = labeled_positives(y, pos_label)
    return _split(is_positive, column_or_1d(scores), prior, scheme)


def probabilities_by_label(y, y_prob, prior, scheme, pos_label):
    """Split probabilities by label."""
    samples = scores_by_label(y, y_prob, prior, scheme, pos_label, name="y_prob")
    for values in samples[:2]:
        outside = values[(values < 0) | (values > 1)]
        if len(outside):
            raise ValueError(
                f"`y_prob` must hold probabilities in [0, 1]. Got {outside[0]:g}."
            )
    return samples


def predictions_by_label(y, y_pred, prior, scheme, pos_label, *, needs_prior=True):
    """Split predicted labels by label; True where positive is predicted."""
    is_positive, classes, positive = labeled_positives(y, pos_label)
    y_pred = column_or_1d(y_pred)
    unknown = [label for label in np.unique(y_pred) if label not in classes.tolist()]
    if unknown:
        raise ValueError(
            f"`y_pred` must hold the two labels of `y`, {classes.tolist()}. "
            f"Got {unknown[0]!r}."
        )
    return _split(is_positive, y_pred == positive, prior, scheme, needs_prior)


def _split(is_positive, values, prior, scheme, needs_prior=True):
    check_consistent_length(is_positive, values)
    priors = _priors(is_positive, prior, scheme, needs_prior)
    return ValuesByLabel(values[is_positive], values[~is_positive], priors)


def _priors(is_positive, prior, scheme, needs_prior):
    check_prior(prior)
    n_positive, n_samples = int(is_positive.sum()), len(is_positive)
    if needs_prior or prior is not None:
        return class_priors(n_positive, n_samples, prior, scheme)
    check_scheme(scheme)
    return Priors(np.nan, n_positive / n_samples if scheme == "single" else 0.0)
