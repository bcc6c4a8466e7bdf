"""The share of the population that is predicted positive, beside the prior."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest

from pusklearn.pu.metrics._values_by_label import scores_by_label

# The odds of the predicted share may differ from those of the prior by this factor.
FACTOR = 2

CONFIDENCE = 0.95


def measure_share(
    y: Any, predicted: NDArray[np.bool_], settings: dict[str, Any]
) -> tuple[float, tuple[float, float]]:
    """Return the predicted share and its interval of Clopper and Pearson.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels: one for labelled positives, one for unlabeled samples.
    predicted : ndarray of bool of shape (n,)
        Whether each sample is predicted positive.
    settings : dict
        The values of "prior", "scheme" and "pos_label".

    Returns
    -------
    share : float
        Share of the population that is predicted positive.
    interval : tuple of float
        Lower and upper end of the interval of the share.
    """
    population = scores_by_label(y, predicted.astype(float), **settings).population()
    count = binomtest(int(population.sum()), len(population))
    low, high = count.proportion_ci(CONFIDENCE, method="exact")
    return float(population.mean()), (float(low), float(high))


def is_far(interval: tuple[float, float], prior: float) -> bool:
    """Tell whether even the nearer end is further from the prior than the factor."""
    odds = prior / (1 - prior)
    few, many = (times * odds / (1 + times * odds) for times in (1 / FACTOR, FACTOR))
    low, high = interval
    return bool(high < few or low > many)


def threshold_between(
    scores: NDArray[Any], predicted: NDArray[np.bool_], natural: float
) -> float:
    """Return the threshold that a classifier has used.

    It is the natural one, 0.5 or 0, if that gives the same predictions. Otherwise it is
    the middle between the two classes that are predicted.
    """
    same = np.array_equal(scores > natural, predicted)
    if same or predicted.all() or not predicted.any():
        return natural
    return float(scores[~predicted].max() / 2 + scores[predicted].min() / 2)


def draw_histograms(ax, positives, unlabeled, threshold, *, area, bins):
    """Draw the unlabeled samples with area 1, and the positives with another area."""
    edges = find_edges(positives, unlabeled, threshold, bins)
    ax.hist(
        np.clip(unlabeled, edges[0], edges[-1]),
        edges,
        weights=np.full(len(unlabeled), 1 / len(unlabeled)),
        color="0.75",
        label=f"unlabeled ({len(unlabeled)}), of area 1",
    )
    ax.hist(
        np.clip(positives, edges[0], edges[-1]),
        edges,
        weights=np.full(len(positives), area / len(positives)),
        histtype="step",
        linewidth=1.5,
        color="tab:blue",
        label=f"labelled positives ({len(positives)}), of area {area:.2g}",
    )


def find_edges(positives, unlabeled, threshold, bins):
    """Return edges of bins that span nearly all scores, and the threshold."""
    ends = np.quantile(np.concatenate([positives, unlabeled]), [0.005, 0.995])
    limits = min(*ends, threshold), max(*ends, threshold)
    return np.histogram_bin_edges([], bins, limits)


def describe(name: str, share: float, interval: tuple[float, float] | None) -> str:
    """Write a share and its interval."""
    if interval is None:
        return f"{name} {share:.3g}"
    return "{} {:.3g} ({:.3g} to {:.3g})".format(name, share, *interval)
