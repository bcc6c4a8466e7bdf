"""Class-prior estimation around any classifier."""

import numpy as np
from sklearn.utils import ClassifierTags
from sklearn.utils.validation import validate_data

from pusklearn.pu.priors._class_priors import check_scheme, estimated_priors, set_priors
from pusklearn.pu.priors._estimate_prior import METHODS, estimate_prior
from pusklearn.pu.splits._cross_validated_scores import (
    cross_validated_scores,
    find_response,
)
from pusklearn.pu.splits._cross_validation_splits import cross_validation_partition
from pusklearn.pu.wrappers._fit_router import FitRouter


class PriorEstimator(FitRouter):
    """Estimate the share of positives from labelled and unlabeled samples.

    Clones of a classifier learn to tell the labelled positives from the unlabeled
    samples, each on a part of the data, and score the other part; `estimate_prior`
    reads the share from these out-of-fold scores. The classifier need not be
    calibrated: the better it ranks, the better the estimate.

    Parameters
    ----------
    estimator : classifier
        With a ``decision_function`` or ``predict_proba``, such as
        ``ExtraTreesClassifier(200, min_samples_leaf=3)``; a `PUClassifier` should
        have the criterion "pn". "elkan-noto" needs ``predict_proba``.
    method : {"bbe", "dedpul", "elkan-noto"}, default="bbe"
        See `estimate_prior`.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample of the population, some of
        whose positives are labelled. "case-control": the unlabeled samples are a
        sample of the population, and the positives were drawn apart.
    cv : int or cross-validation splitter, default=5
        Number of stratified, shuffled folds, at least 2, or as many as there are
        labelled positives where these are fewer; or a splitter that holds out every
        sample once. Copies of a sample share a fold, and regions those of their
        micrograph.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.
    random_state : int, RandomState instance or None, default=None
        Of the folds. An `estimator` that draws has its own.
    confidence : float, default=0.9
        Of the intervals, in (0, 1).
    n_jobs : int or None, default=None
        Folds fitted at once; see joblib.

    Attributes
    ----------
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The one of the positives.
    prior_ : float
        Share of positives in the population.
    prior_interval_ : tuple of float
        Its lower and upper end.
    unlabeled_prior_ : float
        Share of positives among the unlabeled samples.
    unlabeled_interval_ : tuple of float
        Its lower and upper end.
    label_frequency_ : float
        Share of the positives in the data that are labelled.
    scores_ : ndarray of float of shape (n,)
        The out-of-fold scores; higher is more positive. NaN for samples of weight 0.
    n_features_in_ : int
        Number of features seen in `fit`, where `X` has any.
    feature_names_in_ : ndarray of str
        Their names, where `X` has names.

    See Also
    --------
    estimate_prior : The same from scores.
    PUClassifier : ``prior="estimate"`` does this with the network itself.

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
        cv=5,
        pos_label=None,
        random_state=None,
        confidence=0.9,
        n_jobs=None,
    ):
        self.estimator = estimator
        self.method = method
        self.scheme = scheme
        self.cv = cv
        self.pos_label = pos_label
        self.random_state = random_state
        self.confidence = confidence
        self.n_jobs = n_jobs

    def fit(self, X, y, **params):
        """Estimate the shares.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list
            The samples, labelled positives and unlabeled together, as `estimator`
            takes them.
        y : array-like of shape (n,)
            Two labels: the positives' and that of the unlabeled.
        **params : dict
            Given to the ``fit`` of `estimator`, arrays of length n split like `X`;
            ``groups`` are given to the splitter instead. With metadata routing, what
            either requests. Samples whose ``sample_weight`` is 0 count as absent;
            other weights are the estimator's alone.

        Returns
        -------
        PriorEstimator
            The fitted estimator.

        Raises
        ------
        ValueError
            For other than two labels, fewer than 2 labelled positives or unlabeled
            samples, or an unknown method or scheme.
        TypeError
            Where `estimator` has no method that the estimate can use.
        """
        check_scheme(self.scheme)
        if self.method not in METHODS:
            raise ValueError(
                f"`method` must be one of {list(METHODS)}. Got {self.method!r}."
            )
        # Probabilities of close to 1 run together, so they come second.
        names = ("decision_function", "predict_proba")
        wanted = names[1:] if self.method == "elkan-noto" else names
        response = find_response(self.estimator, wanted)
        # `X` is the classifier's to check; here its width and names are noted.
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
        priors, self.prior_interval_ = estimated_priors(
            share, self.unlabeled_interval_, n_positive, n, self.scheme
        )
        set_priors(self, priors, n_positive, n)
        return self

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # No classifier, since it predicts nothing; but its labels are a classifier's.
        tags.classifier_tags = ClassifierTags(multi_class=False)
        tags.target_tags.required = True
        return tags
