"""The priors that a network is trained with, given or estimated."""

from functools import singledispatch
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils import check_random_state

from pusklearn.pu._samples import Samples
from pusklearn.pu.network._known_negatives import NO_ROWS
from pusklearn.pu.network._scores_of_images import scores_of_images
from pusklearn.pu.priors._class_priors import (
    AnyPriors,
    asked_priors,
    check_scheme,
    estimated_priors,
)
from pusklearn.pu.priors._estimate_prior import estimate_from_repeats
from pusklearn.pu.priors._few_labels import warn_of_few_labels
from pusklearn.pu.priors._overlap_interval import is_upper_bound
from pusklearn.pu.priors._priors import PriorsWithNegatives
from pusklearn.pu.splits._default_scores import default_scores

Interval = tuple[float, float]


def find_priors(
    classifier: Any,
    samples: Samples,
    positives: NDArray,
    counts: tuple[float, float, float],
    negatives: NDArray = NO_ROWS,
) -> tuple[AnyPriors, Interval | None, bool]:
    """Return the priors that a classifier asks for, and what is known of an estimate.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier whose parameters are checked, and that has ``classes_`` and
        ``pos_label_``.
    samples : Samples
        The checked samples.
    positives : ndarray of int
        Rows of the labelled positives, ascending.
    counts : tuple of float
        The number of labelled positives, of all samples that are there, and of known
        negatives.
    negatives : ndarray of int, default=()
        Rows of the known negatives, ascending.

    Returns
    -------
    priors : Priors or PriorsWithNegatives
        The priors that the criterion is called with.
    interval : tuple of float or None
        Lower and upper end of an estimated prior; None for one that was given.
    is_upper_bound : bool
        Whether an estimated prior is only an upper bound.
    """
    if not isinstance(classifier.prior, str) or classifier.prior != "estimate":
        asked = asked_priors(classifier, *counts, or_estimate=True)
        return settled(asked, samples), None, False
    check_scheme(classifier.scheme)
    share, interval = estimate_unlabeled_prior(
        samples, classifier, positives, negatives
    )
    is_bound = is_upper_bound(share, interval)
    n_positive, n, n_negative = counts
    priors, interval = estimated_priors(
        share, interval, n_positive, n, classifier.scheme, n_negative
    )
    return settled(priors, samples), interval, is_bound


def settled(priors: AnyPriors, samples: Samples) -> AnyPriors:
    """Return priors whose known negatives count as those of such samples do.

    If they do not count as labels, they count as the geometric mean of that and of the
    share that they are. As labels, 20 known negatives of a table that lie where its
    classes overlap lowered the average precision by 0.06; as that share, they change
    nothing even if they differ from the positives.
    """
    if not isinstance(priors, PriorsWithNegatives) or samples.negatives_count_as_labels:
        return priors
    return priors._replace(counted=sqrt(priors.negative * priors.counted))


@singledispatch
def estimate_unlabeled_prior(
    samples: Samples, classifier: Any, positives: NDArray, negatives: NDArray
) -> tuple[float, Interval]:
    """Estimate the share of positives among unlabeled samples, and its interval.

    A kind of samples that needs another way of estimation is registered here.

    Parameters
    ----------
    samples : Samples
        The checked samples.
    classifier : PUClassifier
        A classifier whose parameters are checked.
    positives : ndarray of int
        Rows of the labelled positives, ascending.
    negatives : ndarray of int
        Rows of the known negatives, ascending. They are not among the unlabeled
        samples, and are left out.

    Returns
    -------
    share : float
        Share of positives among the unlabeled samples.
    interval : tuple of float
        Lower and upper end of the share. It begins at 0 if the share is only an upper
        bound.

    Raises
    ------
    ValueError
        If there are fewer than 2 unlabeled samples or labelled positives.
    """
    is_positive = np.isin(np.arange(len(samples)), positives)
    if len(negatives):
        rest = np.delete(np.arange(len(samples)), negatives)
        samples, is_positive = samples.part(rest), is_positive[rest]
    check_numbers(is_positive)
    warn_of_few_labels(int(is_positive.sum()))
    random_state = check_random_state(classifier.random_state)
    if len(samples.shape) > 1:
        scores = scores_of_images(classifier, samples, is_positive, random_state)
    else:
        rows, scores = default_scores(samples, is_positive, random_state)
        is_positive = is_positive[rows]
    return estimate_from_repeats(scores[:, is_positive], scores[:, ~is_positive])


def check_numbers(is_positive: NDArray[np.bool_]) -> None:
    """Raise a ValueError if there are too few samples for two folds."""
    n_positive = int(is_positive.sum())
    for kind, n in (
        ("labelled positives", n_positive),
        ("unlabeled samples", len(is_positive) - n_positive),
    ):
        if n < 2:
            raise ValueError(
                f"prior='estimate' needs at least 2 {kind}, so that each is scored by "
                f"a classifier that has not seen it. Got {n}."
            )
