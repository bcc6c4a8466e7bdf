"""What the procedures around any classifier have in common."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from pusklearn.pu._log_odds import log_odds
from pusklearn.pu.priors._class_priors import (
    asked_priors,
    estimated_priors,
    set_priors,
)
from pusklearn.pu.wrappers._fit_router import FitRouter


class PUMetaClassifier(ClassifierMixin, FitRouter):
    """Base of the procedures; a subclass implements `fit` and `_probability`.

    The samples are the inner classifier's to check: they are handed on as they are.
    """

    def decision_function(self, X):
        """Return the log-odds of ``classes_[1]``, shape (n,).

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list
            Samples as in `fit`.

        Returns
        -------
        ndarray of float of shape (n,)
            Positive where ``classes_[1]`` is the likelier.
        """
        check_is_fitted(self)
        scores = self._decide(X)
        return scores if self.pos_label_ == self.classes_[1] else -scores

    def predict_proba(self, X):
        """Return the probabilities of both classes, shape (n, 2).

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list
            Samples as in `fit`.

        Returns
        -------
        ndarray of float of shape (n, 2)
            Columns in the order of `classes_`.
        """
        check_is_fitted(self)
        p = self._probability(X)
        columns = [1 - p, p] if self.pos_label_ == self.classes_[1] else [p, 1 - p]
        return np.column_stack(columns)

    def predict(self, X):
        """Return the likelier class of each sample, shape (n,).

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list
            Samples as in `fit`.

        Returns
        -------
        ndarray of shape (n,)
            Labels of `classes_`.
        """
        is_second = self.decision_function(X) > 0
        return self.classes_[is_second.astype(int)]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _check_data(self, X, y, params):
        """Return what the classifier is fitted to, and set the classes."""
        if not hasattr(self.estimator, "predict_proba"):
            raise TypeError(
                "`estimator` must have `predict_proba`; CalibratedClassifierCV adds "
                f"one. Got {self.estimator!r}."
            )
        # Here the width and the names of `X` are noted.
        X, y = validate_data(self, X, y, skip_check_array=True)
        return self._check_fit(X, y, params)

    def _set_priors(self, is_positive, estimate=None):
        """Set the priors, those of the parameter or of an estimate of the share."""
        n_positive, n = int(is_positive.sum()), len(is_positive)
        # Of an earlier fit.
        vars(self).pop("prior_interval_", None)
        if estimate is None:
            priors = asked_priors(self, n_positive, n, or_estimate=True)
        else:
            priors, self.prior_interval_ = estimated_priors(
                *estimate, n_positive, n, self.scheme
            )
        set_priors(self, priors, n_positive, n)

    def _decide(self, X):
        return log_odds(self._probability(X))


def positive_probability(estimator, X):
    """Probability of the class 1, in double precision."""
    return estimator.predict_proba(X)[:, 1].astype(float)
