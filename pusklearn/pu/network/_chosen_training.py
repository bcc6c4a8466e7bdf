"""Which network learns from a table and how long, by how it ranks held-out labels."""

from collections.abc import Mapping
from math import ceil
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state
from skorch.callbacks import LRScheduler

from pusklearn.pu._progress_bar import progress_bar
from pusklearn.pu._samples import ArraySamples, Samples
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.modules._mlp import MLP
from pusklearn.pu.network._automatic_settings import resolve_learning, resolve_steps
from pusklearn.pu.network._check_callbacks import callback_of, is_kind
from pusklearn.pu.network._held_out_ranks import (
    area_of_classes,
    held_out_ranks,
    prior_among,
    some_of,
)
from pusklearn.pu.network._hold_out import Part
from pusklearn.pu.network._initial import SHARE_OF_STEPS
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
# If the classes are told apart so well, the labels do not contradict each other.
CLEAR_AREA = 0.9
# A difference counts if it is greater than so many of its standard errors.
ERRORS = 1.0
# Texts and the like have at most this share of values other than 0. On other tables, a
# linear network was taken in one of 50 draws of labels, and lost 0.04 of F1 in it.
MOST_VALUES = 0.05
# So many samples tell whether they are texts, and how long they are.
SAMPLES_SEEN = 1024
# The settings that a linear network may take the place of.
OPEN = {
    "module": "auto",
    "optimizer": "adam",
    "lr": 3e-3,
    "weight_decay": 0.0,
    "reconstruction_weight": 0.0,
}


class Training(NamedTuple):
    """What is trained, and how.

    Attributes
    ----------
    module : specification or callable
        The network.
    optimizer : str or torch.optim.Optimizer class
        The optimizer.
    lr : float
        Highest learning rate of the schedule.
    steps_per_epoch : int
        The updates in an epoch.
    """

    module: Any
    optimizer: Any
    lr: float
    steps_per_epoch: int


def find_training(
    classifier: Any,
    module: Any,
    learnt: Part,
    priors: AnyPriors,
    start: Mapping[str, Any] | None = None,
) -> Training:
    """Return the network, its optimizer, the learning rate and the updates of an epoch.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier whose parameters are checked, and that has ``sample_shape_``.
    module : specification or callable
        The network, "auto" resolved.
    learnt : Part
        The samples to learn from.
    priors : Priors or PriorsWithNegatives
        The priors of the training.
    start : mapping or None, default=None
        The attributes of the fit whose weights the training starts from, if any.

    Returns
    -------
    Training
        The parameters of the classifier, and ``steps_per_epoch`` or the usual number.
        For tables with 10 to 500 labels and 30 unlabeled samples, it may be so few that
        all epochs together have 150 or 400 updates, or the network a linear one, see
        `best_training`.
    """
    samples, positives = learnt.samples, learnt.positives
    n_unlabeled = len(samples) - len(positives) - len(learnt.negatives)
    n_labels = samples.count_labels(positives)
    usual = Training(
        module,
        classifier.optimizer,
        resolve_learning(classifier, module, samples, n_labels).lr,
        resolve_steps(
            classifier.steps_per_epoch,
            samples,
            n_labels,
            1.0 if classifier.initial is None else SHARE_OF_STEPS,
        ),
    )
    if start is not None:
        if may_be_linear(classifier) and is_linear(start["module_"]):
            # A fit of an earlier version has only its parameters.
            optimizer = start.get("optimizer_", start["optimizer"])
            return usual._replace(optimizer=optimizer, lr=start.get("lr_", start["lr"]))
        return usual
    is_open = (
        classifier.steps_per_epoch is None
        and not classifier.warm_start
        and isinstance(samples, ArraySamples)
        and len(samples.shape) == 1
        and LEAST_LABELS <= len(positives) <= MOST_LABELS
        and n_unlabeled >= LEAST_UNLABELED
        and priors.unlabeled > 0
        and usual.steps_per_epoch * classifier.max_epochs > LONGER
    )
    return best_training(classifier, usual, learnt, priors) if is_open else usual


