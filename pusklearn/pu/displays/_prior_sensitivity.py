"""Metrics over the prior, of fixed predictions or of classifiers trained with it."""

from collections.abc import Callable
from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.utils import check_array

from pusklearn.pu._labels import labeled_positives
from pusklearn.pu.displays._display_tools import find_method, held_out_responses
from pusklearn.pu.metrics._pu_rates import pu_rates
from pusklearn.pu.metrics._pu_scorer import METRICS
from pusklearn.pu.priors._class_priors import class_priors


def predicted_share(
    y: ArrayLike, y_pred: ArrayLike, *, prior: float, scheme: str, pos_label: Any
) -> float:
    """Share of the population that is predicted positive."""
    return pu_rates(y, y_pred, prior, scheme, pos_label).predicted


def find_metrics(names):
    """Return the function, the sign and the response of each metric, by name."""
    known: dict[str, tuple[Callable[..., float], int, Any]] = {
        name: (metric.function, -1 if name.startswith("neg_") else 1, metric.response)
        for name, metric in METRICS.items()
    }
    known["predicted_share"] = (predicted_share, 1, "predict")
    if isinstance(names, str) or not set(names) <= set(known) or not len(names):
        raise ValueError(
            f"`metrics` must be a sequence of names from {sorted(known)}. "
            f"Got {names!r}."
        )
    return {name: known[name] for name in names}


def plan_priors(y, priors, n_priors, settings):
    """Return the prior to mark and, in ascending order, the priors to assume."""
    is_positive, _, _ = labeled_positives(y, settings["pos_label"])
    counts = int(is_positive.sum()), len(is_positive)
    marked = class_priors(*counts, settings["prior"], settings["scheme"])
    if priors is not None:
        priors = check_array(priors, dtype=float, ensure_2d=False, input_name="priors")
        return marked.population, np.unique(priors)
    odds = marked.population / (1 - marked.population)
    low, high = (times * odds / (1 + times * odds) for times in (1 / 2, 2))
    if settings["scheme"] == "single":
        labeled = counts[0] / counts[1]
        low = max(low, labeled + (high - labeled) / n_priors)
    return marked.population, np.linspace(low, high, n_priors)


def judge(metrics, y, responses, priors, settings):
    """Return the values of each metric, from rows and responses for each prior."""
    y, priors = np.asarray(y), priors.tolist()
    values = {}
    for name, (function, sign, method) in metrics.items():
        values[name] = sign * np.array(
            [
                function(y[rows], response[method], **settings | {"prior": prior})
                for (rows, response), prior in zip(responses, priors, strict=True)
            ]
        )
    return values


def resolve_methods(metrics, estimator):
    """Replace the kinds of response by the names of the estimator's methods."""
    return {
        name: (function, sign, find_method(estimator, response))
        for name, (function, sign, response) in metrics.items()
    }


def priors_inside(estimator):
    """Return the parameters ``prior`` of an estimator and its parts."""
    parameters = {
        name: value
        for name, value in estimator.get_params().items()
        if name == "prior" or name.endswith("__prior")
    }
    if not parameters:
        raise ValueError(
            "With refit=True, `estimator` or a part of it must have a parameter "
            f"`prior`. Got {estimator!r}."
        )
    return parameters


def number_inside(estimator):
    """Return the first ``prior`` inside that is a number, or None."""
    numbers = (p for p in priors_inside(estimator).values() if isinstance(p, Real))
    return next(numbers, None)


def refit_responses(estimator, X, y, methods, prior, settings, folds):
    """Train clones with a prior on folds; return rows and the responses for them."""
    names = priors_inside(estimator)
    trained = clone(estimator).set_params(**dict.fromkeys(names, float(prior)))
    return held_out_responses(trained, X, y, methods, settings["pos_label"], **folds)


def mark_prior(ax, prior, interval):
    """Draw a line at a prior and a band over its interval, if there are any."""
    if prior is not None:
        label = f"prior {prior:.3g}"
        ax.axvline(prior, color="0.2", linestyle="--", linewidth=1, label=label)
    if interval is not None:
        low, high = interval
        label = f"its interval, {low:.2g} to {high:.2g}"
        ax.axvspan(low, high, color="0.5", alpha=0.15, linewidth=0, label=label)
