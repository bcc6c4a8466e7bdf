"""The share of positives among unlabeled samples, from a network's own scores."""

import numpy as np
from sklearn.utils import check_random_state

from pusklearn._bbe import bbe
from pusklearn._prior_probe import make_probe
from pusklearn._sample_folds import sample_folds

N_FOLDS = 3
N_REPEATS = 3


def prior_of_samples(classifier, X, is_positive):
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
        folds = sample_folds(X, is_positive, n_folds, random_state)
        for fold in range(n_folds):
            probe = make_probe(classifier, random_state.randint(2**31 - 1))
            learnt, here = folds != fold, folds == fold
            probe.fit(X[learnt], is_positive[learnt].astype(np.int8))
            scores[here] = probe.decision_function(X[here])
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
