"""The share of positives among unlabeled samples, from a network's own scores."""

from functools import singledispatch
from math import sqrt
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state

from pusklearn.pu._progress_bar import progress_bar
from pusklearn.pu._samples import Samples, as_samples
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.network._batch_scores import score_batches
from pusklearn.pu.network._devices import as_device, full_precision
from pusklearn.pu.network._known_negatives import NO_ROWS
from pusklearn.pu.priors._bbe import bbe
from pusklearn.pu.priors._class_priors import (
    AnyPriors,
    asked_priors,
    check_scheme,
    estimated_priors,
)
from pusklearn.pu.priors._few_labels import warn_of_few_labels
from pusklearn.pu.priors._priors import PriorsWithNegatives
from pusklearn.pu.splits._folds_with_copies_together import folds_with_copies_together

N_FOLDS = 3
N_REPEATS = 3
ESTIMATING = "estimating the prior"

Interval = tuple[float, float]


def find_priors(
    classifier: Any,
    samples: Samples,
    positives: NDArray,
    counts: tuple[float, float, float],
    negatives: NDArray = NO_ROWS,
) -> tuple[AnyPriors, Interval | None]:
    """Return the priors that a classifier asks for, and the interval of an estimate.

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
    """
    if not isinstance(classifier.prior, str) or classifier.prior != "estimate":
        asked = asked_priors(classifier, *counts, or_estimate=True)
        return settled(asked, samples), None
    check_scheme(classifier.scheme)
    share, interval = estimate_unlabeled_prior(
        samples, classifier, positives, negatives
    )
    n_positive, n, n_negative = counts
    priors, interval = estimated_priors(
        share, interval, n_positive, n, classifier.scheme, n_negative
    )
    return settled(priors, samples), interval


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
        Lower and upper end of the share.
    """
    is_positive = np.isin(np.arange(len(samples)), positives)
    if len(negatives):
        rest = np.delete(np.arange(len(samples)), negatives)
        samples, is_positive = samples.part(rest), is_positive[rest]
    return cross_validated_unlabeled_prior(classifier, samples, is_positive)


def cross_validated_unlabeled_prior(
    classifier: Any, samples: Samples, is_positive: NDArray[np.bool_]
) -> tuple[float, Interval]:
    """Estimate the share from out-of-fold scores of the classifier's network.

    Clones of the classifier learn positives against unlabeled samples for one epoch,
    with the same weight for both. Each learns from two of three folds and scores the
    samples of the third. This is repeated three times with other folds, because the
    threshold at which an estimate is read depends on the folds. The estimate is the
    mean of the three; one estimate from the mean of the scores is not better.

    Parameters
    ----------
    classifier : PUClassifier
        A classifier whose parameters are checked.
    samples : Samples
        The checked samples.
    is_positive : ndarray of bool of shape (n,)
        Which samples are labelled.

    Returns
    -------
    share : float
        Share of positives among the unlabeled samples.
    interval : tuple of float
        Lower and upper end of the share.

    Raises
    ------
    ValueError
        If there are fewer than 2 unlabeled samples or labelled positives.
    """
    check_numbers(is_positive)
    warn_of_few_labels(int(is_positive.sum()))
    random_state = check_random_state(classifier.random_state)
    n_folds = min(N_FOLDS, is_positive.sum(), (~is_positive).sum())
    X = samples.X
    scores, estimates = np.empty(len(samples)), []
    with progress_bar(
        description=ESTIMATING,
        unit="fold",
        verbose=classifier.verbose,
        total=N_REPEATS * n_folds,
    ) as bar:
        for _ in range(N_REPEATS):
            folds = folds_with_copies_together(X, is_positive, n_folds, random_state)
            for fold in range(n_folds):
                nontraditional = make_nontraditional_classifier(
                    classifier, random_state.randint(2**31 - 1)
                )
                is_learnt, is_scored = folds != fold, folds == fold
                labels = is_positive[is_learnt].astype(np.int8)
                with untold_collapse():
                    nontraditional.fit(X[is_learnt], labels)
                scores[is_scored] = quick_scores(nontraditional, X[is_scored])
                bar.update()
            estimates.append(bbe(scores[is_positive], scores[~is_positive]))
    shares, intervals = zip(*estimates, strict=True)
    low, high = np.mean(intervals, axis=0).tolist()
    return float(np.mean(shares)), (low, high)


def quick_scores(nontraditional: Any, X: NDArray) -> NDArray[np.float32]:
    """Return the logits of checked samples in float32; nobody compares them."""
    network = nontraditional.net_.module_.network.eval()
    device = as_device(nontraditional.device)
    samples = as_samples(X).on(device)
    with torch.inference_mode(), full_precision(device):
        return score_batches(network, samples, nontraditional.batch_size)


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
                f"a network that has not seen it. Got {n}."
            )


def make_nontraditional_classifier(
    classifier: Any, seed: int, max_epochs: int = 1
) -> Any:
    """Return a clone that quickly learns positives against unlabeled samples."""
    # A prior of one half gives both kinds the same weight, however few the positives.
    return clone(classifier).set_params(
        criterion="pn",
        prior=0.5,
        scheme="case-control",
        pos_label=None,
        reconstruction_weight=0.0,
        max_epochs=max_epochs,
        callbacks=None,
        validation_fraction=0.0,
        random_state=seed,
        verbose=0,
    )
