"""Thresholds on the score of picks, chosen from a rule."""

import warnings
from bisect import bisect_left

import numpy as np

from pusklearn.micrographs.metrics._match_coordinates import match_coordinates
from pusklearn.pu._threshold_rules import parse_threshold

RULES = ("none", "prior", "recall", "fdr")


def check_threshold_needs(threshold, particles_per_micrograph):
    """Raise where a threshold is none, or needs a number that is not given.

    Parameters
    ----------
    threshold : None, float or str
        As in `parse_threshold`.
    particles_per_micrograph : float or None
        What "prior" and "fdr" need.

    Raises
    ------
    ValueError
        Where `threshold` is of no known form, or the number is None and needed.
    """
    rule, _ = parse_threshold(threshold, RULES)
    if rule in ("prior", "fdr") and particles_per_micrograph is None:
        raise ValueError(
            f"threshold={threshold!r} needs `particles_per_micrograph`. Got None."
        )


def prior_threshold(picks_list, n_expected):
    """Threshold that keeps as many picks as particles are expected.

    Parameters
    ----------
    picks_list : list of ndarray of shape (k, 3)
        All peaks ``x, y, score`` of each micrograph.
    n_expected : float
        Particles expected in all micrographs together; rounded, at least 1.

    Returns
    -------
    float
        Picks of a greater score are kept; more than `n_expected` where the last
        score is tied.

    Warns
    -----
    UserWarning
        Where there are fewer peaks than particles expected; all are kept.
    """
    scores = np.sort(_scores(picks_list))[::-1]
    n_kept = max(round(n_expected), 1)
    if n_kept > len(scores):
        warnings.warn(
            f"threshold='prior' should keep {n_kept} picks, but the score maps have "
            f"only {len(scores)} peaks. Every peak is kept; lower `radius` or "
            "`particles_per_micrograph`.",
            stacklevel=2,
        )
        return -np.inf
    return _just_below(scores[n_kept - 1])


def recall_threshold(picks_list, labels_list, radius, level):
    """Highest threshold at which a share of the labelled particles is found.

    Parameters
    ----------
    picks_list : list of ndarray of shape (k, 3)
        All peaks ``x, y, score`` of each micrograph.
    labels_list : list of ndarray of shape (m, 2)
        Labelled particles ``x, y`` of each micrograph.
    radius : float
        Match radius, as in `pusklearn.metrics.match_coordinates`.
    level : float
        Least share of the labelled particles that is matched by a pick.

    Returns
    -------
    float
        Picks of a greater score are kept.

    Raises
    ------
    ValueError
        Where there is no label.

    Warns
    -----
    UserWarning
        Where all peaks together do not find that share; all are kept.
    """
    thresholds = np.unique(_scores(picks_list))[::-1]
    n_labels = _count_labels(labels_list)
    # The number found never falls as the threshold does: one more pick extends an
    # optimal matching along one alternating path, which gains a pair or none.
    index = bisect_left(
        thresholds,
        level * n_labels * (1 - 1e-12),
        key=lambda threshold: _count_found(picks_list, labels_list, radius, threshold),
    )
    if index == len(thresholds):
        n_found = _count_found(picks_list, labels_list, radius, -np.inf)
        warnings.warn(
            f"threshold='recall:{level:g}' is out of reach: all peaks together find "
            f"{n_found} of {n_labels} labelled particles. Every peak is kept.",
            stacklevel=2,
        )
        return -np.inf
    return _just_below(thresholds[index])


def fdr_threshold(picks_list, labels_list, radius, level, n_expected):
    """Lowest threshold at which the estimated false discovery rate is within a level.

    The estimate is ``1 - r * n_expected / n``, with ``r`` the share of the labelled
    particles found and ``n`` the number of picks: PU learning's precision = prior *
    recall / predicted rate. It supposes that the labelled particles are found as
    easily as the others.

    Parameters
    ----------
    picks_list : list of ndarray of shape (k, 3)
        All peaks ``x, y, score`` of each micrograph.
    labels_list : list of ndarray of shape (m, 2)
        Labelled particles ``x, y`` of each micrograph.
    radius : float
        Match radius, as in `pusklearn.metrics.match_coordinates`.
    level : float
        Greatest false discovery rate.
    n_expected : float
        Particles expected in all micrographs together.

    Returns
    -------
    float
        Picks of a greater score are kept.

    Raises
    ------
    ValueError
        Where no threshold is within the level, or there is no label.
    """
    thresholds, counts = np.unique(_scores(picks_list), return_counts=True)
    thresholds, n_picks = thresholds[::-1], np.cumsum(counts[::-1])
    n_labels = _count_labels(labels_list)
    allowed_per_found = n_expected / (n_labels * (1 - level)) * (1 + 1e-12)
    index = len(thresholds) - 1
    while index >= 0:
        threshold = thresholds[index]
        n_found = _count_found(picks_list, labels_list, radius, threshold)
        if n_picks[index] <= n_found * allowed_per_found:
            return _just_below(threshold)
        # Higher thresholds find no more, so those with more picks than this many
        # allow cannot be within the level either.
        allowed = n_found * allowed_per_found
        index = np.searchsorted(n_picks, allowed, side="right") - 1
    raise ValueError(
        f"threshold='fdr:{level:g}' is out of reach: with {n_expected:g} particles "
        f"expected, no threshold on the {_scores(picks_list).size} peaks has an "
        "estimated false discovery rate that low."
    )


def _scores(picks_list):
    return np.concatenate([picks[:, 2] for picks in picks_list])


def _count_labels(labels_list):
    n_labels = sum(len(labels) for labels in labels_list)
    if n_labels == 0:
        raise ValueError("The threshold needs at least 1 labelled particle. Got 0.")
    return n_labels


def _count_found(picks_list, labels_list, radius, threshold):
    """Count the labelled particles matched by a pick that reaches the threshold."""
    return sum(
        int(match_coordinates(labels, picks[picks[:, 2] >= threshold], radius)[0].sum())
        for picks, labels in zip(picks_list, labels_list, strict=True)
    )


def _just_below(score):
    """Return the threshold that `score` just exceeds."""
    return float(np.nextafter(score, -np.inf))
