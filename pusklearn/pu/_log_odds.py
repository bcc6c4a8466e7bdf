"""Log-odds of probabilities."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

LEAST = float(np.finfo(float).tiny)
# The smallest distance from 1 that float32 can represent. The same distance is used at
# 0, so the log-odds lie between -16 and 16.
SINGLE = float(np.finfo(np.float32).eps)


def log_odds(probability: ArrayLike, least: float = LEAST) -> NDArray[np.float64]:
    """Return log-odds that are finite for probabilities of 0 and 1, too.

    Parameters
    ----------
    probability : array-like of float
        Probabilities in [0, 1].
    least : float, default=2.2e-308
        Smaller probabilities count as `least`. Probabilities above ``1 - least`` count
        as ``1 - least``, or as the last number before 1.

    Returns
    -------
    ndarray of float64
        Log-odds, in the shape of `probability`.
    """
    probability = np.asarray(probability, dtype=float)
    most = 1 - max(least, np.finfo(float).epsneg)
    return logit(np.clip(probability, least, most))
