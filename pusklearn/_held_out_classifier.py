"""What is shared by the classifiers that learn from held-out scores."""

from functools import partial

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline
from sklearn.utils import _safe_indexing

from pusklearn._class_priors import (
    asked_priors,
    check_scheme,
    class_priors,
    priors_of_unlabeled,
)
from pusklearn._fit_router import FitRouter
from pusklearn._out_of_fold import fit_rows, held_out, score_positives
from pusklearn._splits import check_splits, find_splits


class HeldOutClassifier(ClassifierMixin, FitRouter):
    """Base of classifiers that wrap another one and read its held-out scores."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _check_fit(self, X, y, params):
        check_scheme(self.scheme)
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
        splits = find_splits(cv, X, y, data.split, self.random_state)
        check_splits(splits, y == positive)
        if len(splits) == 1:
            ((train, test),) = splits
            self.estimator_ = fit_rows(self.estimator, X, y, train, data.fit)
            self._check_fitted()
            return respond(self.estimator_, _safe_indexing(X, test)), y[
                test
            ] == positive
        parts = held_out(
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
        if not np.array_equal(estimator.classes_, self.classes_):
            raise ValueError(
                f"`estimator` must have the classes of `y`, {self.classes_.tolist()}. "
                f"Got {np.asarray(estimator.classes_).tolist()}."
            )
        own = getattr(innermost(estimator), "pos_label_", self.pos_label_)
        if own != self.pos_label_:
            raise ValueError(
                "`pos_label` must be that of `estimator`. Got "
                f"{self.pos_label_!r}, and {own!r} in the estimator."
            )

    def _find_priors(self, y):
        """Return the priors; without one of our own, those of the estimator."""
        prior, own = self.prior, innermost(self.estimator_)
        share = getattr(own, "unlabeled_prior_", 0) if prior is None else 0
        adopted = prior is not None or share
        if adopted and getattr(own, "scheme", self.scheme) != self.scheme:
            raise ValueError(
                "`scheme` must be that of `estimator`. Got "
                f"{self.scheme!r}, and {own.scheme!r} in the estimator."
            )
        n_positive = int(np.sum(y == self.pos_label_))
        if share:
            # Its prior may be that of fewer samples, whose labelled share is another.
            return priors_of_unlabeled(share, n_positive, len(y), self.scheme)
        return class_priors(n_positive, len(y), prior, self.scheme)


def innermost(estimator):
    """Return the last step of a pipeline, or the best estimator of a search."""
    while True:
        if isinstance(estimator, FrozenEstimator):
            estimator = estimator.estimator
        elif isinstance(estimator, Pipeline):
            estimator = estimator.steps[-1][1]
        elif hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        else:
            return estimator
