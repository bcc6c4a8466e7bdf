"""Scores of samples that the classifier was not trained on."""

from functools import partial

import numpy as np
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from pusklearn.pu._sklearn_compat import check_method_params, safe_indexing


def cross_validated_scores(
    estimator,
    X,
    y,
    splits,
    *,
    response="predict_proba",
    kept=None,
    params=None,
    n_jobs=None,
):
    """Score each fold with a clone trained on the kept rows of the others.

    Parameters
    ----------
    estimator : classifier
        With the method `response`.
    X : sequence of length n
        The samples.
    y : ndarray of int of shape (n,)
        1 for labelled positives, 0 for unlabeled samples.
    splits : list of pair of ndarray of int
        Rows to train on and to score, which hold out every sample once.
    response : {"predict_proba", "decision_function"}, default="predict_proba"
        What scores them.
    kept : ndarray of bool of shape (n,) or None, default=None
        Rows that may be trained on; None is all.
    params : dict or None, default=None
        Given to ``fit``, arrays of length n split like `X`.
    n_jobs : int or None, default=None
        Folds fitted at once.

    Returns
    -------
    ndarray of float of shape (n,)
        Score of the class 1.
    """
    if kept is not None:
        splits = [(train[kept[train]], test) for train, test in splits]
    respond = partial(score_positives, response=response, pos_label=1)
    parts = cross_validated_responses(
        estimator, X, y, splits, respond, params=params, n_jobs=n_jobs
    )
    scores = np.empty(len(y))
    for (_, test), part in zip(splits, parts, strict=True):
        scores[test] = part
    return scores


def cross_validated_responses(
    estimator, X, y, splits, respond, *, params=None, n_jobs=None
):
    """Return ``respond(fitted, samples)`` of a clone and the part it has not seen."""
    return Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_respond)(estimator, X, y, train, test, respond, params)
        for train, test in splits
    )


def _fit_and_respond(estimator, X, y, train, test, respond, params):
    fitted = fit_rows(estimator, X, y, train, params)
    return respond(fitted, safe_indexing(X, test))


def fit_rows(estimator, X, y, rows, params=None):
    """Fit a clone to some rows, with the parameters that belong to them."""
    params = check_method_params(X, params or {}, indices=rows)
    fitted = clone(estimator).fit(safe_indexing(X, rows), y[rows], **params)
    return check_classes(fitted, np.unique(y))


def check_classes(fitted, classes):
    """Return a fitted classifier; raise a ValueError where its classes are others."""
    own = getattr(fitted, "classes_", classes)
    # As those of a frozen one may be.
    if not np.array_equal(own, classes):
        raise ValueError(
            "`estimator` must have the classes that it is fitted to here, "
            f"{classes.tolist()}. Got {np.asarray(own).tolist()}."
        )
    return fitted


def score_positives(estimator, X, response, pos_label):
    """Return the score of each sample, higher for the positives."""
    values = np.asarray(getattr(estimator, response)(X), dtype=float)
    positive = int(np.flatnonzero(estimator.classes_ == pos_label)[0])
    if response == "predict_proba":
        values = values[:, positive]
    elif positive == 0:
        values = -values
    if np.isnan(values).any():
        raise ValueError(
            f"Scores must not be NaN. `{response}` of the estimator gave NaN for "
            f"{np.isnan(values).sum()} of {len(values)} samples."
        )
    return values


def find_response(estimator, names):
    """Return the first of these methods that an estimator has."""
    for name in names:
        if hasattr(estimator, name):
            return name
    raise TypeError(f"`estimator` must have {' or '.join(names)}. Got {estimator!r}.")
