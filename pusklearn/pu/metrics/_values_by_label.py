"""Scores, probabilities or predictions, split into labelled positives and unlabeled."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
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

    positives: NDArray[Any]
    unlabeled: NDArray[Any]
    priors: Priors

    def positive_mean(self, function: Callable[[Any], Any] = np.asarray) -> float:
        """Mean of a function of the values over the positives."""
        return float(function(self.positives).mean())

    def population_mean(self, function: Callable[[Any], Any] = np.asarray) -> float:
        """Mean of a function of the values over the population.

        In the single scheme the labelled positives are part of the population; in the
        case-control scheme the unlabeled samples alone represent it.
        """
        labeled = self.priors.labeled
        unlabeled_mean = float(function(self.unlabeled).mean())
        return labeled * self.positive_mean(function) + (1 - labeled) * unlabeled_mean

    def population(self) -> NDArray[Any]:
        """Return the values of the samples that represent the population."""
        if self.priors.labeled:
            return np.concatenate([self.positives, self.unlabeled])
        return self.unlabeled


def scores_by_label(
    y: ArrayLike,
    y_score: ArrayLike,
    prior: float | None,
    scheme: str,
    pos_label: Any,
    *,
    name: str = "y_score",
) -> ValuesByLabel:
    """Split finite scores by label."""
    shape = np.shape(y_score)
    if len(shape) > 1 and shape != (shape[0], 1):
        raise ValueError(
            f"`{name}` must have shape (n,). Got {shape}. If this is the result of "
            "predict_proba, pass the column of the positive class alone."
        )
    scores = check_array(
        y_score, dtype=float, ensure_2d=False, ensure_min_samples=0, input_name=name
    )
    is_positive, _, _ = labeled_positives(y, pos_label)
    return _split(is_positive, column_or_1d(scores), prior, scheme)


def probabilities_by_label(
    y: ArrayLike,
    y_prob: ArrayLike,
    prior: float | None,
    scheme: str,
    pos_label: Any,
) -> ValuesByLabel:
    """Split probabilities by label."""
    samples = scores_by_label(y, y_prob, prior, scheme, pos_label, name="y_prob")
    for values in (samples.positives, samples.unlabeled):
        outside = values[(values < 0) | (values > 1)]
        if len(outside):
            raise ValueError(
                f"`y_prob` must hold probabilities in [0, 1]. Got {outside[0]:g}."
            )
    return samples


def predictions_by_label(
    y: ArrayLike,
    y_pred: ArrayLike,
    prior: float | None,
    scheme: str,
    pos_label: Any,
    *,
    needs_prior: bool = True,
) -> ValuesByLabel:
    """Split predicted labels by label; the values are True for predicted positives."""
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
    priors = _find_priors(is_positive, prior, scheme, needs_prior)
    return ValuesByLabel(values[is_positive], values[~is_positive], priors)


def _find_priors(is_positive, prior, scheme, needs_prior):
    """Return the priors; an unknown prior that is not needed is NaN."""
    check_prior(prior)
    n_positive, n_samples = int(is_positive.sum()), len(is_positive)
    if needs_prior or prior is not None:
        return class_priors(n_positive, n_samples, prior, scheme)
    check_scheme(scheme)
    return Priors(np.nan, n_positive / n_samples if scheme == "single" else 0.0)
