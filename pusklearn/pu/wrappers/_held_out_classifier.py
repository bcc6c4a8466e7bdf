"""Base of the classifiers that learn from held-out scores."""

from functools import partial
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.base import ClassifierMixin, clone
from sklearn.frozen import FrozenEstimator

from pusklearn.pu._columns import naming_columns
from pusklearn.pu._inner_estimators import estimator_with_prior, innermost
from pusklearn.pu._samples import as_samples
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu.priors._class_priors import (
    asked_priors,
    check_scheme,
    class_priors,
    priors_of_unlabeled,
    set_priors,
)
from pusklearn.pu.splits._common_scale import on_common_scale, rows_to_compare
from pusklearn.pu.splits._cross_validated_scores import (
    check_classes,
    cross_validated_responses,
    fit_rows,
    rows_to_score,
    score_positives,
)
from pusklearn.pu.splits._cross_validation_splits import (
    check_splits,
    cross_validation_splits,
)
from pusklearn.pu.wrappers._fit_router import (
    FitRouter,
    find_known_negatives,
)
from pusklearn.pu.wrappers._log_probability_mixin import LogProbabilityMixin


class HeldOutClassifier(LogProbabilityMixin, ClassifierMixin, FitRouter):
    """Base of classifiers that wrap another one and learn from its held-out scores."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        return tags

    def _check_fit(self, X, y, params):
        check_scheme(self.scheme)
        for name in ("prior_", "unlabeled_prior_", "label_frequency_"):
            self.__dict__.pop(name, None)  # left by an earlier fit
        data = super()._check_fit(X, y, params)
        # This raises an error before the training if the prior is impossible.
        n_positive = int(np.sum(data.y == self.pos_label_))
        asked_priors(self, n_positive, len(data.y))
        return data

    def _fit_on_all(self, data):
        self.estimator_ = self._new_fit(data)
        self._check_fitted()

    def _new_fit(self, data):
        name = type(innermost(self.estimator)).__name__
        with untold_collapse(), naming_columns(data.X, name):
            return clone(self.estimator).fit(data.X, data.y, **data.fit)

    def _fit_and_hold_out(self, data, cv, response):
        """Fit `estimator_`; return held-out scores, and which are of positives.

        What is held out depends on the estimator and on `cv`: all samples for a frozen
        estimator, one part if there is one split, otherwise every part in turn.
        """
        X, y = data.X, data.y
        is_positive = y == self.pos_label_
        if isinstance(self.estimator, FrozenEstimator):
            self._fit_on_all(data)
            scores = score_positives(self.estimator_, X, response, self.pos_label_)
            return scores, is_positive
        splits = cross_validation_splits(
            cv, X, y, is_positive, data.split, self.random_state
        )
        check_splits(splits, is_positive)
        if len(splits) == 1:
            ((train, test),) = splits
            self.estimator_ = fit_rows(self.estimator, X, y, train, data.fit)
            self._check_fitted()
            X_test = rows_to_score(X, test)
            scores = score_positives(self.estimator_, X_test, response, self.pos_label_)
            return scores, is_positive[test]
        *held_out, self.estimator_ = self._scores_of_folds(data, splits, response)
        self._check_fitted()
        return held_out

    def _folds_instead(self, data, cv):
        """Return five folds if one share was held out and they can be made, or None."""
        is_share = isinstance(cv, Real) and not isinstance(cv, Integral)
        if not is_share or isinstance(self.estimator, FrozenEstimator):
            return None
        is_positive = data.y == self.pos_label_
        try:
            splits = cross_validation_splits(
                5, data.X, data.y, is_positive, data.split, self.random_state
            )
            check_splits(splits, is_positive)
        except ValueError:  # whole groups may not share the positives out
            return None
        return splits

    def _scores_of_folds(self, data, splits, response):
        """Return held-out scores of all folds on a common scale.

        Which of them are of positives, and the classifier of all samples, whose scale
        it is, are returned as well.
        """
        X, is_positive = data.X, data.y == self.pos_label_
        # The scores of regions and probabilities stay as they are.
        has_scale = response == "decision_function" and as_samples(X).groups is None
        compared = None
        if has_scale:
            compared = rows_to_score(X, rows_to_compare(is_positive))
        respond = partial(
            _score_both, compared=compared, response=response, label=self.pos_label_
        )
        parts = cross_validated_responses(
            self.estimator,
            X,
            data.y,
            splits,
            respond,
            params=data.fit,
            n_jobs=self.n_jobs,
        )
        on_all = self._new_fit(data)
        held_out = [scores for scores, _ in parts]
        if has_scale:
            other = score_positives(on_all, compared, response, self.pos_label_)
            held_out = on_common_scale(parts, other)
        tested = np.concatenate([test for _, test in splits])
        return np.concatenate(held_out), is_positive[tested], on_all

    def _check_fitted(self):
        """Take over the feature names; raise an error if the labels differ."""
        estimator = self.estimator_
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(estimator, name):
                setattr(self, name, getattr(estimator, name))
        check_classes(estimator, self.classes_)
        inner_label = getattr(innermost(estimator), "pos_label_", self.pos_label_)
        if inner_label != self.pos_label_:
            raise ValueError(
                "`pos_label` must be that of `estimator`. Got "
                f"{self.pos_label_!r}, and {inner_label!r} in the estimator."
            )

    def _find_priors(self, data):
        """Find the priors of the samples, set them as attributes and return them.

        They come from the first of these that there is:

        1. the parameter `prior`;
        2. the ``prior_`` of the estimator inside, which was given to it or estimated;
        3. the labelled share, with no positives among the unlabeled samples.
        """
        y, inner = data.y, estimator_with_prior(self.estimator_)
        prior = self.prior if self.prior is not None else inner_prior(inner)
        inner_scheme = getattr(inner, "scheme", self.scheme)
        if prior is not None and inner_scheme != self.scheme:
            raise ValueError(
                "`scheme` must be that of `estimator`. Got "
                f"{self.scheme!r}, and {inner_scheme!r} in the estimator."
            )
        n_positive = int(np.sum(y == self.pos_label_))
        if self.prior is None and prior is not None and self._estimated_prior(inner):
            # It was estimated for other samples with another labelled share. What it
            # says about the unlabeled samples holds for these samples, too.
            # Here known negatives are among these.
            is_positive = y == self.pos_label_
            is_known = find_known_negatives(self.estimator, data, is_positive)
            n_known = is_known.sum()
            share = inner.unlabeled_prior_ * (1 - n_known / (len(y) - n_positive))
            priors = priors_of_unlabeled(share, n_positive, len(y), self.scheme)
        else:
            priors = class_priors(n_positive, len(y), prior, self.scheme)
        set_priors(self, priors, n_positive, len(y))
        return priors

    def _estimated_prior(self, inner):
        """Return whether `fit` had the estimator inside estimate its prior."""
        was_fitted_here = not isinstance(self.estimator, FrozenEstimator)
        return was_fitted_here and not isinstance(getattr(inner, "prior", None), Real)


def _score_both(estimator, X, *, compared, response, label):
    """Return the scores of the samples held out, and those of samples to compare."""
    scores = score_positives(estimator, X, response, label)
    if compared is None:
        return scores, None
    return scores, score_positives(estimator, compared, response, label)


def inner_prior(inner: Any) -> float | None:
    """Return the prior that a fitted estimator found, or None.

    If it counts no positives among the unlabeled samples, its prior is its labelled
    share. This says nothing about the samples here, whose labelled share may differ.
    """
    if getattr(inner, "unlabeled_prior_", None) == 0:
        return None
    return getattr(inner, "prior_", None)
