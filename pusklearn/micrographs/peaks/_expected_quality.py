"""How many picks are particles, and how many particles are picked."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.utils import Bunch

from pusklearn.micrographs.peaks._pick_calibration import PickCalibration

# The quantiles of an interval of 90 %.
ENDS = (0.05, 0.95)


def expected_quality(
    log_odds: NDArray[np.float64], threshold: float, calibration: PickCalibration
) -> Bunch:
    """Return what to expect of the peaks above a threshold.

    Parameters
    ----------
    log_odds : ndarray of float64 of shape (n_peaks,)
        The log-odds of all peaks, whether they are picks or not.
    threshold : float
        Picks have greater log-odds.
    calibration : PickCalibration
        What made the log-odds. Its draws tell the intervals.

    Returns
    -------
    sklearn.utils.Bunch
        As `PeakExtractor.expected_quality` returns it.
    """
    is_pick = log_odds > threshold
    found = calibration.share_found
    values = rates(expit(log_odds), is_pick, found)
    draws = range(len(calibration.draws))
    drawn = [
        rates(expit(calibration.drawn(log_odds, k)), is_pick, found) for k in draws
    ]
    result = Bunch(threshold=float(threshold), n_picks=int(is_pick.sum()))
    for place, name in enumerate(("n_particles", "precision", "recall")):
        result[name] = values[place]
        of_draws = [of_draw[place] for of_draw in drawn]
        # NaN stays NaN: without a pick nothing is known of them.
        ends = np.quantile(of_draws, ENDS).tolist() if drawn else None
        result[f"{name}_interval"] = ends and tuple(ends)
    return result


def scores_of_picks(picks: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """Return the scores of the picks of all micrographs.

    Parameters
    ----------
    picks : sequence of array-like of shape (k, 3)
        ``x, y, score`` of the picks of each micrograph.

    Raises
    ------
    ValueError
        If one is of another shape, or a score is NaN.
    """
    scores = [np.empty(0)]
    for number, points in enumerate(picks):
        array = np.asarray(points, float)
        if array.ndim != 2 or array.shape[1] != 3 or np.isnan(array[:, 2]).any():
            raise ValueError(
                "`picks` must be one array of shape (k, 3) for each micrograph, "
                "x, y, score, without NaN as score. That of micrograph number "
                f"{number} has the shape {array.shape}, or such a score."
            )
        scores.append(array[:, 2])
    return np.concatenate(scores)


def rates(
    probability: NDArray[np.float64], is_pick: NDArray[np.bool_], share_found: float
) -> tuple[float, float, float]:
    """Return the number of particles, and the precision and recall of picks.

    Precision is NaN without a pick, and recall without a particle.
    """
    n_hits, n_picks = probability[is_pick].sum(), is_pick.sum()
    n_particles = probability.sum() / share_found
    return (
        float(n_particles),
        float(n_hits / n_picks) if n_picks else np.nan,
        float(n_hits / n_particles) if n_particles else np.nan,
    )
