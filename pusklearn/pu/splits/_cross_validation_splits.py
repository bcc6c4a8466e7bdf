"""Which samples are trained on, and which are held out."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import (
    GroupShuffleSplit,
    StratifiedGroupKFold,
    StratifiedShuffleSplit,
    check_cv,
)

from pusklearn.pu._checks import check_integer, check_share
from pusklearn.pu._samples import as_samples
from pusklearn.pu.splits._folds_with_copies_together import folds_with_copies_together

#: The rows to train on and the rows held out, split by split.
Splits = list[tuple[NDArray, NDArray]]


def cross_validation_splits(
    cv: Any,
    X: Any,
    y: NDArray,
    is_positive: NDArray,
    params: Mapping[str, Any],
    random_state: Any,
) -> Splits:
    """Return the rows to train on and the rows held out, as a list of pairs.

    An integer `cv` stands for that many folds; there are fewer if the rarer label has
    fewer samples, or if there are fewer groups. A share stands for one split that
    holds out this share. `is_positive` marks the labelled positives, and `params` are
    the parameters of the splitter, such as ``groups``.
    """
    groups = params.get("groups")
    if groups is None:
        groups = as_samples(X).groups
        params = params if groups is None else {**params, "groups": groups}
    if not isinstance(cv, Real):
        splits = check_cv(cv, y, classifier=True).split(X, y, **params)
        # An iterable may give lists or masks instead of arrays of rows.
        return [(as_rows(train), as_rows(test)) for train, test in splits]
    fewest = fewest_parts(y, groups)
    if isinstance(cv, Integral):
        n_folds = int(min(check_integer(cv, "cv", "[2, inf)"), fewest))
        return split_into_folds(n_folds, X, is_positive, groups, random_state)
    check_share(cv, "cv")
    split = StratifiedShuffleSplit if groups is None else GroupShuffleSplit
    splitter = split(1, test_size=float(cv), random_state=random_state)
    return list(splitter.split(X, y, groups))


def fewest_parts(y: NDArray, groups: NDArray | None) -> int:
    """Return the greatest number of parts with both labels and whole groups."""
    labels, counts = np.unique(y, return_counts=True)
    if counts.min() < 2:
        raise ValueError(
            "At least 2 labelled positives and 2 unlabeled samples are needed, so that "
            f"some can be held out. Got 1 with the label {labels[counts < 2][0]}."
        )
    if groups is None:
        return int(counts.min())
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        raise ValueError(
            "At least 2 groups or micrographs are needed, so that some can be held "
            f"out. Got {n_groups}."
        )
    return min(int(counts.min()), n_groups)


def as_rows(rows: ArrayLike) -> NDArray:
    """Return an array of row numbers, also for a mask of rows."""
    rows = np.asarray(rows)
    return np.flatnonzero(rows) if rows.dtype == bool else rows


def split_into_folds(
    n_folds: int,
    X: Any,
    is_positive: NDArray,
    groups: NDArray | None,
    random_state: Any,
) -> Splits:
    """Return shuffled, stratified folds that keep groups together.

    Without groups, copies of a sample are kept together.
    """
    if groups is not None:
        folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=random_state)
        return list(folds.split(X, is_positive, groups))
    numbers = folds_with_copies_together(X, is_positive, n_folds, random_state)
    return [
        (np.flatnonzero(numbers != fold), np.flatnonzero(numbers == fold))
        for fold in range(n_folds)
    ]


def check_splits(splits: Splits, is_positive: NDArray) -> None:
    """Raise a ValueError if a part has no labelled or no unlabeled sample."""
    for train, test in splits:
        check_part("trained on", is_positive[train])
        check_part("held out", is_positive[test])


def cross_validation_partition(
    cv: Any,
    X: Any,
    y: NDArray,
    is_positive: NDArray,
    params: Mapping[str, Any],
    random_state: Any,
) -> Splits:
    """Return splits that hold out every sample once.

    The parameters are those of `cross_validation_splits`. A ValueError is raised if a
    sample is not held out exactly once, or if a part to train on has no labelled or no
    unlabeled sample.
    """
    splits = cross_validation_splits(cv, X, y, is_positive, params, random_state)
    held_out = np.concatenate([test for _, test in splits])
    times = np.bincount(held_out, minlength=len(is_positive))
    if (times != 1).any():
        raise ValueError(
            "`cv` must hold out every sample once. Got a splitter that holds out one "
            f"of them {times[times != 1][0]} times: {cv!r:.100}."
        )
    for train, _ in splits:
        check_part("trained on", is_positive[train])
    return splits


def check_part(name: str, is_positive: NDArray) -> None:
    """Raise a ValueError if a part has no labelled or no unlabeled sample."""
    if len(np.unique(is_positive)) < 2:
        raise ValueError(
            "Each part that is trained on or held out needs labelled positives "
            f"and unlabeled samples. Got {is_positive.sum()} labelled "
            f"positives among the {len(is_positive)} samples {name}."
        )
