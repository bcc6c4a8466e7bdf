"""Log-odds of probabilities."""

import numpy as np
from scipy.special import logit

LEAST = np.finfo(float).tiny
# What float32 tells from 0 and from 1 alike: log-odds within -16 and 16.
SINGLE = np.finfo(np.float32).eps


def log_odds(probability, least=LEAST):
    """Return log-odds, finite at probabilities of 0 and 1 too.

    Parameters
    ----------
    probability : array-like of float
        Within 0 and 1.
    least : float, default=2.2e-308
        Smaller probabilities count as this; those above ``1 - least``, or above the
        last number before 1, as that.

    Returns
    -------
    ndarray of float64
        Of the shape of `probability`.
    """
    probability = np.asarray(probability, dtype=float)
    most = 1 - max(least, np.finfo(float).epsneg)
    return logit(np.clip(probability, least, most))
