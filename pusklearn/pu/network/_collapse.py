"""What a network that has just been trained says of some of its samples."""

from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from pusklearn.pu._label_ranking import ranking
from pusklearn.pu._missing_rows import count_rows
from pusklearn.pu._samples import ArraySamples, Samples
from pusklearn.pu.network._batch_scores import quick_logits
from pusklearn.pu.network._batches import PUBatches
from pusklearn.pu.network._known_negatives import NO_ROWS
from pusklearn.pu.priors._class_priors import AnyPriors
from pusklearn.pu.priors._priors import PriorsWithNegatives

# So many samples are looked at, and fewer if they are images or have many features.
N_POSITIVE, N_UNLABELED = 200, 800
N_LARGE_POSITIVE, N_LARGE_UNLABELED = 50, 200
# If positives are rare, it takes more samples to know that too few are predicted: so
# many times one over the prior, as long as these hold no more values than this.
TIMES, MOST_VALUES = 40, 4_000_000
MANY_FEATURES = 2000

# Of a training that worked, some of the labelled positives are found.
LEAST_FOUND = 0.1
# All samples are predicted positive if the prior is so high, and classes overlap.
HIGH_PRIOR = 0.75
# The odds of the predicted share may differ from those of the prior by this factor.
# Classes that overlap explain that much.
FACTOR = 6.0
CONFIDENCE = 0.99
# Standard errors by which an order must be upside down.
ERRORS = 4.0


class Look(NamedTuple):
    """Some samples, and the logits of the labelled positives and the unlabeled ones.

    The weights are those of the samples, or None if all are equal. There may be logits
    of known negatives, too.
    """

    X: NDArray[np.float32]
    positive: NDArray[np.float32]
    unlabeled: NDArray[np.float32]
    positive_weight: NDArray | None = None
    unlabeled_weight: NDArray | None = None
    negative: NDArray = np.empty(0, np.float32)


def look_at(
    classifier: Any,
    samples: Samples,
    positives: NDArray,
    weights: NDArray | None = None,
    negatives: NDArray = NO_ROWS,
    prior: float = 1.0,
) -> Look:
    """Return some samples of each kind, with their logits.

    They are drawn with a seed of their own, so that nothing else changes. If positives
    are rare, there are more unlabeled samples, except for regions of micrographs.
    """
    shape = classifier.sample_shape_
    is_large = len(shape) > 1 or shape[0] > MANY_FEATURES
    most_positive = N_LARGE_POSITIVE if is_large else N_POSITIVE
    most_unlabeled = N_LARGE_UNLABELED if is_large else N_UNLABELED
    if samples.groups is None:
        wanted = min(round(TIMES / prior), MOST_VALUES // prod(shape))
        most_unlabeled = max(most_unlabeled, wanted)
    n_positive = min(most_positive, len(positives))
    missing = samples.missing_runs()
    n_negative = min(most_positive, len(negatives))
    n_all_unlabeled = len(samples) - count_rows(missing) - len(positives)
    n_unlabeled = min(most_unlabeled, n_all_unlabeled - len(negatives))
    batches = PUBatches(
        samples,  # type: ignore[arg-type]
        n_positive + n_negative + n_unlabeled,
        positives=positives,
        n_positive=n_positive,
        n_batches=1,
        augment=False,
        seed=0,
        missing=missing,
        negatives=negatives,
        n_negative=n_negative,
    )
    rows = batches.draw_rows()
    X = samples.pick(rows)
    logits = quick_logits(classifier, ArraySamples(X))
    ends = [n_positive, n_positive + n_negative]
    positive, negative, unlabeled = np.split(logits, ends)
    look = Look(X, positive, unlabeled, negative=negative)
    if weights is None:
        return look
    rows_of_positives, _, rows_of_unlabeled = np.split(rows, ends)
    return look._replace(
        positive_weight=weights[rows_of_positives],
        unlabeled_weight=weights[rows_of_unlabeled],
    )


def find_collapse(look: Look, priors: AnyPriors) -> str | None:
    """Say in a sentence how the predictions have collapsed; None if they have not.

    Parameters
    ----------
    look : Look
        Some samples and their logits.
    priors : Priors or PriorsWithNegatives
        The priors of the training.

    Returns
    -------
    str or None
        The sentence.
    """
    logits = np.concatenate([look.positive, look.unlabeled])
    if np.ptp(look.X, axis=0).max() == 0 or not np.isfinite(logits).all():
        return None  # equal samples have equal outputs
    if np.ptp(logits) <= 1e-6 * np.abs(logits).max():
        return f"The network returns the same output, {logits[0]:.4g}, for all samples."
    if is_upside_down(look.positive, look.unlabeled):
        return (
            "The classifier ranks the labelled positives that it was trained on below "
            "the unlabeled samples."
        )
    found = share_found(look)
    low, high = predicted_interval(look, priors)
    prior = priors.population
    if found <= LEAST_FOUND and low < prior:
        return (
            f"The classifier finds {found:.0%} of the labelled positives that it was "
            f"trained on; the prior is {prior:.3g}."
        )
    share = np.average(look.unlabeled > 0, weights=look.unlabeled_weight)
    # Without the known negatives, most of the unlabeled samples may be positives.
    if share > 0.98 and max(prior, priors.unlabeled) < HIGH_PRIOR:
        return (
            f"The classifier predicts all samples positive; the prior is {prior:.3g}."
        )
    odds = prior / (1 - prior)
    few, many = (times * odds / (1 + times * odds) for times in (1 / FACTOR, FACTOR))
    if high < few or (low > many and prior < HIGH_PRIOR):
        return (
            f"The classifier predicts between {low:.2g} and {high:.2g} of the samples "
            f"positive; the prior is {prior:.3g}."
        )
    return None


def predicted_interval(look: Look, priors: AnyPriors) -> tuple[float, float]:
    """Return the interval of the share of the population that is predicted positive."""
    # Weighted samples say as much as so many of equal weight.
    weight = look.unlabeled_weight
    if weight is None:
        weight = np.ones(len(look.unlabeled))
    n = weight.sum() ** 2 / np.square(weight).sum()
    share = np.average(look.unlabeled > 0, weights=weight)
    count = binomtest(round(share * n), round(n))
    ends = count.proportion_ci(CONFIDENCE, method="exact")
    found = priors.labeled * share_found(look)
    unlabeled = 1 - priors.labeled
    if isinstance(priors, PriorsWithNegatives):
        found += priors.negative * float(np.mean(look.negative > 0))
        unlabeled -= priors.negative
    low, high = (found + unlabeled * float(end) for end in ends)
    return low, high


def share_found(look: Look) -> float:
    """Return the share of the labelled positives that are predicted positive."""
    return float(np.average(look.positive > 0, weights=look.positive_weight))


def is_upside_down(positive: NDArray, unlabeled: NDArray) -> bool:
    """Tell whether positives rank below the unlabeled by more than chance explains."""
    area, error = ranking(positive, unlabeled)
    return area < 0.5 - ERRORS * error
