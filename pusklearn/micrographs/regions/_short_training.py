"""Clones of a classifier of regions that learn in a part of its updates."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from sklearn.base import clone

from pusklearn.micrographs.images._lazy_rows import is_large
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._inner_estimators import fit_parameter, random_state_names
from pusklearn.pu._samples import as_samples
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.network._automatic_settings import resolve_steps
from pusklearn.pu.network._initial import SHARE_OF_STEPS
from pusklearn.pu.network._pu_classifier import PUClassifier

SHARE_OF_UPDATES = 1 / 6


def short_clone(
    classifier: Any, X: TiledRegions, n_labels: int, seed: int, prior: float | None
) -> Any:
    """Return a clone that learns in a sixth of the updates, if it counts its updates.

    Parameters
    ----------
    classifier : classifier
        The classifier. One that is not a `PUClassifier` learns as it always does.
    X : TiledRegions
        The regions of the whole training.
    n_labels : int
        The number of labelled particles of the whole training.
    seed : int
        The random state of the clone, and of all that it holds.
    prior : float or None
        The prior of the clone; None leaves that of the classifier.
    """
    short = clone(classifier)
    short.set_params(**dict.fromkeys(random_state_names(short), seed))
    if prior is not None:
        short.set_params(prior=prior)
    if isinstance(short, PUClassifier):
        share = 1.0 if classifier.initial is None else SHARE_OF_STEPS
        steps = resolve_steps(
            classifier.steps_per_epoch, as_samples(X), n_labels, share
        )
        short.set_params(
            steps_per_epoch=max(1, round(SHARE_OF_UPDATES * steps)),
            # A user's callbacks may write files, or stop a training.
            callbacks=None,
            validation_fraction=0.0,
            warm_start=False,
            verbose=0,
        )
    return short


def learn(
    classifier: Any, regions: TiledRegions, labels: Any, known_negative: Any = None
) -> Any:
    """Train a classifier of regions, and return it.

    Parameters
    ----------
    classifier : classifier
        The classifier. Only a `PUClassifier` leaves out missing regions by itself.
    regions : TiledRegions
        The regions.
    labels : array of shape (n_regions,) or sparse array of shape (n_regions, 1)
        1 for labelled regions.
    known_negative : array of bool, sparse array of bool or None, default=None
        Which regions are known to hold no particle, in the form of the labels.
    """
    others = {}
    if known_negative is not None:
        others = {fit_parameter(classifier, "known_negative"): known_negative}
    if isinstance(classifier, PUClassifier):
        return classifier.fit(regions, labels, **others)
    if len(regions.missing_runs()):
        there = ~regions.missing
        regions, labels = regions[there], labels[there]
        others = {name: mask[there] for name, mask in others.items()}
    # Picks have thresholds of their own, so where a wrapper cuts does not matter.
    with untold_collapse():
        return classifier.fit(regions, labels, **others)


def labels_at(rows: NDArray[np.integer], regions: TiledRegions, classifier: Any) -> Any:
    """Return the labels of regions, from the rows of those that are labelled.

    They are sparse if there are many and the classifier takes such labels.
    """
    if is_large(regions.micrographs) and isinstance(classifier, PUClassifier):
        places = (rows, np.zeros(len(rows), int))
        ones = np.ones(len(rows), np.int8)
        return coo_array((ones, places), (len(regions), 1)).tocsc()
    labels = np.zeros(len(regions), np.int8)
    labels[rows] = 1
    return labels
