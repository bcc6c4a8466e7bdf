"""Which samples are trained on, and which are held out."""

from numbers import Integral, Real

import numpy as np
from sklearn.model_selection import (
    GroupShuffleSplit,
    StratifiedGroupKFold,
    StratifiedShuffleSplit,
    check_cv,
)
from sklearn.utils.validation import check_scalar

from pusklearn.pu._checks import check_share
from pusklearn.pu._samples import as_samples
from pusklearn.pu.splits._folds_with_copies_together import folds_with_copies_together


def cross_validation_splits(cv, X, y, is_positive, params, random_state):
    """Return the rows to train on and those held out, as a list of pairs.

    An integer stands for that many folds, or as many as the rarer label has samples
    or there are groups; a share for one split that holds it out. `is_positive` tells
    the labelled positives, `params` are those of a splitter, such as ``groups``.
    """
    groups = params.get("groups")
    if groups is None:
        groups = as_samples(X).groups
        params = params if groups is None else {**params, "groups": groups}
    if not isinstance(cv, Real):
        splits = check_cv(cv, y, classifier=True).split(X, y, **params)
        # Those of an iterable may be lists, and masks too.
        return [tuple(map(as_rows, split)) for split in splits]
    fewest = fewest_parts(y, groups)
    if isinstance(cv, Integral):
        n_folds = int(min(check_scalar(cv, "cv", Integral, min_val=2), fewest))
        return split_into_folds(n_folds, X, is_positive, groups, random_state)
    check_share(cv, "cv")
    split = StratifiedShuffleSplit if groups is None else GroupShuffleSplit
    splitter = split(1, test_size=float(cv), random_state=random_state)
    return list(splitter.split(X, y, groups))


def fewest_parts(y, groups):
    """Return how many parts there can be, each with both labels and whole groups."""
    labels, counts = np.unique(y, return_counts=True)
    if counts.min() < 2:
        raise ValueError(
            "At least 2 labelled positives and 2 unlabeled samples are needed, so that "
            f"some can be held out. Got 1 with the label {labels[counts < 2][0]}."
        )
    if groups is None:
        return counts.min()
    n_groups = len(np.unique(groups))
    if n_groups < 2:
        raise ValueError(
            "At least 2 groups or micrographs are needed, so that some can be held "
            f"out. Got {n_groups}."
        )
    return min(counts.min(), n_groups)


def as_rows(rows):
    """Return row numbers as an array."""
    rows = np.asarray(rows)
    return np.flatnonzero(rows) if rows.dtype == bool else rows


def split_into_folds(n_folds, X, is_positive, groups, random_state):
    """Return shuffled, stratified folds that keep groups, or else copies, together."""
    if groups is not None:
        folds = StratifiedGroupKFold(n_folds, shuffle=True, random_state=random_state)
        return list(folds.split(X, is_positive, groups))
    numbers = folds_with_copies_together(X, is_positive, n_folds, random_state)
    return [
        (np.flatnonzero(numbers != fold), np.flatnonzero(numbers == fold))
        for fold in range(n_folds)
    ]


def check_splits(splits, is_positive):
    """Raise a ValueError where a part lacks either kind of sample."""
    for train, test in splits:
        check_part("trained on", is_positive[train])
        check_part("held out", is_positive[test])


def cross_validation_partition(cv, X, y, is_positive, params, random_state):
    """Return splits that hold out every sample once, and learn from either kind."""
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


def check_part(name, is_positive):
    """Raise a ValueError where a part lacks either kind of sample."""
    if len(np.unique(is_positive)) < 2:
        raise ValueError(
            "Each part that is trained on or held out needs labelled positives "
            f"and unlabeled samples. Got {is_positive.sum()} labelled "
            f"positives among the {len(is_positive)} samples {name}."
        )
