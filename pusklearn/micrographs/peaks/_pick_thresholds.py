"""Thresholds on the score of picks, chosen from a rule."""

from math import ceil
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from pusklearn.micrographs.peaks._peak_evidence import PeakEvidence
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration
from pusklearn.pu._threshold_rules import parse_threshold
from pusklearn.pu._warn_caller import warn_caller

RULES = ("none", "probability", "prior", "recall", "fdr")
CLASSIFIER_TELLS = (
    " It follows from the prior of a classifier, too, which may be given or estimated."
)


def choose_threshold(
    threshold: str,
    evidence: PeakEvidence,
    calibration: PickCalibration | None = None,
) -> float:
    """Return the threshold of a rule that looks at peaks.

    Parameters
    ----------
    threshold : str
        "prior", "recall:LEVEL", "fdr:LEVEL" or "precision:LEVEL", see `PeakExtractor`.
    evidence : PeakEvidence
        What the training micrographs tell.
    calibration : PickCalibration or None, default=None
        What made log-odds of the scores; None if they are raw.

    Returns
    -------
    float
        Picks of a greater score are kept.

    Raises
    ------
    ValueError
        If the rule needs labels or the number of particles and there is none, or the
        level of "fdr" is out of reach.

    Warns
    -----
    UserWarning
        If there are fewer peaks than "prior" expects, or all peaks together do not
        reach the level of "recall"; every peak is kept.
    """
    rule, level = parse_threshold(threshold, RULES)
    check_threshold_needs(threshold, evidence.n_expected, CLASSIFIER_TELLS)
    # The rule "prior" has no level, and "recall" does not need the number.
    level, n_expected = level or 0.0, evidence.n_expected or 0.0
    peaks, matches = evidence.peak_scores, evidence.match_scores
    if rule == "prior":
        return prior_threshold(peaks, n_expected)
    if calibration is not None:
        if rule == "recall":
            return expected_recall_threshold(peaks, calibration.share_found, level)
        return expected_fdr_threshold(peaks, level, threshold)
    n_labels = evidence.n_labels
    if matches is None or n_labels is None:
        raise ValueError(
            f"threshold={threshold!r} needs labelled particles `y`. Got None."
        )
    if rule == "recall":
        return recall_threshold(matches, n_labels, level)
    return fdr_threshold(peaks, matches, n_labels, level, n_expected, threshold)


def check_threshold_needs(
    threshold: float | str | None, count: float | str | None, way_out: str = ""
) -> None:
    """Raise an error if a threshold is invalid, or needs a number that is missing.

    Parameters
    ----------
    threshold : None, float or str
        The parameter `threshold`, see `PeakExtractor`.
    count : float, str or None
        The number of particles, which the rules "prior" and "fdr" need, or what will
        tell it.
    way_out : str, default=""
        What else tells the number, for the message.

    Raises
    ------
    ValueError
        If `threshold` is of no known form, or needs the number and it is None.
    """
    if parse_threshold(threshold, RULES).name in ("prior", "fdr") and count is None:
        raise ValueError(
            f"threshold={threshold!r} needs `particles_per_micrograph`. Got None."
            f"{way_out}"
        )


def prior_threshold(peak_scores: NDArray[np.float64], n_expected: float) -> float:
    """Return the threshold that keeps as many picks as particles are expected.

    Parameters
    ----------
    peak_scores : ndarray of float64
        The scores of all peaks, in descending order.
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
    n_kept = max(round(n_expected), 1)
    if n_kept > len(peak_scores):
        warn_caller(
            f"threshold='prior' should keep {n_kept} picks, but the score maps have "
            f"only {len(peak_scores)} peaks. Every peak is kept; lower `radius` or "
            "`particles_per_micrograph`."
        )
        return -np.inf
    return _just_below(peak_scores[n_kept - 1])


def recall_threshold(
    match_scores: NDArray[np.float64], n_labels: int, level: float
) -> float:
    """Return the highest threshold at which a share of the labels is matched.

    Parameters
    ----------
    match_scores : ndarray of float64
        The scores at which one more label is matched, in descending order.
    n_labels : int
        The number of labelled particles.
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
    _check_labels(n_labels)
    least = ceil(level * n_labels * (1 - 1e-12))
    if least > len(match_scores):
        warn_caller(
            f"threshold='recall:{level:g}' is out of reach: all peaks together find "
            f"{len(match_scores)} of {n_labels} labelled particles. Every peak is kept."
        )
        return -np.inf
    return _just_below(match_scores[least - 1])


