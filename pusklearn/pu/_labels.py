"""Two labels: which of them is that of the positives, and which samples have it."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import issparse
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.multiclass import check_classification_targets, type_of_target

from pusklearn.pu._known_labels import known_labels
from pusklearn.pu._label_words import plainly_positive, warn_of_guess


def find_positives(y: Any, pos_label: Any) -> tuple[NDArray, Any, NDArray]:
    """Return the two classes, the positives' label and their rows, ascending.

    The labels may be sparse, of shape (n, 1), with 1 for the positives.
    """
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
    # One of each kind stands for all: the rest may be a billion zeros.
    kinds = [0] * (len(rows) < y.shape[0]) + [1] * (len(rows) > 0)
    return *check_labels(np.array(kinds), pos_label), rows


def check_labels(y: ArrayLike, pos_label: Any) -> tuple[NDArray, Any]:
    """Return the two classes and the positives' label.

    Without `pos_label`, it is the label that is plainly positive, such as "positive",
    or else the greater, of which a warning tells.

    Raises a ValueError if there are not two labels, or `pos_label` is not one of them.
    """
    check_classification_targets(y)
    kind = type_of_target(y, input_name="y")
    classes = np.unique(y)
    if len(classes) > 2:
        raise ValueError(
            "Only binary classification is supported. The type of the target is "
            f"{kind}, with the labels {classes[:5].tolist()}; mark labelled positives "
            "by 1 and unlabeled samples by 0."
        )
    if len(classes) < 2:
        raise ValueError(
            "PU learning needs 2 classes, labelled positives and unlabeled samples. "
            f"Got 1 class: {classes.tolist()[0]!r}."
        )
    if pos_label is None:
        pos_label = plainly_positive(classes)
        if pos_label is None:
            pos_label = classes[1]
            warn_of_guess(classes, pos_label)
        return classes, pos_label
    if not any(label == pos_label for label in classes.tolist()):
        raise ValueError(
            f"`pos_label` must be one of the labels {classes.tolist()}. "
            f"Got {pos_label!r}."
        )
    return classes, pos_label


def labeled_positives(y: ArrayLike, pos_label: Any) -> tuple[NDArray, NDArray, Any]:
    """Return a mask of the labelled positives, both labels and the positives' label."""
    labels = column_or_1d(known_labels(y))
    if len(labels) == 0 or np.all(labels == labels[0]):
        raise ValueError(
            "`y` must hold two labels, that of the labelled positives and that of the "
            f"unlabeled samples. Got {labels[:1].tolist()} in {len(labels)} samples."
        )
    assert_all_finite(labels, input_name="y")
    classes, positive = check_labels(labels, pos_label)
    return labels == positive, classes, positive


def true_labels(y: ArrayLike, pos_label: Any = None) -> NDArray:
    """Return 1 for the label of the positives and 0 for the other."""
    y = column_or_1d(known_labels(y))
    assert_all_finite(y, input_name="y")
    check_classification_targets(y)
    classes = np.unique(y)
    if len(classes) != 2:
        raise ValueError(
            f"`y` must hold 2 true labels. Got {len(classes)}: {classes[:5].tolist()}."
        )
    return (y == check_labels(y, pos_label)[1]).astype(np.int64)


def toward_second_class(scores: NDArray, classes: NDArray, pos_label: Any) -> NDArray:
    """Return scores that are higher for ``classes[1]``, from those of the positives."""
    return scores if pos_label == classes[1] else -scores


def probability_columns(p: NDArray, classes: NDArray, pos_label: Any) -> NDArray:
    """Return the probabilities of both classes, from those of the positives."""
    columns = [1 - p, p] if pos_label == classes[1] else [p, 1 - p]
    return np.column_stack(columns)
