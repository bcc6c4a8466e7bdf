"""What is shared by the estimators that fit clones of another one."""

from collections.abc import Mapping
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn import get_config
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.model_selection import GroupKFold
from sklearn.utils import (
    assert_all_finite,
    check_consistent_length,
    get_tags,
    indexable,
)
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    process_routing,
)
from sklearn.utils.validation import (
    column_or_1d,
)

from pusklearn.pu._checks import check_none_masked, check_not_negative
from pusklearn.pu._columns import check_not_masked
from pusklearn.pu._inner_estimators import fit_parameter, weight_name
from pusklearn.pu._known_labels import known_labels
from pusklearn.pu._labels import check_labels
from pusklearn.pu._row_view import rows_for, takes_views
from pusklearn.pu._sklearn_compat import check_method_params


class FitData(NamedTuple):
    """Samples and labels, and the metadata for ``fit`` and for ``split``."""

    X: Any
    y: NDArray
    fit: Mapping[str, Any]
    split: Mapping[str, Any]
    # The rows of these samples among all samples that were given.
    rows: NDArray | slice
    n_all: int

    def spread(self, values: NDArray, fill: Any) -> NDArray:
        """Return an array for all samples, with `fill` for those that are absent."""
        spread = np.full(self.n_all, fill)
        spread[self.rows] = values
        return spread


class FitRouter(MetaEstimatorMixin, BaseEstimator):
    """Base of estimators that hand the metadata of `fit` on to `estimator`."""

    #: The parameters of ``fit`` are those of `estimator`; `weight_name` asks for this.
    _fit_parameters_are_handed_on = True

    @property
    def _takes_row_views(self):
        return takes_views(self.estimator)

    def get_metadata_routing(self):
        """Return where the metadata of `fit` go: the estimator, and the splitter.

        Returns
        -------
        MetadataRouter
            The routes.
        """
        router = MetadataRouter(owner=self).add_self_request(self)
        router.add(
            estimator=self.estimator,
            method_mapping=MethodMapping().add(caller="fit", callee="fit"),
        )
        if hasattr(self, "cv"):
            # Folds that are made here can be made by groups. An iterable of given folds
            # takes no metadata. It must not be used up, since it may be a generator.
            made_here = self.cv is None or isinstance(self.cv, Real)
            if made_here or hasattr(self.cv, "split"):
                router.add(
                    splitter=GroupKFold() if made_here else self.cv,
                    method_mapping=MethodMapping().add(caller="fit", callee="split"),
                )
        return router

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags = get_tags(self.estimator).input_tags
        return tags

    def _check_fit(self, X, y, params):
        """Return the samples whose weight is not 0, with their metadata; set classes.

        The classes are set as the attributes ``classes_`` and ``pos_label_``.
        """
        if X is None:
            raise ValueError("`X` must hold samples. Got None.")
        check_not_masked(X)
        if y is None:
            raise ValueError(
                f"This {type(self).__name__} estimator requires y to be passed, but "
                "the target y is None."
            )
        y = column_or_1d(known_labels(y), warn=True)
        assert_all_finite(y, input_name="y")
        X, y = indexable(X, y)
        if not len(y):
            raise ValueError("At least 2 samples are needed. Got 0 sample(s).")
        fit, split = self._route(params)
        data = FitData(X, y, fit, split, slice(None), len(y))
        weights = find_weights(self.estimator, data.fit)
        if weights is not None:
            check_consistent_length(y, weights)
            check_none_masked(weights, "`sample_weight`")
            check_not_negative(weights)
            if not np.all(weights):
                check_cv_splits(getattr(self, "cv", None))
                data = without_absent(self.estimator, data, weights)
        self.classes_, self.pos_label_ = check_labels(data.y, self.pos_label)
        return data

    def _route(self, params):
        """Return the metadata for the estimator's ``fit``, and for the splitter."""
        if get_config()["enable_metadata_routing"]:
            routed = process_routing(self, "fit", **params)
            return routed["estimator"]["fit"], routed.get("splitter", {}).get(
                "split", {}
            )
        names = {"groups"} & params.keys() if hasattr(self, "cv") else {}
        fit = {name: value for name, value in params.items() if name not in names}
        return fit, {name: params[name] for name in names}


def find_weights(estimator: Any, params: Mapping[str, Any]) -> Any:
    """Return the weights of samples among the parameters of ``fit``, or None."""
    return params.get(weight_name(estimator) or "sample_weight")


def find_known_negatives(
    estimator: Any, data: FitData, is_positive: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Return which samples are known negatives, by the parameters of ``fit``.

    A mask that is wrong is left to the estimator, which tells what it must be. Raises a
    ValueError if all samples are labelled or known.
    """
    name = fit_parameter(estimator, "known_negative") or "known_negative"
    mask = np.asarray(data.fit.get(name))
    is_mask = mask.dtype == bool and mask.shape == data.y.shape
    if not is_mask:
        return np.zeros(len(data.y), bool)
    if (mask | is_positive).all():
        raise ValueError(
            f"PU learning needs unlabeled samples. Got {is_positive.sum()} labelled "
            f"positives and {mask.sum()} known negatives of {len(mask)} samples."
        )
    return mask


def check_cv_splits(cv: Any) -> None:
    """Raise a ValueError if `cv` gives rows, which count all samples."""
    if not isinstance(cv, Real | None) and not hasattr(cv, "split"):
        raise ValueError(
            "If the `sample_weight` of a sample is 0, `cv` must be a splitter or a "
            f"number, since rows are counted without that sample. Got {cv!r}."
        )


def without_absent(estimator: Any, data: FitData, weights: NDArray) -> FitData:
    """Return the data without the samples of weight 0, which are never held out."""
    rows = np.flatnonzero(weights)
    if len(np.unique(data.y[rows])) < len(np.unique(data.y)):
        raise ValueError("`sample_weight` must not be 0 for a whole class.")
    fit, split = (
        dict(check_method_params(data.X, params, indices=rows))
        for params in (data.fit, data.split)
    )
    return FitData(
        rows_for(estimator, data.X, rows), data.y[rows], fit, split, rows, data.n_all
    )
