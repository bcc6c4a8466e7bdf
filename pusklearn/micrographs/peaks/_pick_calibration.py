"""A map from raw scores of peaks to the log-odds that they are particles."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


class PickCalibration:
    """A strictly increasing map from raw scores of peaks to log-odds.

    It is linear between its knots, and goes on with the same slope beyond the outer
    ones. Since it is strictly increasing, the ranks of the peaks stay.

    Parameters
    ----------
    scores : array-like of shape (n_knots,)
        Raw scores, at least two, strictly ascending.
    log_odds : array-like of shape (n_knots,)
        The log-odds at these scores, strictly ascending.
    draws : array-like of shape (n_draws, n_knots) or None, default=None
        Other log-odds at the same scores that the evidence allows, each row strictly
        ascending. Their spread tells how sure the map is. None is no draw.
    share_found : float, default=1.0
        The share of particles that have a peak at all, whatever its score.

    Raises
    ------
    ValueError
        If the shapes differ, or a row does not ascend.

    Examples
    --------
    >>> from pusklearn.micrographs.peaks._pick_calibration import PickCalibration
    >>> calibration = PickCalibration([0.0, 2.0], [-3.0, 1.0])
    >>> calibration([1.0, 3.0])
    array([-1.,  3.])
    >>> calibration.inverse([-1.0, 3.0])
    array([1., 3.])
    """

    def __init__(
        self,
        scores: ArrayLike,
        log_odds: ArrayLike,
        draws: ArrayLike | None = None,
        *,
        share_found: float = 1.0,
    ) -> None:
        self.share_found = float(share_found)
        self.scores = _ascending(scores, "scores")
        self.log_odds = _ascending(log_odds, "log_odds")
        n_knots = len(self.scores)
        if n_knots < 2 or len(self.log_odds) != n_knots:
            raise ValueError(
                "`scores` and `log_odds` must have the same number of knots, at least "
                f"2. Got {n_knots} and {len(self.log_odds)}."
            )
        drawn = np.empty((0, n_knots)) if draws is None else np.asarray(draws, float)
        if drawn.ndim != 2 or drawn.shape[1] != n_knots:
            raise ValueError(
                f"`draws` must have the shape (n_draws, {n_knots}). Got {drawn.shape}."
            )
        self.draws = _ascending(drawn, "draws")

    def __call__(self, scores: ArrayLike) -> NDArray[np.float64]:
        """Return the log-odds of raw scores."""
        return _piecewise_linear(scores, self.scores, self.log_odds)

    def inverse(self, log_odds: ArrayLike) -> NDArray[np.float64]:
        """Return the raw scores that have these log-odds."""
        return _piecewise_linear(log_odds, self.log_odds, self.scores)

    def drawn(self, log_odds: ArrayLike, draw: int) -> NDArray[np.float64]:
        """Return what another draw says instead of these log-odds."""
        return _piecewise_linear(log_odds, self.log_odds, self.draws[draw])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PickCalibration) and all(
            np.array_equal(getattr(self, name), getattr(other, name))
            for name in ("scores", "log_odds", "draws", "share_found")
        )

    __hash__ = None  # type: ignore[assignment]


def _ascending(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Return values as floats, or raise an error if a row does not ascend."""
    array = np.asarray(values, float)
    if not (np.isfinite(array).all() and (np.diff(array, axis=-1) > 0).all()):
        raise ValueError(f"`{name}` must be finite and strictly ascend.")
    return array


def _piecewise_linear(x: ArrayLike, knots: NDArray, values: NDArray) -> NDArray:
    """Return the values at `x`, with the slope of the outer pieces beyond them."""
    x = np.asarray(x, float)
    piece = np.clip(np.searchsorted(knots, x) - 1, 0, len(knots) - 2)
    slopes = np.diff(values) / np.diff(knots)
    return values[piece] + slopes[piece] * (x - knots[piece])
