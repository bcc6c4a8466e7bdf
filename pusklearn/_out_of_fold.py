"""Scores of samples that the classifier was not trained on."""

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing
from sklearn.utils.parallel import Parallel, delayed


def out_of_fold(
    estimator, X, y, splits, *, response="predict_proba", kept=None, n_jobs=None
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
    n_jobs : int or None, default=None
        Folds fitted at once.

    Returns
    -------
    ndarray of float of shape (n,)
        Score of the class 1.
    """
    scores = np.empty(len(y))
    parts = Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_score)(
            clone(estimator),
            X,
            y,
            train if kept is None else train[kept[train]],
            test,
            response,
        )
        for train, test in splits
    )
    for (_, test), part in zip(splits, parts, strict=True):
        scores[test] = part
    return scores


def _fit_and_score(estimator, X, y, train, test, response):
    estimator.fit(_safe_indexing(X, train), y[train])
    return score_positives(estimator, _safe_indexing(X, test), response, 1)


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
