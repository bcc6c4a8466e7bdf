"""Functions that all displays use."""

from functools import partial
from numbers import Integral, Real

import numpy as np

from pusklearn.pu._inner_estimators import estimator_with_prior
from pusklearn.pu._labels import labeled_positives
from pusklearn.pu.splits._cross_validated_scores import (
    cross_validated_responses,
    find_response,
    score_positives,
)
from pusklearn.pu.splits._cross_validation_splits import (
    check_splits,
    cross_validation_partition,
    cross_validation_splits,
)

SCORES = ("decision_function", "predict_proba")


def adopt_settings(estimator, y, prior, scheme, pos_label):
    """Take the settings that are None from the estimator, if it has them.

    Returns
    -------
    dict
        The values of "prior", "scheme" and "pos_label".
    """
    source = estimator_with_prior(estimator)
    # If the estimator knows of no positives among the unlabeled samples, its prior is
    # the labelled share of its own data, which may differ from that of these data.
    if prior is None and getattr(source, "unlabeled_prior_", None) != 0:
        prior = getattr(source, "prior_", None)
    if scheme is None:
        scheme = getattr(source, "scheme", "single")
    if pos_label is None:
        pos_label = getattr(source, "pos_label_", getattr(source, "pos_label", None))
    _, _, pos_label = labeled_positives(y, pos_label)
    return {"prior": prior, "scheme": scheme, "pos_label": pos_label}


def find_method(estimator, response):
    """Return the first of the named methods that the estimator has.

    The response is a name, names in the order of preference, or "auto" for scores.
    """
    if isinstance(response, str):
        response = SCORES if response == "auto" else (response,)
    return find_response(estimator, response)


def get_responses(estimator, X, responses, pos_label):
    """Return predicted labels ("predict") and scores of the positives, by method."""
    return {
        name: np.asarray(estimator.predict(X))
        if name == "predict"
        else score_positives(estimator, X, name, pos_label)
        for name in responses
    }


def held_out_responses(
    estimator, X, y, responses, pos_label, *, cv, n_jobs=None, random_state=None
):
    """Return rows, and the responses for them of clones not trained on them."""
    y = np.asarray(y)
    if isinstance(cv, Real) and not isinstance(cv, Integral):
        splits = cross_validation_splits(cv, X, y, y == pos_label, {}, random_state)
        check_splits(splits, y == pos_label)
    else:
        splits = cross_validation_partition(cv, X, y, y == pos_label, {}, random_state)
    respond = partial(get_responses, responses=responses, pos_label=pos_label)
    parts = cross_validated_responses(estimator, X, y, splits, respond, n_jobs=n_jobs)
    rows = np.concatenate([test for _, test in splits])
    return rows, {
        name: np.concatenate([part[name] for part in parts]) for name in responses
    }


def check_matplotlib(display):
    """Raise an ImportError that names the display if matplotlib is missing."""
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"{display.__name__} needs matplotlib. Install it with "
            "`pip install 'pusklearn[plot]'` or `pip install matplotlib`."
        ) from error


def make_axes(display, ax, **settings):
    """Return the axes, or make new ones if there are none."""
    check_matplotlib(type(display))
    if ax is not None:
        return ax
    from matplotlib import pyplot as plt

    return plt.subplots(layout="constrained", **settings)[1]
