"""The steps of expectation maximisation for labels that are not random."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold

from pusklearn.pu._columns import naming_columns
from pusklearn.pu._inner_estimators import innermost, weight_name
from pusklearn.pu._log_odds import log_odds
from pusklearn.pu._sklearn_compat import check_method_params, safe_indexing
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.splits._cross_validated_scores import check_classes, score_positives

# Probabilities closer to 0 or 1 than this count as this close. So each sample keeps a
# weight in both classes, and no classifier is fitted to one class alone.
LEAST = 1e-10


def posterior(f: NDArray[Any], e: NDArray[Any]) -> NDArray[Any]:
    """Return the probability that an unlabeled sample is positive.

    This is Bayes' rule: ``f (1 - e) / (1 - f e)``, with the probability `f` that a
    sample is positive, and the probability `e` that a positive is labelled.
    """
    hidden = f * (1 - e)
    total = hidden + (1 - f)
    return np.divide(hidden, total, out=np.ones_like(total), where=total > 0)


def log_likelihood(
    f: NDArray[Any],
    e: NDArray[Any],
    is_labeled: NDArray[np.bool_],
    unknown: NDArray[np.bool_],
    weights: NDArray[Any],
) -> float:
    """Return the mean log-likelihood of the labels.

    The probability is ``f e`` for a label, ``1 - f e`` for none, and ``1 - f`` for a
    known negative, which is neither labelled nor unknown.
    """
    likelihood = np.where(unknown, 1 - f * e, 1 - f)
    likelihood = np.where(is_labeled, f * e, likelihood)
    logarithms = np.log(np.maximum(likelihood, np.finfo(float).tiny))
    return float(np.average(logarithms, weights=weights))


def with_mean(p: NDArray[Any], mean: float, weights: NDArray[Any]) -> NDArray[Any]:
    """Return probabilities whose log-odds are shifted so that they have that mean.

    Of all probabilities with that mean, these are the closest ones to `p` by the
    Kullback-Leibler divergence.
    """
    scores = log_odds(p, LEAST)

    def excess(shift):
        return np.average(expit(scores + shift), weights=weights) - mean

    return expit(scores + brentq(excess, -70, 70, xtol=1e-12))


def clipped(p: NDArray[Any]) -> NDArray[Any]:
    """Return probabilities that are neither 0 nor 1."""
    return np.clip(p, LEAST, 1 - LEAST)


def expected_classes(
    p: NDArray[Any],
    is_labeled: NDArray[np.bool_],
    unknown: NDArray[np.bool_],
    weights: NDArray[Any],
    share: float | None,
) -> NDArray[Any]:
    """Return 1 for labels, 0 for known negatives, and probabilities for the others.

    If their share of positives is given, the probabilities are shifted to that mean.
    """
    expected = np.where(unknown, clipped(p), is_labeled.astype(int))
    if share is not None:
        expected[unknown] = with_mean(p[unknown], share, weights[unknown])
    return expected


def balanced_weights(labels: NDArray, weights: NDArray[Any]) -> NDArray[Any]:
    """Return weights with the same total for both labels, and the same in all."""
    total = np.bincount(labels, weights)
    return weights * (total.sum() / 2 / total)[labels]


def fit_weighted(
    estimator: Any,
    X: Any,
    labels: NDArray,
    weights: NDArray[Any],
    params: Mapping[str, Any] | None = None,
) -> Any:
    """Fit a clone to samples with weights, and with other parameters of ``fit``."""
    given = {**(params or {}), weight_name(estimator): weights}
    name = type(innermost(estimator)).__name__
    with untold_collapse(), naming_columns(X, name):
        fitted = clone(estimator).fit(X, labels, **given)
    return check_classes(fitted, np.array([0, 1]))


def fit_expected(
    estimator: Any,
    X: Any,
    expected: NDArray[Any],
    weights: NDArray[Any],
    params: Mapping[str, Any],
) -> Any:
    """Fit a clone to each sample as a positive and as a negative.

    The weights are the probabilities of both, times those of the samples. What is
    certain is given once.
    """
    positive, negative = np.flatnonzero(expected), np.flatnonzero(expected < 1)
    rows = np.concatenate([positive, negative])
    chances = np.concatenate([expected[positive], 1 - expected[negative]])
    return fit_weighted(
        estimator,
        safe_indexing(X, rows),
        np.repeat([1, 0], [len(positive), len(negative)]),
        chances * weights[rows],
        check_method_params(X, params, indices=rows),
    )


def held_out_scores(
    estimator: Any,
    X: Any,
    is_labeled: NDArray[np.bool_],
    expected: NDArray[Any],
    weights: NDArray[Any],
    params: Mapping[str, Any],
) -> NDArray[Any]:
    """Return scores of each half of the samples by a clone fitted to the other half.

    The clones are fitted as `fit_expected` does.
    """
    scores = np.empty(len(is_labeled))
    halves = StratifiedKFold(2, shuffle=True, random_state=0)
    for train, test in halves.split(np.zeros(len(is_labeled)), is_labeled):
        fitted = fit_expected(
            estimator,
            safe_indexing(X, train),
            expected[train],
            weights[train],
            check_method_params(X, params, indices=train),
        )
        half = safe_indexing(X, test)
        scores[test] = score_positives(fitted, half, "predict_proba", 1)
    return scores
