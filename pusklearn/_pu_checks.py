"""What `PUClassifier` asks of its parameters, samples and labels."""

from inspect import signature
from numbers import Integral, Real

import numpy as np
from scipy.sparse import issparse
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import (
    check_consistent_length,
    check_scalar,
    column_or_1d,
    validate_data,
)

from pusklearn._check_share import check_share
from pusklearn._tiled_regions import TiledRegions
from pusklearn._validation import check_finite


def check_parameters(classifier):
    """Raise a TypeError or ValueError for a parameter out of its range."""
    check_scalar(classifier.weight_decay, "weight_decay", Real, min_val=0)
    weight = classifier.reconstruction_weight
    if weight != "auto":
        if isinstance(weight, str):
            raise ValueError(
                f"`reconstruction_weight` must be 'auto' or a number. Got {weight!r}."
            )
        check_scalar(weight, "reconstruction_weight", Real, min_val=0)
    for name, least in (("batch_size", 2), ("max_epochs", 1)):
        check_scalar(getattr(classifier, name), name, Integral, min_val=least)
    if classifier.steps_per_epoch is not None:
        check_scalar(classifier.steps_per_epoch, "steps_per_epoch", Integral, min_val=1)
    check_scalar(classifier.lr, "lr", Real, min_val=0, include_boundaries="neither")
    check_share(classifier.positive_share, "positive_share")
    if not isinstance(classifier.callbacks, list | tuple | None):
        raise TypeError(
            "`callbacks` must be a list of skorch.callbacks.Callback, or None. "
            f"Got {classifier.callbacks!r}."
        )
    if classifier.augment not in ("auto", True, False):
        raise ValueError(
            f"`augment` must be 'auto', True or False. Got {classifier.augment!r}."
        )


def check_samples(classifier, X, y):
    """Return the samples, float32, and the labels, and set ``sample_shape_``."""
    if isinstance(X, TiledRegions):
        for micrograph in X.micrographs:
            check_finite(micrograph)
        y = y if issparse(y) else column_or_1d(y)
        # Of an earlier fit on an array.
        for name in ("n_features_in_", "feature_names_in_"):
            classifier.__dict__.pop(name, None)
        check_consistent_length(X, y)
    else:
        check_no_text(X)
        X, y = validate_data(classifier, X, y, dtype=np.float32, allow_nd=True)
        if X.ndim > 4:
            raise ValueError(f"`X` must have 2, 3 or 4 dimensions. Got {X.ndim}.")
    classifier.sample_shape_ = tuple(X.shape[1:])
    return X, y


def check_no_text(X):
    """Raise a ValueError for text, even one that would read as numbers."""
    values = np.asarray(X)
    text = values.dtype.kind in "SU"
    if values.dtype.kind == "O":
        text = any(isinstance(value, str | bytes) for value in values.flat)
    if text:
        raise ValueError(
            "`X` must hold numbers. Got text; turn it into features first, such as by "
            "TfidfVectorizer and TruncatedSVD, or OneHotEncoder."
        )


def check_new_samples(classifier, X):
    """Return samples to predict, of the shape seen in `fit`."""
    if isinstance(X, TiledRegions):
        for micrograph in X.micrographs:
            check_finite(micrograph)
    else:
        check_no_text(X)
        if len(classifier.sample_shape_) > 1:
            # Of an image, axis 1 is no number of features.
            check_sample_shape(classifier, X)
        X = validate_data(classifier, X, dtype=np.float32, allow_nd=True, reset=False)
    check_sample_shape(classifier, X)
    return X


def check_sample_shape(classifier, X):
    """Raise a ValueError for samples of another shape than those seen in `fit`."""
    shape = np.shape(X)[1:]
    if shape != classifier.sample_shape_:
        raise ValueError(
            f"Samples must have shape {classifier.sample_shape_}, as in fit. "
            f"Got {shape}."
        )


def find_positives(y, pos_label):
    """Return the two classes, the positives' label and their rows, ascending."""
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


def check_labels(y, pos_label):
    """Return the two classes and the positives' label."""
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


def check_own_prior(classifier, name, value):
    """Raise a ValueError where a classifier takes no prior, or has one of its own."""
    if classifier is None:
        return
    parameters = classifier.get_params(deep=False)
    if "prior" not in parameters:
        raise ValueError(
            f"`{name}` sets the prior of a classifier that has a parameter `prior`. "
            f"Got {name}={value!r} with {classifier!r}."
        )
    own = parameters["prior"]
    if own is None or own == value:
        return
    if own != signature(type(classifier)).parameters["prior"].default:
        raise ValueError(
            f"`{name}` sets the prior of the classifier, whose own must be left at its "
            f"default. Got {name}={value!r} with {classifier!r}."
        )
