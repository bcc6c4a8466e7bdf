"""Metrics over the prior, of fixed predictions or of classifiers trained with it."""

from numbers import Real

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_array

from pusklearn.pu._labels import labeled_positives
from pusklearn.pu.displays._display_tools import find_method, held_out_responses
from pusklearn.pu.metrics._pu_rates import pu_rates
from pusklearn.pu.metrics._pu_scorer import METRICS
from pusklearn.pu.priors._class_priors import class_priors


def predicted_share(y, y_pred, *, prior, scheme, pos_label):
    """Share of the population that is predicted positive."""
    return pu_rates(y, y_pred, prior, scheme, pos_label).predicted


def find_metrics(names):
    """Return the function, the sign and the response of each metric, by name."""
    known = {
        name: (metric.function, -1 if name.startswith("neg_") else 1, metric.response)
        for name, metric in METRICS.items()
    }
    known["predicted_share"] = (predicted_share, 1, "predict")
    if isinstance(names, str) or not set(names) <= set(known) or not len(names):
        raise ValueError(
            f"`metrics` must be a sequence of names out of {sorted(known)}. "
            f"Got {names!r}."
        )
    return {name: known[name] for name in names}


def plan_priors(y, priors, n_priors, settings):
    """Return the prior to mark and, rising, those to assume."""
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
    found = {
        name: value
        for name, value in estimator.get_params().items()
        if name == "prior" or name.endswith("__prior")
    }
    if not found:
        raise ValueError(
            "To be refitted, `estimator` must have a parameter `prior`, its own or of "
            f"a part of it. Got {estimator!r}."
        )
    return found


def number_inside(estimator):
    """Return the first ``prior`` inside that is a number, or None."""
    numbers = (p for p in priors_inside(estimator).values() if isinstance(p, Real))
    return next(numbers, None)


def refit_responses(estimator, X, y, methods, prior, settings, folds):
    """Return rows, and what clones trained with a prior on others predict of them."""
    names = priors_inside(estimator)
    trained = clone(estimator).set_params(**dict.fromkeys(names, float(prior)))
    return held_out_responses(trained, X, y, methods, settings["pos_label"], **folds)
