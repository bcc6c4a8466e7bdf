"""The share of the population that is predicted positive, beside the prior."""

import numpy as np
from scipy.stats import binomtest

from pusklearn.pu.metrics._values_by_label import scores_by_label

# The odds of the predicted share may differ from those of the prior by this factor.
FACTOR = 2

CONFIDENCE = 0.95


def measure_share(y, predicted, settings):
    """Return the share and its interval, of Clopper and Pearson.

    Parameters
    ----------
    y : array-like of shape (n,)
        Two labels.
    predicted : ndarray of bool of shape (n,)
        Where positive is predicted.
    settings : dict
        With "prior", "scheme" and "pos_label".

    Returns
    -------
    share : float
    interval : tuple of float
    """
    found = scores_by_label(y, predicted.astype(float), **settings).population()
    count = binomtest(int(found.sum()), len(found))
    low, high = count.proportion_ci(CONFIDENCE, method="exact")
    return float(found.mean()), (float(low), float(high))


def is_far(interval, prior):
    """Tell whether even the nearer end is further from the prior than the factor."""
    odds = prior / (1 - prior)
    few, many = (times * odds / (1 + times * odds) for times in (1 / FACTOR, FACTOR))
    low, high = interval
    return bool(high < few or low > many)


def threshold_between(scores, predicted, natural):
    """Return the natural threshold where it predicts the same, or else the middle."""
    same = np.array_equal(scores > natural, predicted)
    if same or predicted.all() or not predicted.any():
        return natural
    return float(scores[~predicted].max() / 2 + scores[predicted].min() / 2)


def find_edges(positives, unlabeled, threshold, bins):
    """Return edges of bins over nearly all scores, and the threshold."""
    ends = np.quantile(np.concatenate([positives, unlabeled]), [0.005, 0.995])
    limits = min(*ends, threshold), max(*ends, threshold)
    return np.histogram_bin_edges([], bins, limits)


def describe(name, share, interval):
    """Write a share and its interval."""
    if interval is None:
        return f"{name} {share:.3g}"
    return "{} {:.3g} ({:.3g} to {:.3g})".format(name, share, *interval)
