"""Class-prior estimation around any classifier."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils import ClassifierTags
from sklearn.utils.validation import validate_data

from pusklearn.pu._checks import check_choice, check_share
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted
from pusklearn.pu.priors._class_priors import check_scheme, estimated_priors, set_priors
from pusklearn.pu.priors._estimate_prior import METHODS, estimate_prior
from pusklearn.pu.priors._overlap_interval import is_upper_bound
from pusklearn.pu.splits._cross_validated_scores import (
    cross_validated_scores,
    find_response,
)
from pusklearn.pu.splits._cross_validation_splits import cross_validation_partition
from pusklearn.pu.wrappers._fit_router import FitRouter


class PriorEstimator(FitRouter):
    """Estimate the share of positives from labelled and unlabeled samples.

    Clones of a classifier learn to tell the labelled positives from the unlabeled
    samples, each on a part of the data, and score the other part. `estimate_prior`
    reads the share from these cross-validated scores. The classifier need not be
    calibrated: the better it ranks, the better the estimate.

    Parameters
    ----------
    estimator : classifier
        A classifier with a ``decision_function`` or ``predict_proba``, such as
        ``ExtraTreesClassifier(200, min_samples_leaf=3)``. A `PUClassifier` should
        have the criterion "pn". The method "elkan-noto" needs ``predict_proba``.
    method : {"bbe", "dedpul", "elkan-noto"}, default="bbe"
        How the share is read from the scores, see `estimate_prior`.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample was drawn from the
        population, and some of its positives are labelled. "case-control": the
        unlabeled samples were drawn from the population, and the labelled positives
        separately from the positives.
    pos_label : label or None, default=None
        The label of the positives; None takes the plainly positive one, or the greater.
    confidence : float, default=0.9
        Confidence of the intervals, in (0, 1).
    cv : int or cross-validation splitter, default=5
        Number of stratified, shuffled folds, at least 2; there are fewer if there are
        fewer labelled positives. Copies of a sample share a fold, and so do the
        regions of a micrograph. Or a splitter that holds out every sample once.
    n_jobs : int or None, default=None
        Number of folds fitted at once; None means 1, -1 all processors.
    random_state : int, RandomState instance or None, default=None
        Seeds the folds. It does not reach `estimator`, which has its own
        ``random_state`` if it draws.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The label of the positives.
    prior_ : float
        Share of positives in the population.
    prior_interval_ : tuple of float
        Lower and upper end of the interval of ``prior_``.
    prior_is_upper_bound_ : bool
        Whether ``prior_`` is only an upper bound, since the scores do not tell
        positives from negatives that score as high. The intervals then begin at the
        labelled share and at 0.
    unlabeled_prior_ : float
        Share of positives among the unlabeled samples.
    unlabeled_interval_ : tuple of float
        Lower and upper end of the interval of ``unlabeled_prior_``.
    label_frequency_ : float
        Share of the positives in the data that are labelled.
    scores_ : ndarray of float of shape (n,)
        The cross-validated scores; higher is more positive. The score of a sample of
        weight 0 is NaN.
    n_features_in_ : int
        Number of features, if `X` has a number of features.
    feature_names_in_ : ndarray of str
        Names of the features, if `X` has names.

    See Also
    --------
    estimate_prior : Estimates the share from scores that you have.
    PUClassifier : Estimates it with its own network if ``prior="estimate"``.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.ensemble import ExtraTreesClassifier
    >>> from pusklearn import PriorEstimator
    >>> X, benign = load_breast_cancer(return_X_y=True)
    >>> y = 1 - benign
    >>> y[y.nonzero()[0][::2]] = 0  # every other malignant sample loses its label
    >>> forest = ExtraTreesClassifier(100, min_samples_leaf=3, random_state=0)
    >>> estimator = PriorEstimator(forest, random_state=0).fit(X, y)
    >>> round(estimator.prior_, 2), round(float(1 - benign.mean()), 2)
    (0.36, 0.37)
    >>> low, high = estimator.prior_interval_
    >>> bool(low < 1 - benign.mean() < high)
    True
    """

    def __init__(
        self,
        estimator,
        *,
        method="bbe",
        scheme="single",
        pos_label=None,
        confidence=0.9,
        cv=5,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.method = method
        self.scheme = scheme
        self.pos_label = pos_label
        self.confidence = confidence
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    @whole_or_unfitted
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> "PriorEstimator":
        """Estimate the shares.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list
            The samples, labelled positives and unlabeled together, as `estimator`
            takes them.
        y : array-like of shape (n,)
            Two labels: that of the positives and that of the unlabeled samples.
        **params : dict
            Parameters for the ``fit`` of `estimator`; arrays of length n are split
            like `X`, and ``groups`` are given to the splitter instead. With metadata
            routing, each gets what it requests. Samples whose ``sample_weight`` is 0
            count as absent; only the estimator uses other weights.

        Returns
        -------
        PriorEstimator
            The fitted estimator.

        Raises
        ------
        ValueError
            If there are not two labels, there are fewer than 2 labelled positives or
            unlabeled samples, or a parameter is out of its range.
        TypeError
            If a parameter has the wrong type, or `estimator` has no method that
            the estimate can use.
        """
        check_scheme(self.scheme)
        check_choice(self.method, "method", METHODS)
        check_share(self.confidence, "confidence")
        # Probabilities close to 1 round to the same number, so they come second.
        names = ("decision_function", "predict_proba")
        usable = names[1:] if self.method == "elkan-noto" else names
        response = find_response(self.estimator, usable)
        # The classifier checks `X`; this notes the number and the names of features.
        X, y = validate_data(self, X, y, skip_check_array=True)
        data = self._check_fit(X, y, params)
        is_positive = data.y == self.pos_label_
        folds = cross_validation_partition(
            self.cv, data.X, data.y, is_positive, data.split, self.random_state
        )
        scores = cross_validated_scores(
            self.estimator,
            data.X,
            is_positive.astype(int),
            folds,
            response=response,
            params=data.fit,
            n_jobs=self.n_jobs,
        )
        self.scores_ = data.spread(scores, np.nan)
        share, self.unlabeled_interval_ = estimate_prior(
            scores[is_positive],
            scores[~is_positive],
            method=self.method,
            confidence=self.confidence,
        )
        n_positive, n = int(is_positive.sum()), len(data.y)
        self.prior_is_upper_bound_ = is_upper_bound(share, self.unlabeled_interval_)
        priors, self.prior_interval_ = estimated_priors(
            share, self.unlabeled_interval_, n_positive, n, self.scheme
        )
        set_priors(self, priors, n_positive, n)
        return self

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # This is not a classifier, since it predicts nothing, but it takes classes.
        tags.classifier_tags = ClassifierTags(multi_class=False)
        tags.target_tags.required = True
        return tags
