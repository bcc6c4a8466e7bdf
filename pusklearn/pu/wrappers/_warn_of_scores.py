"""The warning about held-out scores that cannot be right, or are cut far off."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu._label_ranking import (
    LEAST_LABELS,
    LEAST_SAMPLES,
    VERY_FEW,
    few_labels,
    labels_needed,
    ranking,
)
from pusklearn.pu._pu_collapse_warning import PUCollapseWarning
from pusklearn.pu._untold_collapse import IS_TOLD
from pusklearn.pu._warn_caller import warn_caller
from pusklearn.pu.priors._priors import Priors

# Standard errors by which an order is upside down.
ERRORS = 4.0
# A cut is far off if its F1 score is this part of that of the cut at the prior, and if
# it misses so many more of the labels that chance does not explain it.
PART, MISSED = 0.5, 5
LEAST_FOUND = 0.1
ALL, HIGH_PRIOR = 0.98, 0.75


class Cut(NamedTuple):
    """The shares of the labels and of the population that a cut finds, and its F1."""

    recall: float
    share: float
    f1: float


def warn_of_scores(
    classifier: Any,
    scores: NDArray,
    is_positive: NDArray[np.bool_],
    priors: Priors | None = None,
    predicted: NDArray[np.bool_] | None = None,
    order: NDArray | None = None,
    are_held_out: bool = True,
) -> None:
    """Warn if scores rank by chance, or their cut is far from the prior.

    Parameters
    ----------
    classifier : estimator
        The wrapper, just fitted.
    scores : ndarray of shape (n,)
        Scores of samples, greater for positives.
    is_positive : ndarray of bool of shape (n,)
        Which of them are labelled positives.
    priors : Priors or None, default=None
        The priors of the samples; None if the wrapper knows none.
    predicted : ndarray of bool of shape (n,) or None, default=None
        Which samples are predicted positive; None if that follows from the prior.
    order : ndarray of shape (n,) or None, default=None
        Scores whose order is judged, if `scores` have seen which samples rank high.
    are_held_out : bool, default=True
        Whether the samples of `scores` were held out, for the message. They need not be
        if the classifier scores those that it has learnt nearly as it does others.

    Warns
    -----
    PUCollapseWarning
        If the labelled positives do not rank above the unlabeled samples (without
        priors, by no more than chance explains), if labels are too few for the prior
        to know whether they do, or if the cut finds far fewer positives than there are.
    """
    hides_positives = priors is not None and priors.unlabeled > 0
    least = VERY_FEW if hides_positives else LEAST_LABELS
    if not is_looked_at(is_positive, least) or np.ptp(scores) == 0:
        return
    order = scores if order is None else order
    told = poor_order(order[is_positive], order[~is_positive], priors)
    if told is None and predicted is not None and priors is not None:
        told = poor_cut(classifier, scores, is_positive, priors, predicted)
        if told is not None and not are_held_out:
            told = told.replace(" that were held out", "")
    if told is not None:
        warn_caller(told, PUCollapseWarning)


def warn_of_all_positive(
    scores: NDArray,
    is_positive: NDArray[np.bool_],
    priors: Priors,
    threshold: float,
    rule: str,
) -> None:
    """Warn if a threshold that keeps a recall predicts nearly all samples positive.

    Parameters
    ----------
    scores : ndarray of shape (n,)
        Scores of samples that were held out.
    is_positive : ndarray of bool of shape (n,)
        Which of them are labelled positives.
    priors : Priors
        The priors of the samples.
    threshold : float
        The threshold.
    rule : str
        What asked for it, such as "recall:0.9".

    Warns
    -----
    PUCollapseWarning
        If more than 98 % of the population are predicted positive, and the prior is not
        as high.
    """
    if not is_looked_at(is_positive, VERY_FEW):
        return
    own = measure(scores >= threshold, is_positive, priors)
    if not has_all(own, priors):
        return
    n_tied = int(np.sum(scores[is_positive] <= scores.min()))
    cause = (
        f"{n_tied} of the {int(is_positive.sum())} labelled positives that were held "
        "out have the lowest score of all, as from trees that memorise their samples: "
        "try ExtraTreesClassifier(min_samples_leaf=3)"
        if n_tied
        else "The classifier does not tell some of the labelled positives that were "
        "held out from negatives: try another one, or other features"
    )
    warn_caller(
        f"The threshold {rule!r} predicts {own.share:.2g} of the population positive, "
        f"so it tells nothing apart. {cause}, or a lower recall.",
        PUCollapseWarning,
    )


def warn_of_lost_labels(
    classifier: Any,
    scores: NDArray,
    is_positive: NDArray[np.bool_],
    predicted: NDArray[np.bool_],
) -> None:
    """Warn if a classifier without a prior finds hardly any label, but ranks them high.

    Parameters
    ----------
    classifier : estimator
        The wrapper, just fitted, whose `prior` is None.
    scores : ndarray of shape (n,)
        Scores of samples that were held out.
    is_positive, predicted : ndarray of bool of shape (n,)
        Which of them are labelled positives, and which are predicted positive.

    Warns
    -----
    PUCollapseWarning
        If at most a tenth of the labels is found, and the order is not that of chance.
    """
    recall = predicted[is_positive].mean()
    if not is_looked_at(is_positive) or recall > LEAST_FOUND:
        return
    area, error = ranking(scores[is_positive], scores[~is_positive])
    if area > 0.5 + ERRORS * error:
        warn_caller(
            f"{type(classifier).__name__} finds {recall:.0%} of the labelled positives "
            "that were held out. No prior was given, so all unlabeled samples count as "
            "negatives, as in ordinary classification. If there are positives among "
            "them, give the share of positives in the population, such as prior=0.3, "
            "or prior='estimate'.",
            PUCollapseWarning,
        )


def has_all(own: Cut, priors: Priors) -> bool:
    """Tell whether nearly all samples are predicted positive, and are not."""
    return own.share > ALL and max(priors.population, priors.unlabeled) < HIGH_PRIOR


def is_looked_at(is_positive: NDArray[np.bool_], least: int = LEAST_LABELS) -> bool:
    """Tell whether the samples are enough, and somebody listens."""
    is_small = is_positive.sum() < least or len(is_positive) < LEAST_SAMPLES
    return IS_TOLD.get() and not is_small


def poor_order(
    positive: NDArray, unlabeled: NDArray, priors: Priors | None
) -> str | None:
    """Say that an order cannot be told from chance, or is upside down."""
    area, error = ranking(positive, unlabeled)
    # Without positives among the unlabeled, labels may be of no use, and all is right.
    if priors is None:
        least = 0.5 + 2 * error
    elif priors.unlabeled == 0:
        least = 0.5 - ERRORS * error
    elif len(positive) < labels_needed(priors.unlabeled) and area < 0.5 + 2 * error:
        return few_labels(len(positive), priors.unlabeled)
    else:
        # Of a few labels, one that is hard to find can make the order look bad.
        least = 0.5 if len(positive) >= LEAST_LABELS else 0.5 - error
    if area > least:
        return None
    return (
        f"A labelled positive that was held out ranks above {area:.0%} of the "
        "unlabeled samples on average, as it would by chance or in an order that is "
        "upside down. "
        "The features may say nothing of the labels, or the classifier inside may "
        "memorise its samples: try another one (stronger regularisation, "
        "ExtraTreesClassifier(min_samples_leaf=3)), scaled features or more labels."
    )


def poor_cut(
    classifier: Any,
    scores: NDArray,
    is_positive: NDArray[np.bool_],
    priors: Priors,
    predicted: NDArray[np.bool_],
) -> str | None:
    """Say that far too few, or nearly all, samples are predicted positive."""
    prior, n = priors.population, int(is_positive.sum())
    own = measure(predicted, is_positive, priors)
    best = measure(at_prior(scores, is_positive, priors), is_positive, priors)
    # Chance may miss a few labels, but it does not make the share so small.
    few = prior if n >= LEAST_LABELS else LEAST_FOUND * prior
    finds_none = own.recall <= LEAST_FOUND and own.share < few
    misses = (best.recall - own.recall) * n >= MISSED and own.f1 < PART * best.f1
    is_far = finds_none or misses or has_all(own, priors)
    if priors.unlabeled == 0 or not is_far:
        return None
    name = type(classifier).__name__
    return (
        f"{name} predicts {own.share:.2g} of the population positive and finds "
        f"{own.recall:.0%} of the labelled positives that were held out; the prior is "
        f"{prior:.3g}. The same scores find {best.recall:.0%} if they are cut where "
        "they predict as many positives as the prior says, by "
        f"PUThresholdClassifier({name}(...), threshold='prior'). Strong "
        "regularisation is the usual cause, which keeps probabilities near the "
        "labelled share; a weaker one may do, such as LogisticRegression(C=100)."
    )


def at_prior(
    scores: NDArray, is_positive: NDArray[np.bool_], priors: Priors
) -> NDArray[np.bool_]:
    """Return which samples are positive if as many are as the prior says."""
    weight = population_weight(is_positive, priors)
    descending = np.argsort(-scores, kind="stable")
    predicted = np.empty(len(scores), dtype=bool)
    total = weight[descending].cumsum()
    predicted[descending] = total <= priors.population * total[-1] * (1 + 1e-9)
    return predicted


def population_weight(is_positive: NDArray[np.bool_], priors: Priors) -> NDArray:
    """Return weights that make samples stand for the population."""
    n = is_positive.sum()
    labeled, rest = priors.labeled / n, (1 - priors.labeled) / (len(is_positive) - n)
    return np.where(is_positive, labeled, rest)


def measure(
    predicted: NDArray[np.bool_], is_positive: NDArray[np.bool_], priors: Priors
) -> Cut:
    """Return what a cut finds, from PU data."""
    recall = float(predicted[is_positive].mean())
    above = float(predicted[~is_positive].mean())
    share = priors.labeled * recall + (1 - priors.labeled) * above
    prior = priors.population
    return Cut(recall, share, 2 * prior * recall / (prior + share))
