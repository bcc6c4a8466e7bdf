"""The share of positives among unlabeled samples, from a network's own scores."""

from functools import singledispatch

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from pusklearn.pu.priors._bbe import bbe
from pusklearn.pu.splits._folds_with_copies_together import folds_with_copies_together

N_FOLDS = 3
N_REPEATS = 3


@singledispatch
def estimate_unlabeled_prior(samples, classifier, positives):
    """Estimate the share of positives among unlabeled samples, and its interval.

    Parameters
    ----------
    samples : Samples
        Checked ones; a kind of samples with a way of its own is registered here.
    classifier : PUClassifier
        With its parameters checked.
    positives : ndarray of int
        Rows of the labelled positives, ascending.

    Returns
    -------
    share : float
        Share of positives among the unlabeled samples.
    interval : tuple of float
        Its lower and upper end.
    """
    is_positive = np.isin(np.arange(len(samples)), positives)
    return cross_validated_unlabeled_prior(classifier, samples.X, is_positive)


def cross_validated_unlabeled_prior(classifier, X, is_positive):
    """Estimate the share from out-of-fold scores of the classifier's network.

    Clones of the classifier learn positives against unlabeled samples, both of the
    same weight, for one epoch, each on two of three folds, and score the samples of
    the remaining one. The estimate is the mean over three repetitions: the threshold
    where it is read depends on the draw of the folds. A mean of the scores instead
    makes no better one.

    Parameters
    ----------
    classifier : PUClassifier
        With its parameters checked.
    X : ndarray of float32
        The samples.
    is_positive : ndarray of bool of shape (n,)
        Which samples are labelled.

    Returns
    -------
    share : float
        Share of positives among the unlabeled samples.
    interval : tuple of float
        Its lower and upper end.

    Raises
    ------
    ValueError
        For fewer than 2 unlabeled samples or labelled positives.
    """
    check_numbers(is_positive)
    random_state = check_random_state(classifier.random_state)
    n_folds = min(N_FOLDS, is_positive.sum(), (~is_positive).sum())
    scores, found = np.empty(len(X)), []
    for _ in range(N_REPEATS):
        folds = folds_with_copies_together(X, is_positive, n_folds, random_state)
        for fold in range(n_folds):
            nontraditional = make_nontraditional_classifier(
                classifier, random_state.randint(2**31 - 1)
            )
            learnt, here = folds != fold, folds == fold
            nontraditional.fit(X[learnt], is_positive[learnt].astype(np.int8))
            scores[here] = nontraditional.decision_function(X[here])
        found.append(bbe(scores[is_positive], scores[~is_positive]))
    shares, intervals = zip(*found, strict=True)
    return float(np.mean(shares)), tuple(np.mean(intervals, axis=0).tolist())


def check_numbers(is_positive):
    """Raise a ValueError where there are too few samples for two folds."""
    n_positive = int(is_positive.sum())
    for kind, n in (
        ("labelled positives", n_positive),
        ("unlabeled samples", len(is_positive) - n_positive),
    ):
        if n < 2:
            raise ValueError(
                f"prior='estimate' needs at least 2 {kind}, so that each is scored by "
                f"a network that has not seen it. Got {n}."
            )


def make_nontraditional_classifier(classifier, seed, max_epochs=1):
    """Return a quick classifier of the same network, positives against unlabeled."""
    # A prior of one half gives both kinds the same weight, however few the positives.
    return clone(classifier).set_params(
        criterion="pn",
        prior=0.5,
        scheme="case-control",
        pos_label=None,
        reconstruction_weight=0.0,
        max_epochs=max_epochs,
        callbacks=None,
        random_state=seed,
        verbose=0,
    )
