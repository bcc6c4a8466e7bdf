"""How labelled positives rank among unlabeled samples, and what chance explains."""

from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

# Of the order of fewer labels, or of fewer samples in all, nothing is said.
LEAST_LABELS, LEAST_SAMPLES = 10, 200
# Of fewer labels than these, nothing is said even if a prior is known.
VERY_FEW = 5
# Nobody is asked for more labels than these.
MANY_LABELS = 1000


def ranking(positive: NDArray, unlabeled: NDArray) -> tuple[float, float]:
    """Return the area under the ROC curve, and its standard error if labels are random.

    Both are those of the test of Mann and Whitney.
    """
    n, m = len(positive), len(unlabeled)
    ranks = rankdata(np.concatenate([positive, unlabeled]))[:n]
    area = (ranks.sum() - n * (n + 1) / 2) / (n * m)
    return float(area), float(np.sqrt((n + m + 1) / (12 * n * m)))


def labels_needed(unlabeled_prior: float) -> int:
    """Return how many labels show, by two standard errors, that an order is perfect.

    Negatives are all that an order can put below the labels. So the area of a perfect
    order exceeds that of chance by half of the share of negatives among the unlabeled
    samples. The standard error of the area is ``1 / sqrt(12 n)`` for ``n`` labels and
    many unlabeled samples.
    """
    return ceil(4 / 3 / (1 - unlabeled_prior) ** 2)


def few_labels(n: int, unlabeled_prior: float) -> str:
    """Say that so few labels cannot show what a negative is, and what would help."""
    needed = labels_needed(unlabeled_prior)
    told = (
        f"{n} labelled positives are too few if {unlabeled_prior:.3g} of the unlabeled "
        "samples are positives, as the prior says: even a perfect order of the samples "
        "could not be told from chance. "
    )
    if needed > MANY_LABELS:
        return told + (
            "A prior so high is seldom right. If it was estimated, the scores do not "
            "tell labels from unlabeled samples: give `prior` if you know it, or other "
            "features or another classifier."
        )
    return told + (
        f"Label at least {needed} positives, better three times as many, or give "
        "negatives that are known to a PUClassifier: fit(X, y, known_negative=...)."
    )


def too_few_to_tell(n: int) -> str:
    """Say that from so few labels nobody can tell what a classifier has learnt."""
    return (
        f"{n} labelled positives are too few to tell whether the classifier has learnt "
        "what positives are, or these alone: it may rank new samples by chance, or "
        f"upside down. Label at least {LEAST_LABELS} positives, better 30."
    )