def best_training(
    classifier: Any, usual: Training, learnt: Part, priors: AnyPriors
) -> Training:
    """Return the training that suits a table.

    Clones learn from two of three folds with 150 updates, and again with 400. If the
    classes overlap and the held-out labels rank lower among the unlabeled samples after
    400 updates, by more than a standard error of the difference, then 150 are best. If
    they rank higher by as much, more updates are better, and the usual number is taken.
    If they do neither, 400 are taken. Where the classes hardly overlap, the labels tell
    the same story, and the usual number is taken at once.

    Of texts, clones with a linear network learn as well. It is taken unless it ranks
    the held-out labels lower than one of the others, by more than a standard error. It
    needs not be better, because a few dozen labels do not tell that: of 41 labels, the
    ranks have a standard error of 0.03.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier whose parameters are checked.
    usual : Training
        The training of its parameters.
    learnt : Part
        The samples to learn from.
    priors : Priors or PriorsWithNegatives
        The priors of the training.

    Returns
    -------
    Training
        The training.
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
    linear = linear_training(part.samples) if may_be_linear(classifier) else None

    def ranks_of(**settings: Any) -> NDArray[np.float64]:
        trial, ranks = trial_of(classifier).set_params(**settings), []
        for fold, seed in enumerate(seeds):
            prior = prior_among(
                part, priors.unlabeled, classifier.scheme, folds != fold
            )
            trial.set_params(random_state=int(seed), prior=prior)
            ranks.append(held_out_ranks(trial, part, is_positive, folds == fold))
            bar.update()
        return np.concatenate(ranks)

    def in_all(updates: int, training: Training = usual) -> Training:
        steps = ceil(updates / classifier.max_epochs)
        return training._replace(steps_per_epoch=steps)

    with (
        untold_collapse(),
        progress_bar(
            description="choosing the training",
            unit="fold",
            verbose=classifier.verbose,
            total=(2 if linear is None else 3) * used,
        ) as bar,
    ):
        short = ranks_of(steps_per_epoch=SHORT)
        if linear is not None:
            ranks = ranks_of(**linear._asdict())
            linear = None if counts(short - ranks) else linear
        is_clear = area_of_classes(short, priors.unlabeled) >= CLEAR_AREA
        if is_clear and linear is None:
            return usual
        longer = ranks_of(steps_per_epoch=LONGER)
    if linear is not None and not counts(longer - ranks):
        return in_all(SHORT, linear)
    if is_clear or counts(longer - short):
        return usual
    return in_all(SHORT if counts(short - longer) else LONGER)


def counts(gain: NDArray[np.float64]) -> bool:
    """Tell whether a mean gain is greater than its standard errors explain."""
    return bool(gain.mean() > ERRORS * gain.std(ddof=1) / np.sqrt(len(gain)))


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


def may_be_linear(classifier: Any) -> bool:
    """Tell whether a classifier leaves its network and its learning rate open."""
    is_open = all(
        type(value := getattr(classifier, name)) is type(default) and value == default
        for name, default in OPEN.items()
    )
    entries = classifier.callbacks or []
    return is_open and not any(is_kind(callback_of(e), LRScheduler) for e in entries)


def is_linear(module: Any) -> bool:
    """Tell whether a specification is that of a linear network."""
    return isinstance(module, MLP) and not module.hidden


def linear_training(samples: Samples) -> Training | None:
    """Return the training of a linear network; None if the samples are no texts.

    The gradient of a linear network is as large as its samples, and its curvature as
    their mean squared length. The inverse of that is a learning rate that suits counts
    of words as well as texts of length 1. Adam would take steps of the same size for
    rare words as for others, and learn them by heart: on simulated messages with 41
    labels, the area under the ROC curve was 0.79 with it, and 0.91 with "sgd".

    Examples
    --------
    >>> from scipy.sparse import csr_array
    >>> from pusklearn.pu._samples import as_samples
    >>> from pusklearn.pu.network._chosen_training import linear_training
    >>> words = csr_array(([2.0], [0], [0, 1]), shape=(1, 100))
    >>> linear_training(as_samples(words)).lr
    0.25
    """
    rows = np.linspace(0, len(samples) - 1, min(len(samples), SAMPLES_SEEN))
    seen = [samples.pick(row[None]).astype(float) for row in rows.astype(np.intp)]
    n_values = sum(np.count_nonzero(values) for values in seen)
    length = np.mean([np.square(values).sum() for values in seen])
    if n_values > MOST_VALUES * len(seen) * samples.shape[0] or not length:
        return None
    lr = float(1 / length)
    return Training(MLP(()), "sgd", lr, SHORT) if 0 < lr < np.inf else None
