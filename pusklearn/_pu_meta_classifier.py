"""What the procedures around any classifier have in common."""

import numpy as np
from scipy.special import logit
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin
from sklearn.utils import assert_all_finite, get_tags, indexable
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

from pusklearn._pu_checks import check_labels


class PUMetaClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
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
        tags.input_tags = get_tags(self.estimator).input_tags
        tags.classifier_tags.multi_class = False
        return tags

    def _check_data(self, X, y):
        """Return samples that can be indexed and which of them are labelled."""
        if not hasattr(self.estimator, "predict_proba"):
            raise TypeError(
                "`estimator` must have `predict_proba`; CalibratedClassifierCV adds "
                f"one. Got {self.estimator!r}."
            )
        # Here the width and the names of `X` are noted.
        X, y = validate_data(self, X, y, skip_check_array=True)
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        X, y = indexable(X, y)
        if not len(y):
            raise ValueError("At least 2 samples are needed. Got 0 sample(s).")
        self.classes_, self.pos_label_ = check_labels(y, self.pos_label)
        return X, y == self.pos_label_

    def _decide(self, X):
        return log_odds(self._probability(X))


def positive_probability(estimator, X):
    """Probability of the class 1, in double precision."""
    return estimator.predict_proba(X)[:, 1].astype(float)


def log_odds(probability):
    """Log-odds of probabilities, finite at 0 and 1 too."""
    limits = np.finfo(float)
    return logit(np.clip(probability, limits.tiny, 1 - limits.epsneg))
