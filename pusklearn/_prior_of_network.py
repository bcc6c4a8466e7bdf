"""The share of positives among unlabeled samples, from a network's own scores."""

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from pusklearn._bbe import bbe
from pusklearn._region_folds import region_folds
from pusklearn._sample_folds import sample_folds
from pusklearn._tiled_regions import TiledRegions

N_FOLDS = 3
N_REPEATS = 3
# Of each kind; what drawing so many leaves open is far below the error of the labels.
MOST_SCORES = 100_000
# Pixels of a map that are scored in the time of one region by itself.
DENSE_GAIN = 13
CHUNK = 4096


def prior_of_network(classifier, X, is_positive):
    """Estimate the share from out-of-fold scores of the classifier's network.

    Clones of the classifier learn positives against unlabeled samples, both of the
    same weight, for one epoch, each on two of three folds. They score samples of the
    remaining one; the score of a sample is the mean over three repetitions.

    Parameters
    ----------
    classifier : PUClassifier
        With its parameters checked.
    X : ndarray of float32 or TiledRegions
        The samples. Regions stay together with those of their micrograph.
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
        For fewer than 2 unlabeled samples, labelled positives, or labelled particles.
    """
    check_numbers(is_positive)
    random_state = check_random_state(classifier.random_state)
    rng = np.random.default_rng(random_state.randint(2**31 - 1))
    n_particles = None
    if isinstance(X, TiledRegions):
        folds, n_particles = region_folds(X, is_positive, N_FOLDS)
    rows = np.concatenate([draw(rng, is_positive), draw(rng, ~is_positive)])
    scores = np.zeros(len(rows))
    for _ in range(N_REPEATS):
        if n_particles is None:
            n_folds = min(N_FOLDS, is_positive.sum(), (~is_positive).sum())
            folds = sample_folds(X, is_positive, n_folds, random_state)
        for fold in np.unique(folds):
            probe = make_probe(classifier, int(rng.integers(2**31 - 1)))
            learnt = np.flatnonzero(folds != fold)
            probe.fit(X[learnt], is_positive[learnt].astype(np.int8))
            here = folds[rows] == fold
            scores[here] += score(probe, X, rows[here])
    known = is_positive[rows]
    share, interval = bbe(scores[known], scores[~known], n_positive=n_particles)
    # A criterion takes no share of 0 or 1; half a sample is as good as none.
    least = 0.5 / (~is_positive).sum()
    return min(max(share, least), 1 - least), interval


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


def draw(rng, mask):
    """Return rows where the mask is set, a random part of them if there are many."""
    rows = np.flatnonzero(mask)
    if len(rows) <= MOST_SCORES:
        return rows
    return np.sort(rng.choice(rows, MOST_SCORES, replace=False))


def make_probe(classifier, seed):
    """Return a quick classifier of the same network, positives against unlabeled."""
    # A prior of one half gives both kinds the same weight, however few the positives.
    return clone(classifier).set_params(
        criterion="pn",
        prior=0.5,
        scheme="case-control",
        pos_label=None,
        reconstruction_weight=0.0,
        max_epochs=1,
        callbacks=None,
        random_state=seed,
        verbose=0,
    )


def score(probe, X, rows):
    """Score some rows, without scoring a whole micrograph for a few of its regions."""
    if not len(rows):
        return np.empty(0)
    if not isinstance(X, TiledRegions):
        return probe.decision_function(X[rows])
    scored = np.unique(X.locate(rows)[0])
    if sum(X.micrographs[i].size for i in scored) <= DENSE_GAIN * len(rows):
        return probe.decision_function(X[rows])
    parts = np.array_split(rows, -(-len(rows) // CHUNK))
    return np.concatenate([probe.decision_function(np.asarray(X[p])) for p in parts])
