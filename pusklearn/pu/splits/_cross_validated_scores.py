"""Scores of samples that the classifier was not trained on."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils.parallel import Parallel, delayed

from pusklearn.pu._columns import naming_columns
from pusklearn.pu._inner_estimators import innermost
from pusklearn.pu._row_view import as_view, in_chunks, is_large, rows_for
from pusklearn.pu._sklearn_compat import check_method_params, safe_indexing
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.splits._cross_validation_splits import Splits


def cross_validated_scores(
    estimator: Any,
    X: Any,
    y: NDArray,
    splits: Splits,
    *,
    response: str = "predict_proba",
    kept: NDArray | None = None,
    params: Mapping[str, Any] | None = None,
    n_jobs: int | None = None,
) -> NDArray:
    """Score each fold with a clone trained on the kept rows of the others.

    Parameters
    ----------
    estimator : classifier
        A classifier that has the method `response`.
    X : sequence of length n
        The samples.
    y : ndarray of int of shape (n,)
        1 for labelled positives, 0 for unlabeled samples.
    splits : list of pair of ndarray of int
        Rows to train on and rows to score; every sample is scored once.
    response : {"predict_proba", "decision_function"}, default="predict_proba"
        The method that gives the scores.
    kept : ndarray of bool of shape (n,) or None, default=None
        Rows that may be trained on; None keeps all.
    params : dict or None, default=None
        Parameters for ``fit``; arrays of length n are split like `X`.
    n_jobs : int or None, default=None
        Number of folds fitted at once.

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
    estimator: Any,
    X: Any,
    y: NDArray,
    splits: Splits,
    respond: Callable[[Any, Any], Any],
    *,
    params: Mapping[str, Any] | None = None,
    n_jobs: int | None = None,
) -> list[Any]:
    """Return ``respond(clone, samples)`` for each split.

    The clone is fitted to the rows to train on, the samples are those held out.
    """
    return Parallel(n_jobs=n_jobs)(
        delayed(_fit_and_respond)(estimator, X, y, train, test, respond, params)
        for train, test in splits
    )


def _fit_and_respond(estimator, X, y, train, test, respond, params):
    fitted = fit_rows(estimator, X, y, train, params)
    return respond(fitted, rows_to_score(X, test))


def rows_to_score(X: Any, rows: NDArray) -> Any:
    """Return some samples; of a large array a view, which is scored part after part."""
    return as_view(X)[rows] if is_large(X) else safe_indexing(X, rows)


def fit_rows(
    estimator: Any,
    X: Any,
    y: NDArray,
    rows: NDArray,
    params: Mapping[str, Any] | None = None,
) -> Any:
    """Fit a clone to some rows, with the parameters that belong to them."""
    params = check_method_params(X, params or {}, indices=rows)
    name = type(innermost(estimator)).__name__
    with untold_collapse(), naming_columns(X, name):
        fitted = clone(estimator).fit(rows_for(estimator, X, rows), y[rows], **params)
    return check_classes(fitted, np.unique(y))


def check_classes(fitted: Any, classes: NDArray) -> Any:
    """Return a fitted classifier; raise a ValueError if it has other classes.

    Only a frozen classifier can have others.
    """
    fitted_classes = getattr(fitted, "classes_", classes)
    if not np.array_equal(fitted_classes, classes):
        raise ValueError(
            "`estimator` must have the classes that it is fitted to here, "
            f"{classes.tolist()}. Got {np.asarray(fitted_classes).tolist()}."
        )
    return fitted


def score_positives(estimator: Any, X: Any, response: str, pos_label: Any) -> NDArray:
    """Return the score of each sample, higher for the positives."""
    values = np.asarray(in_chunks(estimator, response, X), dtype=float)
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


def find_response(estimator: Any, names: Sequence[str]) -> str:
    """Return the first of these methods that an estimator has.

    Raises a TypeError if it does not have any of them.
    """
    for name in names:
        if hasattr(estimator, name):
            return name
    raise TypeError(f"`estimator` must have {' or '.join(names)}. Got {estimator!r}.")
