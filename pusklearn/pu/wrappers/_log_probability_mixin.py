"""Logarithms of probabilities, for every wrapper that gives probabilities."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.utils.metaestimators import available_if


class LogProbabilityMixin:
    """Adds `predict_log_proba` to a classifier that has ``predict_proba``."""

    predict_proba: Callable[[Any], NDArray]

    @available_if(lambda self: hasattr(self, "predict_proba"))
    def predict_log_proba(self, X: Any) -> NDArray:
        """Return the logarithms of the probabilities of both classes.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame, list or TiledRegions
            Samples of the kind seen in `fit`.

        Returns
        -------
        ndarray of float of shape (n, 2)
            Natural logarithms, columns in the order of `classes_`. The logarithm of a
            probability of 0 is -inf.
        """
        with np.errstate(divide="ignore"):
            return np.log(self.predict_proba(X))