def fdr_threshold(
    peak_scores: NDArray[np.float64],
    match_scores: NDArray[np.float64],
    n_labels: int,
    level: float,
    n_expected: float,
    rule: str | None = None,
) -> float:
    """Return the lowest threshold whose estimated false discovery rate is allowed.

    The estimate is ``1 - r * n_expected / n``, with ``r`` the share of the labelled
    particles that is matched and ``n`` the number of picks, because in PU learning
    precision = prior * recall / rate of positive predictions. It assumes that the
    labelled particles are found as easily as the others.

    Parameters
    ----------
    peak_scores : ndarray of float64
        The scores of all peaks, in descending order.
    match_scores : ndarray of float64
        The scores at which one more label is matched, in descending order.
    n_labels : int
        The number of labelled particles.
    level : float
        Greatest false discovery rate.
    n_expected : float
        The number of particles expected in all micrographs together.
    rule : str or None, default=None
        How the level was asked for, for the message; None stands for "fdr:LEVEL".

    Returns
    -------
    float
        Picks of a greater score are kept.

    Raises
    ------
    ValueError
        If the rate is above the level at every threshold, or there is no label.
    """
    _check_labels(n_labels)
    thresholds, counts = np.unique(peak_scores, return_counts=True)
    thresholds, n_picks = thresholds[::-1], np.cumsum(counts[::-1])
    n_matched = np.searchsorted(-match_scores, -thresholds, side="right")
    # 1 - matched / n_labels * n_expected / n_picks <= level, solved for n_picks, is
    #   n_picks <= matched * picks_per_match
    picks_per_match = n_expected / (n_labels * (1 - level)) * (1 + 1e-12)
    (within,) = np.nonzero(n_picks <= n_matched * picks_per_match)
    if not len(within):
        raise ValueError(
            f"threshold={rule or f'fdr:{level:g}'!r} is out of reach: with "
            f"{n_expected:g} particles expected, no threshold on the "
            f"{len(peak_scores)} peaks has an estimated false discovery rate of at "
            f"most {level:g}."
        )
    return _just_below(thresholds[within[-1]])


def expected_recall_threshold(
    log_odds: NDArray[np.float64], share_found: float, level: float
) -> float:
    """Return the highest threshold at which a share of the particles is expected.

    Parameters
    ----------
    log_odds : ndarray of float64
        The log-odds of all peaks, in descending order.
    share_found : float
        The share of particles that have a peak at all.
    level : float
        Least share of the particles that picks are expected to hold.

    Returns
    -------
    float
        Picks of greater log-odds are kept.

    Warns
    -----
    UserWarning
        If all peaks together do not hold that share; every peak is kept.
    """
    expected = np.cumsum(expit(log_odds))
    least = level / share_found * expected[-1] * (1 - 1e-12)
    if least > expected[-1]:
        warn_caller(
            f"threshold='recall:{level:g}' is out of reach: all peaks together are "
            f"expected to hold {share_found:.3g} of the particles. Every peak is kept."
        )
        return -np.inf
    return _just_below(log_odds[np.searchsorted(expected, least)])


def expected_fdr_threshold(
    log_odds: NDArray[np.float64], level: float, rule: str | None = None
) -> float:
    """Return the lowest threshold whose expected share of wrong picks is allowed.

    Parameters
    ----------
    log_odds : ndarray of float64
        The log-odds of all peaks, in descending order.
    level : float
        Greatest share of wrong picks.
    rule : str or None, default=None
        How the level was asked for, for the message; None stands for "fdr:LEVEL".

    Returns
    -------
    float
        Picks of greater log-odds are kept.

    Raises
    ------
    ValueError
        If the share is above the level at every threshold.
    """
    wrong = np.cumsum(expit(-log_odds)) / np.arange(1, len(log_odds) + 1)
    (within,) = np.nonzero(wrong <= level * (1 + 1e-12))
    # Peaks of the same score are picks together, or none of them is.
    last = np.append(np.diff(log_odds) < 0, True)
    within = within[last[within]]
    if not len(within):
        raise ValueError(
            f"threshold={rule or f'fdr:{level:g}'!r} is out of reach: even the "
            f"highest peak is wrong with a probability of {wrong[0]:.2g}."
        )
    return _just_below(log_odds[within[-1]])


def refuse_raw_scores(what: str) -> NoReturn:
    """Raise a ValueError for something that needs probabilities.

    Parameters
    ----------
    what : str
        What needs them, for the message.
    """
    raise ValueError(
        f"{what} needs calibrated scores, and these are raw. Fit the picker again with "
        "calibrate=True, from at least 2 labelled particles; or give a number as "
        "`threshold`."
    )


def _check_labels(n_labels: int) -> None:
    if n_labels == 0:
        raise ValueError("The threshold needs at least 1 labelled particle. Got 0.")


def _just_below(score: float) -> float:
    """Return the greatest threshold that a score exceeds."""
    return float(np.nextafter(score, -np.inf))
