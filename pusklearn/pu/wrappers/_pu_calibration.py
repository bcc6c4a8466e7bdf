"""Probabilities from held-out scores of labelled positives and unlabeled samples."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

from pusklearn.pu.priors._priors import Priors

# The weight of positives that do not belong to the population's sample. They count in
# the numerator alone, but a regression needs a weight for each sample.
_NO_MASS = 1e-9


def isotonic_calibrator(
    positives: NDArray, unlabeled: NDArray, priors: Priors
) -> IsotonicRegression:
    """Fit the rising function of the score that has the least PU Brier score.

    This is an isotonic regression. The weight of a sample is its mass in the
    population, and its value is ``prior / n_positive`` over this mass for a positive
    and 0 for an unlabeled sample. Among the functions that never fall and lie in
    [0, 1], the result minimises ``E_X[p^2] - 2 prior E_P[p]``, which is the Brier
    score up to a constant.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Priors of the whole data set.

    Returns
    -------
    IsotonicRegression
        A function whose ``predict`` gives the probability of each score.
    """
    scores, mass, positive_mass = _masses(positives, unlabeled, priors)
    mass = np.maximum(mass, _NO_MASS / len(positives))
    regression = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    return regression.fit(scores, positive_mass / mass, sample_weight=mass)


class SigmoidCalibrator(NamedTuple):
    """Gives the probability ``1 / (1 + exp(-(slope * (s - centre) + intercept)))``."""

    slope: float
    intercept: float
    centre: float

    def predict(self, scores: ArrayLike) -> NDArray:
        """Return the probability of each score."""
        distance = np.asarray(scores) - self.centre
        return expit(self.slope * distance + self.intercept)


def sigmoid_calibrator(
    positives: NDArray, unlabeled: NDArray, priors: Priors
) -> SigmoidCalibrator:
    """Fit the sigmoid of the score that has the least PU log-loss.

    Let ``z`` be ``slope * score + intercept``. The PU log-loss is
    ``E_X[log(1 + e^z)] - prior E_P[z]``, which is convex in slope and intercept. If
    the scores are separable, its estimate can fall without end as the slope grows. So
    a small penalty is added: half the square of the slope on scores of unit variance,
    divided by the number of scores. The slope is not negative.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Priors of the whole data set.

    Returns
    -------
    SigmoidCalibrator
        A function whose ``predict`` gives the probability of each score.
    """
    scores, mass, positive_mass = _masses(positives, unlabeled, priors)
    centre, spread = scores.mean(), scores.std() if np.ptp(scores) > 0 else 1.0
    columns = ((scores - centre) / spread)[:, np.newaxis]
    (slope,), intercept = _least_log_loss(columns, mass, positive_mass)
    return SigmoidCalibrator(float(slope / spread), float(intercept), float(centre))


class BetaCalibrator(NamedTuple):
    """Gives the probability of log-odds with one slope below 0 and another above."""

    slope_below: float
    slope_above: float
    intercept: float

    def predict(self, scores: ArrayLike) -> NDArray:
        """Return the probability of each score."""
        slopes = self.slope_below, self.slope_above
        return expit(_two_sides(np.asarray(scores)) @ slopes + self.intercept)


def beta_calibrator(
    positives: NDArray, unlabeled: NDArray, priors: Priors
) -> BetaCalibrator:
    """Fit log-odds with one slope below 0 and another above, of least PU log-loss.

    The log-odds of a score ``s`` are
    ``z = slope_above * log(1 + e^s) - slope_below * log(1 + e^-s) + intercept``. The PU
    log-loss is ``E_X[log(1 + e^z)] - prior E_P[z]``, which is convex in all three. The
    slopes are not negative, and are penalised like that of `sigmoid_calibrator`.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores on the scale of log-odds.
    priors : Priors
        Priors of the whole data set.

    Returns
    -------
    BetaCalibrator
        A function whose ``predict`` gives the probability of each score.
    """
    scores, mass, positive_mass = _masses(positives, unlabeled, priors)
    columns = _two_sides(scores)
    # Rounding can give equal values a standard deviation above 0.
    spread = np.where(np.ptp(columns, axis=0) > 0, columns.std(axis=0), 1.0)
    centre = columns.mean(axis=0)
    slopes, intercept = _least_log_loss(
        (columns - centre) / spread, mass, positive_mass
    )
    below, above = slopes / spread
    intercept -= centre @ [below, above]
    return BetaCalibrator(float(below), float(above), float(intercept))


def _two_sides(scores):
    """Return two functions of each score: one rises below 0, the other above."""
    return np.stack([-np.logaddexp(0, -scores), np.logaddexp(0, scores)], axis=1)


def _least_log_loss(columns, mass, positive_mass):
    """Return the slopes and the intercept of least penalised PU log-loss."""
    n, n_slopes = columns.shape
    penalty = 1 / n

    def loss_and_gradient(line):
        slopes = line[:-1]
        logits = columns @ slopes + line[-1]
        loss = mass @ np.logaddexp(0, logits) - positive_mass @ logits
        rise = mass * expit(logits) - positive_mass
        gradient = np.append(rise @ columns + penalty * slopes, rise.sum())
        return loss + penalty * slopes @ slopes / 2, gradient

    start = np.append(np.full(n_slopes, 1 / n_slopes), 0.0)
    bounds = [(0, None)] * n_slopes + [(None, None)]
    fit = minimize(loss_and_gradient, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return fit.x[:-1], fit.x[-1]


def _masses(positives, unlabeled, priors):
    """Return all scores with their mass in the population and among its positives."""
    n_positive, n_unlabeled = len(positives), len(unlabeled)
    h = priors.labeled
    mass = np.repeat([h / n_positive, (1 - h) / n_unlabeled], [n_positive, n_unlabeled])
    positive_mass = np.repeat(
        [priors.population / n_positive, 0], [n_positive, n_unlabeled]
    )
    return np.concatenate([positives, unlabeled]), mass, positive_mass
