"""Folds of samples that share no copy of a sample."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from sklearn.model_selection import StratifiedKFold

from pusklearn.pu._row_view import RowView, is_large


def folds_with_copies_together(
    X: Any, is_positive: NDArray, n_folds: int, random_state: Any
) -> NDArray:
    """Draw the fold of every sample, separately for labelled and unlabeled samples.

    Copies of a sample share a fold. Case-control data often hold the labelled
    positives among the unlabeled samples again. A classifier that has learnt the copy
    as unlabeled would score the labelled one too low, and the share of positives read
    from such scores would be too large. If fewer than half of the samples are
    distinct, equal samples are taken for values that recur and not for copies, and
    the samples are drawn one by one.

    Parameters
    ----------
    X : array-like, sparse matrix, DataFrame or list
        The samples.
    is_positive : ndarray of bool of shape (n,)
        Whether each sample is labelled.
    n_folds : int
        Number of folds, at most the number of samples of either kind.
    random_state : int, RandomState instance or None
        Seeds the draw.

    Returns
    -------
    ndarray of int of shape (n,)
        The fold of each sample.
    """
    number = number_distinct(X)
    if number is not None:
        with_label = np.bincount(number, is_positive) > 0
        counts = np.unique(with_label, return_counts=True)[1]
        if counts.min() >= n_folds:
            folds = draw_folds(with_label, n_folds, random_state)[number]
            if each_has_both(folds, is_positive):
                return folds
    return draw_folds(is_positive, n_folds, random_state)


def number_distinct(X: Any) -> NDArray | None:
    """Return the same number for copies of a sample, from 0 on.

    None is returned if there are no copies, or if fewer than half of the samples are
    distinct: equal samples are then values that recur.
    """
    _, first, number = np.unique(row_keys(X), return_index=True, return_inverse=True)
    n_distinct = len(first)
    if not len(number) / 2 <= n_distinct < len(number):
        return None
    # The distinct samples are numbered in the order in which they come first, since
    # the order of their hashes differs between processes.
    return np.argsort(np.argsort(first))[number]


def draw_folds(kind: NDArray, n_folds: int, random_state: Any) -> NDArray:
    """Return the fold of each sample, with equal numbers of each kind in the folds."""
    splitter = StratifiedKFold(n_folds, shuffle=True, random_state=random_state)
    folds = np.empty(len(kind), int)
    for fold, (_, rows) in enumerate(splitter.split(kind, kind)):
        folds[rows] = fold
    return folds


def each_has_both(folds: NDArray, is_positive: NDArray) -> bool:
    """Return whether each fold has labelled and unlabeled samples."""
    n_folds = folds.max() + 1
    counts = [
        np.bincount(folds[kind], minlength=n_folds)
        for kind in (is_positive, ~is_positive)
    ]
    return bool(np.all(counts))


def row_keys(X: Any) -> NDArray:
    """Return one number per sample, which is the same for copies."""
    if sparse.issparse(X):
        X = sparse.csr_array(X, copy=True)
        X.sum_duplicates()
        X.eliminate_zeros()
        ends = X.indptr[1:-1]
        parts = (np.split(part, ends) for part in (X.indices, X.data))
        return hashes((i.tobytes(), x.tobytes()) for i, x in zip(*parts, strict=True))
    if isinstance(X, pd.DataFrame):
        return hashes(map(repr, X.itertuples(index=False, name=None)))
    if isinstance(X, list):
        return hashes(map(repr, X))
    if is_large(X):
        X = RowView(X, dtype=X.dtype)
    if isinstance(X, RowView):
        return hashes(row.tobytes() for chunk in X.chunks() for row in chunk)
    X = np.asarray(X)
    if X.dtype.kind == "O":
        return hashes(repr(row.tolist() if X.ndim > 1 else row) for row in X)
    return hashes(row.tobytes() for row in X)


def hashes(rows: Iterable[Any]) -> NDArray:
    """Return the hash of each row."""
    return np.fromiter(map(hash, rows), np.int64)
