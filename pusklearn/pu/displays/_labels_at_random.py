"""A test of whether labels were drawn at random among the positives."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import rel_entr
from sklearn.utils import check_consistent_length, check_random_state

from pusklearn.pu._checks import check_integer, check_share
from pusklearn.pu.priors._class_priors import label_frequency
from pusklearn.pu.priors._priors import Priors

# How many numbers of top samples are looked at: all small numbers, then a part of them.
N_RANKS = 100

Group = tuple[NDArray[Any], NDArray[np.bool_]]


def split_groups(
    scores: NDArray[Any], is_positive: NDArray[np.bool_], by: ArrayLike | None
) -> dict[str, Group]:
    """Return scores and labels of each group, by its name."""
    if by is None:
        return {"all samples": (scores, is_positive)}
    if np.ndim(by) != 1:
        raise ValueError(f"`by` must be 1-D. Got shape {np.shape(by)}.")
    by = np.asarray(by)
    check_consistent_length(scores, by)
    missing = int(pd.isna(by).sum())
    if missing:
        raise ValueError(
            f"`by` must name the group of each sample. Got {missing} missing."
        )
    return {
        str(name): (scores[by == name], is_positive[by == name])
        for name in np.unique(by)
    }


def measure_labels(
    groups: dict[str, Group],
    priors: Priors,
    confidence: float,
    n_resamples: int,
    random_state: int | np.random.RandomState | None,
) -> tuple[
    dict[str, tuple[NDArray[Any], NDArray[Any]]],
    tuple[NDArray[Any], NDArray[Any]],
    float,
    dict[str, float],
]:
    """Compare the labelled share of the highest scores with the greatest possible.

    Parameters
    ----------
    groups : dict of str to pair of ndarray
        Scores of the samples, and which of them are labelled positives.
    priors : Priors
        The priors of the data set.
    confidence : float
        The confidence of the limit.
    n_resamples : int
        Number of draws.
    random_state : int, RandomState instance or None
        Seeds the draws.

    Returns
    -------
    curves : dict of str to pair of ndarray
        Numbers of samples with the highest scores, and the labelled share of these.
    limit : pair of ndarray
        Numbers of samples, and the labelled share that no curve should exceed.
    frequency : float
        The label frequency.
    pvalues : dict of str to float
        The p-value of each group, adjusted for the number of groups.
    """
    check_integer(n_resamples, "n_resamples")
    check_share(confidence, "confidence")
    counts = (
        sum(int(labels.sum()) for _, labels in groups.values()),
        sum(len(labels) for _, labels in groups.values()),
    )
    frequency = label_frequency(priors, *counts)
    ranks = {name: choose_ranks(len(labels)) for name, (_, labels) in groups.items()}
    rng = np.random.default_rng(check_random_state(random_state).randint(2**31))
    greatest = draw_excess(list(ranks.values()), priors, counts, n_resamples, rng)
    curves, pvalues = {}, {}
    for name, (scores, labels) in groups.items():
        n_labeled = labeled_above(scores, labels, ranks[name])
        curves[name] = ranks[name], n_labeled / ranks[name]
        observed = excess(n_labeled, ranks[name], frequency).max()
        # A share that cannot be exceeded must not look exceeded because of rounding.
        n_above = np.sum(greatest >= observed - 1e-9)
        pvalues[name] = float((1 + n_above) / (1 + n_resamples))
    longest = max(ranks.values(), key=len)
    most = np.quantile(greatest, confidence, method="higher")
    limit = longest, highest_shares(longest, frequency, most)
    return curves, limit, frequency, pvalues


def choose_ranks(n_samples: int) -> NDArray[Any]:
    """Return ascending numbers of top samples, from 1 to all."""
    return np.unique(np.geomspace(1, n_samples, N_RANKS).round().astype(int))


def labeled_above(
    scores: NDArray[Any], is_positive: NDArray[np.bool_], ranks: NDArray[Any]
) -> NDArray[Any]:
    """Count labelled positives among so many samples with the highest scores.

    If samples have equal scores, each counts as the mean of all of them.
    """
    values, members = np.unique(-scores, return_inverse=True)
    n_labeled = np.bincount(members, weights=is_positive, minlength=len(values))
    ends = np.cumsum(np.bincount(members, minlength=len(values)))
    return np.interp(ranks, np.r_[0, ends], np.r_[0, np.cumsum(n_labeled)])


def excess(n_labeled: Any, ranks: Any, frequency: Any) -> NDArray[Any]:
    """Deviance of a labelled share above the label frequency; 0 below it."""
    deviance = rel_entr(n_labeled, ranks * frequency) + rel_entr(
        ranks - n_labeled, ranks * (1 - frequency)
    )
    return np.where(n_labeled > ranks * frequency, deviance, 0.0)


def draw_excess(
    ranks: list[NDArray[Any]],
    priors: Priors,
    counts: tuple[int, int],
    n_resamples: int,
    rng: np.random.Generator,
) -> NDArray[Any]:
    """Draw the greatest excess that random labels have in the worst case.

    Negatives among the top samples only lower the labelled share. In the worst case all
    positives come first, in an order that does not depend on the labels.

    Parameters
    ----------
    ranks : list of ndarray of int
        Numbers of top samples of each group.
    priors : Priors
        The priors of the data set.
    counts : tuple of int
        Labelled positives, and all samples.
    n_resamples : int
        Number of draws.
    rng : numpy.random.Generator
        Generator of the draws.

    Returns
    -------
    ndarray of shape (n_resamples,)
        The greatest excess over all ranks and groups.
    """
    n_labeled, n_samples = (np.full(n_resamples, count) for count in counts)
    if priors.labeled:
        labeled = priors.population * highest_frequency(priors, counts[1])
        share = (priors.population - labeled) / (1 - labeled)
        n_labeled = rng.binomial(n_samples, labeled).clip(1)
        frequency = n_labeled / (n_samples * priors.population)
    else:
        share = priors.unlabeled
        frequency = np.full(n_resamples, label_frequency(priors, *counts))
    n_unlabeled = rng.binomial(n_samples - n_labeled, share)
    # A draw with more labels than positives are expected shows no excess.
    frequency = frequency.clip(max=1 - 1e-12)
    greatest = np.zeros(n_resamples)
    for group in ranks:
        # From one rank to the next, the samples in between are drawn from the positives
        # that are left: labelled ones and unlabeled ones.
        left = np.array([n_labeled, n_unlabeled])
        for rank, step in zip(group, np.diff(group, prepend=0), strict=True):
            n_next = np.minimum(step, left.sum(axis=0))
            n_next_labeled = rng.hypergeometric(left[0], left[1], n_next)
            left = left - [n_next_labeled, n_next - n_next_labeled]
            n_labeled_above = n_labeled - left[0]
            greatest = np.maximum(greatest, excess(n_labeled_above, rank, frequency))
    return greatest


def highest_frequency(priors: Priors, n_samples: int) -> float:
    """Return a label frequency that the true one hardly exceeds, in the single scheme.

    The fewer positives are unlabeled, the greater the excess can become. So the draws
    must not use a frequency that is too low by chance: two standard errors are added.
    """
    frequency = priors.labeled / priors.population
    error = np.sqrt(frequency / (n_samples * priors.population))
    return min(frequency + 2 * error, 1 - 1e-4)


def highest_shares(
    ranks: NDArray[Any], frequency: float, greatest: float
) -> NDArray[Any]:
    """Return the labelled share at each rank whose excess is the greatest allowed.

    The excess rises with the share, so the share is found by bisection.
    """
    low, high = np.full(len(ranks), frequency), np.ones(len(ranks))
    for _ in range(50):
        middle = (low + high) / 2
        above = excess(middle * ranks, ranks, frequency) > greatest
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return high
