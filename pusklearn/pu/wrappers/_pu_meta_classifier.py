"""Base of the procedures that train any classifier for positive-unlabeled data."""

from typing import Any

from numpy.typing import NDArray
from sklearn.base import ClassifierMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from pusklearn.pu._labels import probability_columns, toward_second_class
from pusklearn.pu._log_odds import log_odds
from pusklearn.pu._row_view import in_chunks
from pusklearn.pu.priors._class_priors import (
    asked_priors,
    estimated_priors,
    set_priors,
)
from pusklearn.pu.priors._overlap_interval import is_upper_bound
from pusklearn.pu.priors._priors import Priors
from pusklearn.pu.wrappers._fit_router import FitRouter
from pusklearn.pu.wrappers._log_probability_mixin import LogProbabilityMixin


class PUMetaClassifier(LogProbabilityMixin, ClassifierMixin, FitRouter):
    """Base of the procedures; a subclass implements `fit` and `_probability`.

    The samples are handed on as they are, since the inner classifier checks them.
    """

    def decision_function(self, X: Any) -> NDArray:
        """Return the log-odds of ``classes_[1]``, shape (n,).

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list
            Samples as in `fit`.

        Returns
        -------
        ndarray of float of shape (n,)
            Values above 0 mean that ``classes_[1]`` is the more probable class.
        """
        check_is_fitted(self)
        return toward_second_class(self._decide(X), self.classes_, self.pos_label_)

    def predict_proba(self, X: Any) -> NDArray:
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
        return probability_columns(self._probability(X), self.classes_, self.pos_label_)

    def predict(self, X: Any) -> NDArray:
        """Return the more probable class of each sample, shape (n,).

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
        # This notes the number of features and their names.
        X, y = validate_data(self, X, y, skip_check_array=True)
        return self._check_fit(X, y, params)

    def _set_priors(self, is_positive, estimate=None):
        """Set the priors, from the parameter or from an estimate of the share."""
        n_positive, n = int(is_positive.sum()), len(is_positive)
        self.__dict__.pop("prior_interval_", None)  # left by an earlier fit
        self.prior_is_upper_bound_ = False
        if estimate is None:
            priors = asked_priors(self, n_positive, n, or_estimate=True)
        else:
            share, interval = estimate
            self.prior_is_upper_bound_ = is_upper_bound(share, interval)
            priors, self.prior_interval_ = estimated_priors(
                share, interval, n_positive, n, self.scheme
            )
        set_priors(self, priors, n_positive, n)

    def _known_priors(self):
        """Return the priors that were set."""
        prior, unlabeled = self.prior_, self.unlabeled_prior_
        labeled = (prior - unlabeled) / (1 - unlabeled)
        return Priors(prior, max(labeled, 0.0))

    def _decide(self, X):
        return log_odds(self._probability(X))


def positive_probability(estimator: Any, X: Any) -> NDArray:
    """Return the probability of the class 1, in double precision."""
    return in_chunks(estimator, "predict_proba", X)[:, 1].astype(float)
