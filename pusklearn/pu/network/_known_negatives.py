"""Samples that are known to be negative."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from pusklearn.pu._missing_rows import are_in_runs, count_rows
from pusklearn.pu._samples import Samples
from pusklearn.pu._warn_caller import warn_caller
from pusklearn.pu.criteria._criterion import check_takes_negatives
from pusklearn.pu.criteria._registry import as_criterion

NO_ROWS: NDArray[np.integer] = np.empty(0, np.intp)


def find_negatives(known_negative: Any, n_samples: int) -> NDArray[np.integer]:
    """Return the rows of the known negatives, ascending.

    Parameters
    ----------
    known_negative : array-like of bool of shape (n,), sparse array or None
        The mask that a user gives; a sparse array has the shape (n, 1).
    n_samples : int
        The number of samples.

    Returns
    -------
    ndarray of int
        The rows; there are none if the mask is None.

    Raises
    ------
    ValueError
        If the mask has another shape, or values that are not bool or are masked.
    """
    if known_negative is None:
        return NO_ROWS
    if np.ma.is_masked(known_negative):
        n_masked = int(np.ma.count_masked(known_negative))
        raise ValueError(
            "`known_negative` must have a value for each sample, and "
            f"{n_masked} of {np.size(known_negative)} are masked. If these samples are "
            "not known to be negative, give `known_negative.filled(False)`."
        )
    is_sparse = issparse(known_negative)
    mask = known_negative if is_sparse else np.asarray(known_negative)
    is_column = is_sparse and mask.shape == (n_samples, 1)
    if mask.shape != (n_samples,) and not is_column:
        raise ValueError(
            f"`known_negative` must be a mask of shape ({n_samples},), with a value "
            f"for each sample. Got an array of shape {mask.shape}."
        )
    if mask.dtype == object and all(isinstance(v, bool | np.bool_) for v in mask):
        mask = mask.astype(bool)
    if mask.dtype != bool:
        raise ValueError(
            "`known_negative` must be a mask of bool, True for the samples that are "
            f"known to be negative. Got values of type {mask.dtype}; for numbers of 1 "
            "and 0, give `known_negative == 1`."
        )
    # One entry of a sparse array may be stored twice.
    return np.unique(mask.nonzero()[0]).astype(np.intp)


def negatives_there(
    negatives: NDArray[np.integer],
    positives: NDArray[np.integer],
    samples: Samples,
    classifier: Any,
) -> NDArray[np.integer]:
    """Return the known negatives whose samples are there, checked.

    Parameters
    ----------
    negatives : ndarray of int
        Rows of the known negatives, ascending.
    positives : ndarray of int
        Rows of the labelled positives that are there, ascending.
    samples : Samples
        The checked samples.
    classifier : PUClassifier
        A classifier whose parameters are checked.

    Returns
    -------
    ndarray of int
        The rows that are not missing.

    Raises
    ------
    ValueError
        If a sample is labelled as well, or no unlabeled sample is left.
    TypeError
        If the criterion takes no known negatives, and there are some.

    Warns
    -----
    UserWarning
        If some are left out, because their samples are missing.
    """
    if not len(negatives):
        return negatives
    both = np.intersect1d(negatives, positives, assume_unique=True)
    if len(both):
        raise ValueError(
            "A sample cannot be both a labelled positive and a known negative. "
            f"{len(both)} of {len(negatives)} known negatives are labelled in `y`, "
            f"such as row {both[0]}."
        )
    missing = samples.missing_runs()
    is_missing = are_in_runs(negatives, missing)
    if is_missing.any():
        warn_caller(
            f"{is_missing.sum()} of {len(negatives)} known negatives are left out, "
            "because their samples are missing, such as that of row "
            f"{negatives[is_missing][0]}."
        )
    there = negatives[~is_missing]
    n_there = len(samples) - count_rows(missing)
    if len(positives) + len(there) == n_there:
        raise ValueError(
            "PU learning needs unlabeled samples. Got "
            f"{len(positives)} labelled positives and {len(there)} known negatives of "
            f"{n_there} samples, which leave none."
        )
    if len(there):
        check_takes_negatives(as_criterion(classifier.criterion))
    return there


def rows_among(
    rows: NDArray[np.integer], kept: NDArray[np.bool_]
) -> NDArray[np.integer]:
    """Return the numbers of rows among those that are kept.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.pu.network._known_negatives import rows_among
    >>> kept = np.array([True, False, True, True])
    >>> rows_among(np.array([1, 3]), kept)
    array([2])
    """
    return np.cumsum(kept)[rows[kept[rows]]] - 1
