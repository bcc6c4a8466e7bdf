"""What is shared by the classifiers that learn from held-out scores."""

from functools import partial
from numbers import Real

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.frozen import FrozenEstimator

from pusklearn.pu._inner_estimators import estimator_with_prior, innermost
from pusklearn.pu._sklearn_compat import safe_indexing
from pusklearn.pu.priors._class_priors import (
    asked_priors,
    check_scheme,
    class_priors,
    priors_of_unlabeled,
    set_priors,
)
from pusklearn.pu.splits._cross_validated_scores import (
    check_classes,
    cross_validated_responses,
    fit_rows,
    score_positives,
)
from pusklearn.pu.splits._cross_validation_splits import (
    check_splits,
    cross_validation_splits,
)
from pusklearn.pu.wrappers._fit_router import FitRouter


class HeldOutClassifier(ClassifierMixin, FitRouter):
    """Base of classifiers that wrap another one and read its held-out scores."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _check_fit(self, X, y, params):
        check_scheme(self.scheme)
        for name in ("prior_", "unlabeled_prior_", "label_frequency_"):
            vars(self).pop(name, None)  # of an earlier fit
        data = super()._check_fit(X, y, params)
        # Raises where the prior cannot be, before the training.
        n_positive = int(np.sum(data.y == self.pos_label_))
        asked_priors(self, n_positive, len(data.y))
        return data

    def _fit_on_all(self, data):
        self.estimator_ = clone(self.estimator).fit(data.X, data.y, **data.fit)
        self._check_fitted()

    def _fit_and_hold_out(self, data, cv, response):
        """Fit `estimator_`; return scores it was not trained on, and their labels."""
        X, y, positive = data.X, data.y, self.pos_label_
        respond = partial(score_positives, response=response, pos_label=positive)
        if isinstance(self.estimator, FrozenEstimator):
            self._fit_on_all(data)
            return respond(self.estimator_, X), y == positive
        splits = cross_validation_splits(
            cv, X, y, y == positive, data.split, self.random_state
        )
        check_splits(splits, y == positive)
        if len(splits) == 1:
            ((train, test),) = splits
            self.estimator_ = fit_rows(self.estimator, X, y, train, data.fit)
            self._check_fitted()
            return respond(self.estimator_, safe_indexing(X, test)), y[test] == positive
        parts = cross_validated_responses(
            self.estimator, X, y, splits, respond, params=data.fit, n_jobs=self.n_jobs
        )
        self._fit_on_all(data)
        rows = np.concatenate([test for _, test in splits])
        return np.concatenate(parts), y[rows] == positive

    def _check_fitted(self):
        """Adopt the feature names; refuse an estimator of other classes."""
        estimator = self.estimator_
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(estimator, name):
                setattr(self, name, getattr(estimator, name))
        check_classes(estimator, self.classes_)
        own = getattr(innermost(estimator), "pos_label_", self.pos_label_)
        if own != self.pos_label_:
            raise ValueError(
                "`pos_label` must be that of `estimator`. Got "
                f"{self.pos_label_!r}, and {own!r} in the estimator."
            )

    def _find_priors(self, y):
        """Find and set the priors; without one of our own, those of the estimator."""
        prior, own = self.prior, estimator_with_prior(self.estimator_)
        # Without positives among the unlabeled its prior is the labelled share, which
        # may be another one here.
        if prior is None and getattr(own, "unlabeled_prior_", None) != 0:
            prior = getattr(own, "prior_", None)
        if prior is not None and getattr(own, "scheme", self.scheme) != self.scheme:
            raise ValueError(
                "`scheme` must be that of `estimator`. Got "
                f"{self.scheme!r}, and {own.scheme!r} in the estimator."
            )
        n_positive = int(np.sum(y == self.pos_label_))
        told = self.prior is not None or isinstance(getattr(own, "prior", None), Real)
        if prior is None or told or isinstance(self.estimator, FrozenEstimator):
            priors = class_priors(n_positive, len(y), prior, self.scheme)
        else:
            # It was estimated for a part of these samples, whose labelled share is
            # another: what is left for the unlabeled is the same.
            share = own.unlabeled_prior_
            priors = priors_of_unlabeled(share, n_positive, len(y), self.scheme)
        set_priors(self, priors, n_positive, len(y))
        return priors
