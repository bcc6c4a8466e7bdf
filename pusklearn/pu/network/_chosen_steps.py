"""How long a network learns from a table, by how well it ranks held-out labels."""

from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state

from pusklearn.pu._progress_bar import progress_bar
from pusklearn.pu._samples import ArraySamples
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.network._automatic_settings import resolve_steps
from pusklearn.pu.network._hold_out import Part
from pusklearn.pu.network._initial import SHARE_OF_STEPS
from pusklearn.pu.network._known_negatives import rows_among
from pusklearn.pu.priors._class_priors import AnyPriors
from pusklearn.pu.splits._folds_with_copies_together import folds_with_copies_together

# The updates of the two trainings that are compared. Where classes overlap, 1,000
# updates learn a few dozen labels by heart; more than `MOST_LABELS` they do not.
SHORT, LONGER = 150, 400
LEAST_LABELS, MOST_LABELS = 10, 500
# In each fold, labels are ranked among unlabeled samples.
LEAST_UNLABELED = 30
N_FOLDS = 3
# So many held-out labels are enough to compare by; further folds are left out.
ENOUGH_LABELS = 60
MOST_SAMPLES = 30_000
# If the classes are told apart so well, the labels do not contradict each other.
CLEAR_AREA = 0.9
# A difference counts if it is greater than so many of its standard errors.
ERRORS = 1.0


def find_steps(classifier: Any, learnt: Part, priors: AnyPriors) -> int:
    """Return the number of updates of an epoch.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier whose parameters are checked, and that has ``sample_shape_``.
    learnt : Part
        The samples to learn from.
    priors : Priors or PriorsWithNegatives
        The priors of the training.

    Returns
    -------
    int
        ``steps_per_epoch`` if it is given. Otherwise the usual number; for tables with
        10 to 500 labels and 30 unlabeled samples, it may be so few that all epochs
        together have 150 or 400 updates, see `best_updates`.
    """
    samples, positives = learnt.samples, learnt.positives
    n_unlabeled = len(samples) - len(positives) - len(learnt.negatives)
    is_new = classifier.initial is None
    usual = resolve_steps(
        classifier.steps_per_epoch,
        samples,
        samples.count_labels(positives),
        1.0 if is_new else SHARE_OF_STEPS,
    )
    is_open = (
        classifier.steps_per_epoch is None
        and is_new
        and not classifier.warm_start
        and isinstance(samples, ArraySamples)
        and len(samples.shape) == 1
        and LEAST_LABELS <= len(positives) <= MOST_LABELS
        and n_unlabeled >= LEAST_UNLABELED
        and priors.unlabeled > 0
        and usual * classifier.max_epochs > LONGER
    )
    if not is_open:
        return usual
    updates = best_updates(classifier, learnt, priors)
    return usual if updates is None else ceil(updates / classifier.max_epochs)


def best_updates(classifier: Any, learnt: Part, priors: AnyPriors) -> int | None:
    """Return how many updates suit a table; None stands for the usual number.

    Clones learn from two of three folds with 150 updates, and again with 400. If the
    classes overlap and the held-out labels rank lower among the unlabeled samples after
    400 updates, by more than a standard error of the difference, then 150 are best. If
    they rank higher by as much, more updates are better, and the usual number is taken.
    If they do neither, 400 are taken. Where the classes hardly overlap, the labels tell
    the same story, and the usual number is taken at once.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier whose parameters are checked.
    learnt : Part
        The samples to learn from.
    priors : Priors or PriorsWithNegatives
        The priors of the training.

    Returns
    -------
    int or None
        The number of updates.
    """
    random_state = check_random_state(classifier.random_state)
    part = some_of(learnt, random_state)
    is_positive = np.zeros(len(part.samples), bool)
    is_positive[part.positives] = True
    folds = folds_with_copies_together(
        part.samples.X, is_positive, N_FOLDS, random_state
    )
    used = min(N_FOLDS, ceil(N_FOLDS * ENOUGH_LABELS / is_positive.sum()))
    seeds = random_state.randint(2**31 - 1, size=used)
    trial = trial_of(classifier)

    def ranks_after(updates: int) -> NDArray[np.float64]:
        trial.set_params(steps_per_epoch=updates)
        ranks = []
        for fold, seed in enumerate(seeds):
            prior = prior_among(
                part, priors.unlabeled, classifier.scheme, folds != fold
            )
            trial.set_params(random_state=int(seed), prior=prior)
            ranks.append(held_out_ranks(trial, part, is_positive, folds == fold))
            bar.update()
        return np.concatenate(ranks)

    with (
        untold_collapse(),
        progress_bar(
            description="choosing the updates",
            unit="fold",
            verbose=classifier.verbose,
            total=2 * used,
        ) as bar,
    ):
        short = ranks_after(SHORT)
        if area_of_classes(short, priors.unlabeled) >= CLEAR_AREA:
            return None
        gain = ranks_after(LONGER) - short
    error = gain.std(ddof=1) / np.sqrt(len(gain))
    if gain.mean() > ERRORS * error:
        return None
    return SHORT if gain.mean() < -ERRORS * error else LONGER


def trial_of(classifier: Any) -> Any:
    """Return a clone that learns in one epoch, and neither tells nor keeps anything."""
    return clone(classifier).set_params(
        pos_label=None,
        reconstruction_weight=0.0,
        max_epochs=1,
        callbacks=None,
        validation_fraction=0.0,
        verbose=0,
    )


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
