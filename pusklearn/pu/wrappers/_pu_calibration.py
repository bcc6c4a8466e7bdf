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
# How much a slope is held back: its penalty is the sum of the first over the number of
# samples and of the second over that of the labels. Without the second, chance makes
# the slope from a few dozen labels far too steep now and then.
_SAMPLES_AGAINST, _LABELS_AGAINST = 1.0, 0.1
# The probabilities that a classifier has of itself count as this many labels.
_OWN_LABELS = 20
# From so many labels on, a sigmoid of the wrong shape costs more than chance does.
_LABELS_FOR_ISOTONIC = 5000


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
    the scores are separable, its estimate can fall without end as the slope grows, and
    few positives may seem to be separable. So a penalty is added: half the square of
    the slope on scores of unit variance, times ``1 / n + 0.1 / n_positive``, with ``n``
    the number of all scores. The slope is not negative.

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
    (slope,), intercept = _least_log_loss(columns, mass, positive_mass, len(positives))
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
        (columns - centre) / spread, mass, positive_mass, len(positives)
    )
    below, above = slopes / spread
    intercept -= centre @ [below, above]
    return BetaCalibrator(float(below), float(above), float(intercept))


class AverageCalibrator(NamedTuple):
    """Gives the mean of the probabilities of two calibrators."""

    isotonic: IsotonicRegression
    sigmoid: SigmoidCalibrator

    def predict(self, scores: ArrayLike) -> NDArray:
        """Return the probability of each score."""
        return (self.isotonic.predict(scores) + self.sigmoid.predict(scores)) / 2


def average_calibrator(
    positives: NDArray, unlabeled: NDArray, priors: Priors
) -> AverageCalibrator:
    """Fit the mean of `isotonic_calibrator` and `sigmoid_calibrator`.

    The first follows chance, and the second its own shape. Their errors differ, so the
    mean has less of both, and it is never 0 or 1.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Priors of the whole data set.

    Returns
    -------
    AverageCalibrator
        A function whose ``predict`` gives the probability of each score.
    """
    return AverageCalibrator(
        isotonic_calibrator(positives, unlabeled, priors),
        sigmoid_calibrator(positives, unlabeled, priors),
    )


class ShrunkenCalibrator(NamedTuple):
    """Draws the probabilities of a calibrator towards those that the scores stand for.

    These are the scores themselves, or their sigmoid if the scores are log-odds.
    """

    calibrator: AverageCalibrator
    own_weight: float
    are_log_odds: bool

    def predict(self, scores: ArrayLike) -> NDArray:
        """Return the probability of each score."""
        own = expit(scores) if self.are_log_odds else np.asarray(scores)
        found = self.calibrator.predict(scores)
        return self.own_weight * own + (1 - self.own_weight) * found


def shrunken_calibrator(
    positives: NDArray, unlabeled: NDArray, priors: Priors, are_log_odds: bool
) -> ShrunkenCalibrator:
    """Fit `average_calibrator`, drawn towards what the scores stand for.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Priors of the whole data set.
    are_log_odds : bool
        Whether the scores are log-odds of the class; otherwise they are probabilities.

    Returns
    -------
    ShrunkenCalibrator
        A function whose ``predict`` gives the probability of each score. What the
        scores stand for counts as 20 labels beside those that are held out.
    """
    weight = _OWN_LABELS / (_OWN_LABELS + len(positives))
    average = average_calibrator(positives, unlabeled, priors)
    return ShrunkenCalibrator(average, weight, are_log_odds)


def automatic_method(n_positive: int, *, has_probabilities: bool) -> str:
    """Return the method that suits a number of held-out positives.

    Parameters
    ----------
    n_positive : int
        Number of held-out positives.
    has_probabilities : bool
        Whether the classifier itself gives probabilities of the class.

    Returns
    -------
    str
        A method of `PUCalibratedClassifier`.
    """
    if n_positive >= _LABELS_FOR_ISOTONIC:
        return "isotonic"
    return "shrunken average" if has_probabilities else "average"


def _two_sides(scores):
    """Return two functions of each score: one rises below 0, the other above."""
    return np.stack([-np.logaddexp(0, -scores), np.logaddexp(0, scores)], axis=1)


def _least_log_loss(columns, mass, positive_mass, n_positive):
    """Return the slopes and the intercept of least penalised PU log-loss."""
    n, n_slopes = columns.shape
    penalty = _SAMPLES_AGAINST / n + _LABELS_AGAINST / n_positive

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
