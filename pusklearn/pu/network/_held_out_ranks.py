"""How high held-out labels rank among the held-out unlabeled samples."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu.network._hold_out import Part
from pusklearn.pu.network._known_negatives import rows_among

MOST_SAMPLES = 30_000


def some_of(learnt: Part, random_state: np.random.RandomState) -> Part:
    """Return a part that holds all labels, and not too many samples.

    Known negatives are left out as any other sample may be.
    """
    n = len(learnt.samples)
    if n <= MOST_SAMPLES:
        return learnt
    is_taken = np.zeros(n, bool)
    is_taken[random_state.permutation(n)[:MOST_SAMPLES]] = True
    is_taken[learnt.positives] = True
    weights = learnt.weights
    return Part(
        learnt.samples.part(is_taken),
        rows_among(learnt.positives, is_taken),
        is_taken,
        weights if weights is None else weights[is_taken],
        rows_among(learnt.negatives, is_taken),
    )


def prior_among(
    part: Part, unlabeled_prior: float, scheme: str, is_taken: NDArray[np.bool_]
) -> float:
    """Return the prior of some samples that hold all kinds of them.

    It follows from the share of positives among the unlabeled samples. The prior of all
    samples would not do: others of them are labelled, which weights of samples make
    worse, and it may not even exceed the labelled share of these.
    """
    weights = 1.0 if part.weights is None else part.weights
    counted = np.where(is_taken, weights, 0.0)
    total, labeled = counted.sum(), counted[part.positives].sum()
    positives = unlabeled_prior * (total - labeled - counted[part.negatives].sum())
    if scheme == "single":
        return float((labeled + positives) / total)
    return float(positives / (total - labeled))


def held_out_ranks(
    trial: Any, part: Part, is_positive: NDArray[np.bool_], is_held_out: NDArray
) -> NDArray[np.float64]:
    """Return how high held-out labels rank among the held-out unlabeled samples.

    Parameters
    ----------
    trial : PUClassifier
        The classifier that learns from the others.
    part : Part
        The samples.
    is_positive, is_held_out : ndarray of bool of shape (n,)
        Which samples are labelled, and which are held out.

    Returns
    -------
    ndarray of float
        For each held-out label, the share of the unlabeled samples that score less,
        and half of those that score the same. Their mean is the area under the ROC
        curve of labels against unlabeled samples.
    """
    X, is_learnt = part.samples.X, ~is_held_out
    weights = None if part.weights is None else part.weights[is_learnt]
    is_negative = np.zeros(len(is_positive), bool)
    is_negative[part.negatives] = True
    known = is_negative[is_learnt] if is_negative[is_learnt].any() else None
    trial.fit(X[is_learnt], is_positive[is_learnt].astype(int), weights, known)
    scores = trial.decision_function(X[is_held_out])
    labels = scores[is_positive[is_held_out]]
    unlabeled = np.sort(scores[~(is_positive | is_negative)[is_held_out]])
    below, up_to = (
        np.searchsorted(unlabeled, labels, side) for side in ("left", "right")
    )
    return (below + up_to) / (2 * len(unlabeled))


def area_of_classes(ranks: NDArray[np.float64], unlabeled_prior: float) -> float:
    """Return the area under the ROC curve of the classes, from that of the labels.

    The unlabeled samples hold positives, which the labels outrank half of the time.
    """
    return float((ranks.mean() - unlabeled_prior / 2) / (1 - unlabeled_prior))
