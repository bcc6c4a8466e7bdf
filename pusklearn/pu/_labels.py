"""PU labels: which of two labels marks the positives, and where these are."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target


def find_positives(y: Any, pos_label: Any) -> tuple[NDArray, Any, NDArray[np.intp]]:
    """Return the two classes, the label of the positives and their rows, ascending."""
    if not issparse(y):
        classes, pos_label = check_labels(y, pos_label)
        return classes, pos_label, np.flatnonzero(y == pos_label)
    if pos_label not in (None, 1):
        raise ValueError(f"The positives of sparse labels are 1. Got {pos_label!r}.")
    if y.shape[1:] not in ((), (1,)):
        raise ValueError(f"Sparse labels must have shape (n, 1). Got {y.shape}.")
    if not np.isin(y.tocoo().data, (0, 1)).all():
        raise ValueError("Sparse labels must be 0 or 1.")
    # One entry may be stored twice.
    rows = np.unique(y.nonzero()[0]).astype(np.intp)
    # One label of each kind stands for all, since there may be a billion zeros.
    kinds = [0] * (len(rows) < y.shape[0]) + [1] * (len(rows) > 0)
    return *check_labels(np.array(kinds), pos_label), rows


def check_labels(y: NDArray, pos_label: Any) -> tuple[NDArray, Any]:
    """Return the two classes and the label of the positives."""
    check_classification_targets(y)
    kind = type_of_target(y, input_name="y")
    classes = np.unique(y)
    if len(classes) > 2:
        raise ValueError(
            "Only binary classification is supported. The type of the target is "
            f"{kind}."
        )
    if len(classes) < 2:
        raise ValueError(
            "PU learning needs 2 classes, labelled positives and unlabeled samples. "
            f"Got 1 class: {classes.tolist()[0]!r}."
        )
    if pos_label is None:
        return classes, classes[1]
    if pos_label not in classes:
        raise ValueError(
            f"`pos_label` must be one of the labels {classes.tolist()}. "
            f"Got {pos_label!r}."
        )
    return classes, pos_label


def labeled_positives(y: Any, pos_label: Any) -> tuple[NDArray[np.bool_], NDArray, Any]:
    """Return which samples are labelled, the two labels and that of the positives."""
    y = column_or_1d(y)
    if len(y) == 0 or np.all(y == y[0]):
        raise ValueError(
            "`y` must hold two labels, that of the labelled positives and that of the "
            f"unlabeled samples. Got {y[:1].tolist()} in {len(y)} samples."
        )
    assert_all_finite(y, input_name="y")
    classes, positive = check_labels(y, pos_label)
    return y == positive, classes, positive
