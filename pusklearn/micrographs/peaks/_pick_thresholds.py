"""Thresholds on the score of picks, chosen from a rule."""

from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.metrics._match_coordinates import match_coordinates
from pusklearn.pu._threshold_rules import parse_threshold
from pusklearn.pu._warn_caller import warn_caller

RULES = ("none", "prior", "recall", "fdr")


def check_threshold_needs(
    threshold: float | str | None, particles_per_micrograph: float | None
) -> None:
    """Raise an error if a threshold is invalid, or needs a number that is missing.

    Parameters
    ----------
    threshold : None, float or str
        The parameter `threshold`, see `PeakExtractor`.
    particles_per_micrograph : float or None
        The number that the rules "prior" and "fdr" need.

    Raises
    ------
    ValueError
        If `threshold` is of no known form, or needs the number and it is None.
    """
    rule, _ = parse_threshold(threshold, RULES)
    if rule in ("prior", "fdr") and particles_per_micrograph is None:
        raise ValueError(
            f"threshold={threshold!r} needs `particles_per_micrograph`. Got None."
        )


def prior_threshold(picks_list: Sequence[NDArray], n_expected: float) -> float:
    """Return the threshold that keeps as many picks as particles are expected.

    Parameters
    ----------
    picks_list : list of ndarray of shape (k, 3)
        All peaks ``x, y, score`` of each micrograph.
    n_expected : float
        The number of particles expected in all micrographs together. It is rounded,
        to 1 at least.

    Returns
    -------
    float
        Picks of a greater score are kept. They are more than `n_expected` if other
        picks have the same score as the last one.

    Warns
    -----
    UserWarning
        If there are fewer peaks than particles expected; every peak is kept.
    """
    scores = np.sort(_scores(picks_list))[::-1]
    n_kept = max(round(n_expected), 1)
    if n_kept > len(scores):
        warn_caller(
            f"threshold='prior' should keep {n_kept} picks, but the score maps have "
            f"only {len(scores)} peaks. Every peak is kept; lower `radius` or "
            "`particles_per_micrograph`."
        )
        return -np.inf
    return _just_below(scores[n_kept - 1])


def recall_threshold(
    picks_list: Sequence[NDArray],
    labels_list: Sequence[NDArray],
    radius: float,
    level: float,
) -> float:
    """Return the highest threshold at which a share of the labels is matched.

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
        If there is no label.

    Warns
    -----
    UserWarning
        If all peaks together do not match that share; every peak is kept.
    """
    thresholds = np.unique(_scores(picks_list))[::-1]
    n_labels = _count_labels(labels_list)
    # Bisection, because a lower threshold never matches fewer particles. One more pick
    # changes the best matching (===) along one path only, in which old picks hand
    # their particles on. It ends at a free particle, or leaves one old pick alone:
    #   new --- A === old --- B     becomes     new === A --- old === B
    index = bisect_left(
        thresholds,
        level * n_labels * (1 - 1e-12),
        key=lambda score: _count_matched(picks_list, labels_list, radius, score),
    )
    if index == len(thresholds):
        n_matched = _count_matched(picks_list, labels_list, radius, -np.inf)
        warn_caller(
            f"threshold='recall:{level:g}' is out of reach: all peaks together find "
            f"{n_matched} of {n_labels} labelled particles. Every peak is kept."
        )
        return -np.inf
    return _just_below(thresholds[index])


def fdr_threshold(
    picks_list: Sequence[NDArray],
    labels_list: Sequence[NDArray],
    radius: float,
    level: float,
    n_expected: float,
) -> float:
    """Return the lowest threshold whose estimated false discovery rate is allowed.

    The estimate is ``1 - r * n_expected / n``, with ``r`` the share of the labelled
    particles that is matched and ``n`` the number of picks, because in PU learning
    precision = prior * recall / rate of positive predictions. It assumes that the
    labelled particles are found as easily as the others.

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
        The number of particles expected in all micrographs together.

    Returns
    -------
    float
        Picks of a greater score are kept.

    Raises
    ------
    ValueError
        If the rate is above the level at every threshold, or there is no label.
    """
    thresholds, counts = np.unique(_scores(picks_list), return_counts=True)
    thresholds, n_picks = thresholds[::-1], np.cumsum(counts[::-1])
    n_labels = _count_labels(labels_list)
    # 1 - matched / n_labels * n_expected / n_picks <= level, solved for n_picks, is
    #   n_picks <= matched * picks_per_match
    picks_per_match = n_expected / (n_labels * (1 - level)) * (1 + 1e-12)
    index = len(thresholds) - 1
    # Try all picks, then fewer. Fewer picks never match more particles, so after a
    # failure only thresholds with at most `allowed` picks can be within the level:
    #   n_picks   1 2 ... allowed | .......... tried
    #                     next try| ruled out
    while index >= 0:
        threshold = thresholds[index]
        n_matched = _count_matched(picks_list, labels_list, radius, threshold)
        allowed = n_matched * picks_per_match
        if n_picks[index] <= allowed:
            return _just_below(threshold)
        index = int(np.searchsorted(n_picks, allowed, side="right")) - 1
    raise ValueError(
        f"threshold='fdr:{level:g}' is out of reach: with {n_expected:g} particles "
        f"expected, no threshold on the {_scores(picks_list).size} peaks has an "
        "estimated false discovery rate that low."
    )


def _scores(picks_list: Sequence[NDArray]) -> NDArray:
    return np.concatenate([picks[:, 2] for picks in picks_list])


def _count_labels(labels_list: Sequence[NDArray]) -> int:
    n_labels = sum(len(labels) for labels in labels_list)
    if n_labels == 0:
        raise ValueError("The threshold needs at least 1 labelled particle. Got 0.")
    return n_labels


def _count_matched(
    picks_list: Sequence[NDArray],
    labels_list: Sequence[NDArray],
    radius: float,
    score: float,
) -> int:
    """Count the labelled particles matched by a pick of at least this score."""
    return sum(
        int(match_coordinates(labels, picks[picks[:, 2] >= score], radius)[0].sum())
        for picks, labels in zip(picks_list, labels_list, strict=True)
    )


def _just_below(score: float) -> float:
    """Return the greatest threshold that a score exceeds."""
    return float(np.nextafter(score, -np.inf))
