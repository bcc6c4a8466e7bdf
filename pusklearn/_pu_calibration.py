"""Probabilities from held-out scores of labelled positives and unlabeled samples."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression

# Of the population's mass, given to positives that are no part of it: they have a say
# in the numerator alone, but a regression needs a weight.
_NO_MASS = 1e-9


def isotonic_calibrator(positives, unlabeled, priors):
    """Fit the rising function of the score that has the least PU Brier score.

    This is the isotonic regression of the masses ``prior / n_positive`` of the
    positives on the masses of all samples in the population. Of all functions that
    never fall and lie in [0, 1] it minimises ``E_X[p^2] - 2 prior E_P[p]``, the Brier
    score but for a constant.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Of the whole data set.

    Returns
    -------
    IsotonicRegression
        Its ``predict`` gives the probability of a score.
    """
    scores, mass, positive_mass = _masses(positives, unlabeled, priors)
    mass = np.maximum(mass, _NO_MASS / len(positives))
    regression = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    return regression.fit(scores, positive_mass / mass, sample_weight=mass)


class SigmoidCalibrator(NamedTuple):
    """Probability ``1 / (1 + exp(-(slope * (score - centre) + intercept)))``."""

    slope: float
    intercept: float
    centre: float

    def predict(self, scores):
        """Return the probability of each score."""
        distance = np.asarray(scores) - self.centre
        return expit(self.slope * distance + self.intercept)


def sigmoid_calibrator(positives, unlabeled, priors):
    """Fit the sigmoid of the score that has the least PU log-loss.

    With ``z = slope * score + intercept`` that is ``E_X[log(1 + e^z)] - prior E_P[z]``,
    convex in both. On separable scores a sample's estimate of it may fall for ever with
    the slope, so a small penalty is added: half the square of the slope on scores of
    unit variance, divided by the number of scores. The slope is not negative.

    Parameters
    ----------
    positives, unlabeled : ndarray
        Held-out scores.
    priors : Priors
        Of the whole data set.

    Returns
    -------
    SigmoidCalibrator
        Its ``predict`` gives the probability of a score.
    """
    scores, mass, positive_mass = _masses(positives, unlabeled, priors)
    centre, spread = scores.mean(), scores.std() or 1.0
    z, penalty = (scores - centre) / spread, 1 / len(scores)

    def loss_and_gradient(line):
        logits = line[0] * z + line[1]
        loss = mass @ np.logaddexp(0, logits) - positive_mass @ logits
        rise = mass * expit(logits) - positive_mass
        gradient = np.array([rise @ z + penalty * line[0], rise.sum()])
        return loss + penalty * line[0] ** 2 / 2, gradient

    fit = minimize(
        loss_and_gradient,
        [1.0, 0.0],
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, None), (None, None)],
    )
    slope, intercept = fit.x
    return SigmoidCalibrator(float(slope / spread), float(intercept), float(centre))


def _masses(positives, unlabeled, priors):
    """Return all scores with their mass in the population and among its positives."""
    n_positive, n_unlabeled = len(positives), len(unlabeled)
    h = priors.labeled
    mass = np.repeat([h / n_positive, (1 - h) / n_unlabeled], [n_positive, n_unlabeled])
    positive_mass = np.repeat(
        [priors.population / n_positive, 0], [n_positive, n_unlabeled]
    )
    return np.concatenate([positives, unlabeled]), mass, positive_mass
