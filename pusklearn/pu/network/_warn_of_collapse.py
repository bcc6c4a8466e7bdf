"""The warning about a training that has collapsed, with its cause and a cure."""

from numbers import Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu._label_ranking import (
    LEAST_LABELS,
    LEAST_SAMPLES,
    VERY_FEW,
    few_labels,
    labels_needed,
    ranking,
    too_few_to_tell,
)
from pusklearn.pu._pu_collapse_warning import PUCollapseWarning
from pusklearn.pu._samples import Samples
from pusklearn.pu._untold_collapse import IS_TOLD
from pusklearn.pu._warn_caller import warn_caller
from pusklearn.pu.modules._architecture import Architecture
from pusklearn.pu.network._automatic_settings import is_auto
from pusklearn.pu.network._collapse import ERRORS, Look, find_collapse, look_at
from pusklearn.pu.network._known_negatives import NO_ROWS
from pusklearn.pu.priors._class_priors import AnyPriors

# After fewer updates a network is not trained, and nobody expects much of it.
LEAST_UPDATES = 100
# Features of a greater size can spoil a training. One column of values of about 300
# beside others of about 1, and a table of grey values from 0 to 255, did so, and what
# stands for words, categories or standardised numbers never is so large.
LARGE = 30
N_NAMED = 3  # columns
# Optimizers that scale the steps of each parameter bear a lower rate than others.
HIGH_LR, HIGH_LR_OF_OTHERS = 0.1, 1.0
ADAPTIVE = ("adam", "adamw", "adamax", "nadam", "radam", "rmsprop")
# Log-odds are absurd if a tenth of them are larger: no data can support odds of 10**86.
ABSURD = 200
# An order is at chance if its area is less than this, or within its error of 0.5.
POOR_AREA = 0.6
# An order shows nothing if its area exceeds that of chance by this part of what a
# perfect one would, at most, and chance explains it.
PART = 0.25


def warn_of_collapse(
    classifier: Any,
    samples: Samples,
    positives: NDArray,
    priors: AnyPriors,
    weights: NDArray | None = None,
    negatives: NDArray = NO_ROWS,
) -> None:
    """Warn if the predictions for some training samples cannot be right.

    Parameters
    ----------
    classifier : PUClassifier
        The classifier, just trained.
    samples : Samples
        The samples that it was trained on.
    positives : ndarray of int
        Rows of the labelled positives, ascending.
    priors : Priors or PriorsWithNegatives
        The priors of the training.
    weights : ndarray of float or None, default=None
        The weights of the samples; None if all are equal.
    negatives : ndarray of int, default=()
        Rows of the known negatives, ascending.

    Warns
    -----
    PUCollapseWarning
        If the output of the network is constant or bounded, labelled positives rank
        below unlabeled samples or are not found, or the share of samples predicted
        positive is far from the prior.
    """
    history = classifier.net_.history
    updates = sum(row.get("train_batch_count", 0) for row in history)
    if not IS_TOLD.get() or updates < LEAST_UPDATES:
        return
    prior = priors.population if classifier.prior is not None else 1.0
    look = look_at(classifier, samples, positives, weights, negatives, prior)
    is_flat = len(classifier.sample_shape_) == 1
    causes = (
        bounded_output(classifier.module_, look),
        large_features(look.X, is_flat, getattr(classifier, "feature_names_in_", None)),
        high_lr(classifier),
    )
    collapse = find_collapse(look, priors)
    if collapse is None and causes[0]:
        collapse = "The classifier cannot become sure of any sample."
    if collapse is None and causes[1] and is_at_chance(look):
        collapse = "The classifier ranks the labelled positives by chance."
    if collapse is None and causes[2]:
        collapse = absurd_scores(look)
    # Where the prior is matched, a training that failed predicts enough positives.
    if collapse is None and samples.groups is None and is_untrained(look, priors):
        collapse = (
            "The classifier ranks the labelled positives that it was trained on by "
            "chance."
        )
    cause = next(filter(None, causes), None)
    if collapse is None and is_blind(classifier, samples, positives, priors, negatives):
        warn_caller(few_labels(len(positives), priors.unlabeled), PUCollapseWarning)
        return
    if collapse is None and is_hardly_told(classifier, samples, positives, negatives):
        warn_caller(too_few_to_tell(len(positives)), PUCollapseWarning)
        return
    # Labels that have nothing to do with the features can be ordinary classification.
    is_open = cause is None and classifier.prior is None
    if collapse is None or (is_open and not has_order(look)):
        return
    if cause is None:
        cause = open_cause(classifier) + one_sided_output(classifier.module_, look)
    warn_caller(f"{collapse} {cause}", PUCollapseWarning)


def is_blind(
    classifier: Any,
    samples: Samples,
    positives: NDArray,
    priors: AnyPriors,
    negatives: NDArray,
) -> bool:
    """Tell whether labels are too few for a high prior, and no negative is known.

    An estimated prior is high, too, if the features say nothing.
    """
    n, given = len(positives), isinstance(classifier.prior, Real)
    if not given or len(negatives) or n < LEAST_LABELS or len(samples) < LEAST_SAMPLES:
        return False
    return n < labels_needed(priors.unlabeled)


def is_hardly_told(
    classifier: Any, samples: Samples, positives: NDArray, negatives: NDArray
) -> bool:
    """Tell whether a few labels are all that is known of many samples.

    If the prior is estimated, the estimate warns of few labels. Regions of micrographs
    are not looked at, since several of them show the same labelled particle.
    """
    if len(negatives) or samples.groups is not None or len(samples) < LEAST_SAMPLES:
        return False
    return isinstance(classifier.prior, Real) and len(positives) < VERY_FEW


