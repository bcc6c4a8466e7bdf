"""What is shared by the classifiers that learn from held-out scores."""

from numbers import Real

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GroupKFold, check_cv
from sklearn.pipeline import Pipeline
from sklearn.utils import (
    Bunch,
    _safe_indexing,
    assert_all_finite,
    get_tags,
    indexable,
)
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import _check_method_params, column_or_1d

from pusklearn._class_priors import check_scheme, class_priors, priors_of_unlabeled
from pusklearn._out_of_fold import score_positives
from pusklearn._pu_checks import check_labels
from pusklearn._splits import check_splits, find_splits


class HeldOutClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """Base of classifiers that wrap another one and read its held-out scores."""

    def get_metadata_routing(self):
        """Return where the metadata of `fit` go: the estimator, and the splitter.

        Returns
        -------
        MetadataRouter
            The routes.
        """
        # Where folds are made here, they can be made by groups.
        made_here = self.cv is None or isinstance(self.cv, Real)
        splitter = GroupKFold() if made_here else check_cv(self.cv)
        return (
            MetadataRouter(owner=self)
            .add(
                estimator=self.estimator,
                method_mapping=MethodMapping().add(caller="fit", callee="fit"),
            )
            .add(
                splitter=splitter,
                method_mapping=MethodMapping().add(caller="fit", callee="split"),
            )
        )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags

    def _check_data(self, X, y, params):
        """Return samples, labels and metadata, and set the classes."""
        check_scheme(self.scheme)
        y = column_or_1d(y, warn=True)
        X, y = indexable(X, y)
        if len(y) == 0:
            raise ValueError("At least 1 sample is needed. Got 0 samples.")
        assert_all_finite(y, input_name="y")
        weights = params.get("sample_weight")
        if weights is not None and not np.all(weights):
            # A sample without weight counts as absent, in what is held out too.
            rows = np.flatnonzero(weights)
            if len(np.unique(y[rows])) < len(np.unique(y)):
                raise ValueError("`sample_weight` must not be 0 for a whole class.")
            params = _check_method_params(X, params, indices=rows)
            X, y = _safe_indexing(X, rows), y[rows]
        self.classes_, self.pos_label_ = check_labels(y, self.pos_label)
        return X, y, params

    def _fit_on_all(self, X, y, params):
        self.estimator_ = clone(self.estimator).fit(X, y, **params)
        self._check_fitted()

    def _fit_and_hold_out(self, X, y, params, cv, response):
        """Fit `estimator_`; return scores it was not trained on, and their labels."""
        routed = self._route(params)
        params, groups = routed.estimator.fit, routed.splitter.split.get("groups")
        if isinstance(self.estimator, FrozenEstimator):
            self._fit_on_all(X, y, params)
            scores = score_positives(self.estimator_, X, response, self.pos_label_)
            return scores, y == self.pos_label_
        splits = find_splits(cv, X, y, groups, self.random_state)
        check_splits(splits, y == self.pos_label_)
        fitted = Parallel(n_jobs=self.n_jobs)(
            delayed(_fit_and_score)(
                clone(self.estimator), X, y, rows, params, response, self.pos_label_
            )
            for rows in splits
        )
        if len(splits) == 1:
            self.estimator_ = fitted[0][0]
            self._check_fitted()
        else:
            self._fit_on_all(X, y, params)
        held_out = np.concatenate([rows for _, rows in splits])
        scores = np.concatenate([scores for _, scores in fitted])
        return scores, y[held_out] == self.pos_label_

    def _route(self, params):
        if get_config()["enable_metadata_routing"]:
            return process_routing(self, "fit", **params)
        groups = {"groups": params.pop("groups")} if "groups" in params else {}
        return Bunch(estimator=Bunch(fit=params), splitter=Bunch(split=groups))

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


def _fit_and_score(estimator, X, y, rows, params, response, pos_label):
    train, test = rows
    part = _check_method_params(X, params, indices=train)
    estimator.fit(_safe_indexing(X, train), y[train], **part)
    scores = score_positives(estimator, _safe_indexing(X, test), response, pos_label)
    return estimator, scores


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