def bounded_output(module: Any, look: Look) -> str | None:
    """Say that a network of the user seems to end in an activation, or return None."""
    logits = np.concatenate([look.positive, look.unlabeled])
    low, high = logits.min(), logits.max()
    is_constant = low == high
    if isinstance(module, Architecture) or (is_constant and low not in (0, 1)):
        return None
    if is_constant:
        seen, layer = f"{low:.0f}", "a ReLU, sigmoid or softmax"
    elif low >= 0 and high <= 1:
        seen, layer = f"between {low:.3g} and {high:.3g}", "a sigmoid or softmax"
    elif low == 0:
        seen, layer = "at least 0", "a ReLU"
    elif np.abs(logits).max() <= 1 and np.mean(np.abs(logits) > 0.95) > 0.2:
        seen, layer = "between -1 and 1", "a hyperbolic tangent"
    else:
        return None
    return (
        f"All outputs of the network are {seen}, as those of {layer} are. `module` "
        "must return logits, the log-odds of a positive, which have any value and "
        f"either sign: leave the last activation out, if it is {layer}."
    )


def one_sided_output(module: Any, look: Look) -> str:
    """Say how a network of the user may end if its outputs have one sign, or nothing.

    Logits that are right can have one sign, too, if no sample is predicted positive.
    """
    logits = np.concatenate([look.positive, look.unlabeled])
    if isinstance(module, Architecture) or (logits.min() < 0 < logits.max()):
        return ""
    seen, layer = "at least 0", "a softplus or exponential"
    if logits.min() < 0:
        seen, layer = "at most 0", "the logarithm of a sigmoid or softmax"
    return (
        f" As all outputs of the network are {seen}, it may also end in an activation "
        f"such as {layer}. If so, leave that out: `module` must return logits, the "
        "log-odds of a positive."
    )


def large_features(
    X: NDArray, is_flat: bool, names: NDArray | None = None
) -> str | None:
    """Say that values need scaling, or return None.

    It is asked for the cause of a training that has gone wrong.
    """
    size = np.sqrt(np.square(X, dtype=float).mean(axis=0)).ravel()
    usual = np.sort(size)[(len(size) - 1) // 2]
    if size.max() <= LARGE:
        return None
    if not is_flat:
        return (
            f"The values of the images are as large as {np.abs(X).max():.3g}; bring "
            "them to a mean of 0 and a standard deviation of about 1."
        )
    largest = np.argsort(-size, kind="stable")[:N_NAMED]
    columns = [
        f"{int(i) if names is None else str(names[i])!r} ({size[i]:.3g})"
        for i in largest
        if size[i] > LARGE
    ]
    return (
        "The features need scaling: the typical size of values is greatest in "
        f"column{'s' if len(columns) > 1 else ''} {', '.join(columns)}, and in most "
        f"columns it is {usual:.3g} or less. Put a StandardScaler before the "
        "classifier, as in make_pipeline(StandardScaler(), PUClassifier(...))."
    )


def high_lr(classifier: Any) -> str | None:
    """Say that the learning rate is far too high, or return None."""
    name = getattr(classifier.optimizer, "__name__", str(classifier.optimizer))
    most = HIGH_LR if name.lower() in ADAPTIVE else HIGH_LR_OF_OTHERS
    if is_auto(classifier.lr) or classifier.lr <= most:
        return None
    return (
        f"The learning rate is probably too high: `lr` is {classifier.lr:g}; the "
        "default is 0.003."
    )


def absurd_scores(look: Look) -> str | None:
    """Say that log-odds are larger than any data can support, or return None."""
    size = np.quantile(np.abs(np.concatenate([look.positive, look.unlabeled])), 0.9)
    if size <= ABSURD:
        return None
    return (
        f"A tenth of the log-odds are beyond {size:.3g} in size, which no data can "
        "support, so the order of the samples and the share predicted positive may be "
        "wrong."
    )


def is_at_chance(look: Look) -> bool:
    """Tell whether the order of the samples says next to nothing of their labels."""
    area, error = ranking(look.positive, look.unlabeled)
    return area < max(POOR_AREA, 0.5 + 2 * error)


def is_untrained(look: Look, priors: AnyPriors) -> bool:
    """Tell whether an order shows next to nothing of what a perfect one would.

    That of samples with weights is not judged: the heavy ones alone may be learnt.
    """
    is_small = len(look.positive) < LEAST_LABELS
    if is_small or look.positive_weight is not None or priors.unlabeled <= 0:
        return False
    area, error = ranking(look.positive, look.unlabeled)
    return area < 0.5 + min(2 * error, PART * (1 - priors.unlabeled) / 2)


def has_order(look: Look) -> bool:
    """Tell whether labelled positives rank high by far more than chance explains."""
    area, error = ranking(look.positive, look.unlabeled)
    return area > 0.5 + ERRORS * error


def open_cause(classifier: Any) -> str:
    """Say what may be wrong if nothing is seen to be."""
    if classifier.prior is None:
        return (
            "No prior was given, so the labelled share is taken for it, and all "
            "unlabeled samples count as negatives. If there are positives among them, "
            "give the share of positives in the population: prior=0.3, for example, or "
            "prior='estimate'; a picker of particles has `particles_per_micrograph`. "
            "If all positives are labelled, the classes overlap: "
            "PUThresholdClassifier(threshold='prior') then lowers the threshold."
        )
    other = (
        ""
        if classifier.criterion == "ge-binomial"
        else ("the default criterion, 'ge-binomial', collapses least; ")
    )
    return (
        "The training may have collapsed, the prior may be wrong, or positives may be "
        f"hard to tell from negatives. To be tried: {other}more updates by "
        "`max_epochs`, another `random_state`, and "
        "PUThresholdClassifier(threshold='prior'), which predicts as many positives as "
        "the prior says."
    )
