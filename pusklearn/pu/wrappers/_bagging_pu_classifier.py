"""Bagging of positives against few unlabeled samples."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_scalar

from pusklearn.pu._inner_estimators import random_state_names
from pusklearn.pu._sklearn_compat import safe_indexing
from pusklearn.pu.splits._cross_validated_scores import fit_rows
from pusklearn.pu.wrappers._pu_meta_classifier import (
    PUMetaClassifier,
    positive_probability,
)


class BaggingPUClassifier(PUMetaClassifier):
    """Mean of classifiers of the positives against small draws of the unlabeled.

    Each classifier learns a bag: labelled positives, and as many unlabeled samples
    drawn at random, taken for negatives. The few positives among these differ from
    bag to bag, so their wrong labels average out; the less stable the classifier, the
    more so. Decision trees do well here.

    Parameters
    ----------
    estimator : classifier
        Anything with ``predict_proba``, such as ``DecisionTreeClassifier()``.
    n_estimators : int, default=50
        Number of bags, at least 1.
    positives_per_bag : float, default=0.8
        Share of the labelled positives in a bag, drawn without replacement, in
        (0, 1]. The paper takes 1, which leaves none of them out of a bag.
    unlabeled_per_bag : int or None, default=None
        Number of unlabeled samples in a bag, drawn with replacement, at least 1. None
        is that of the positives.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.
    n_jobs : int or None, default=None
        Number of bags fitted at once; None is 1, -1 all processors.
    random_state : int, RandomState instance or None, default=None
        Of the bags and of each classifier; every ``random_state`` in `estimator` is
        set.

    Attributes
    ----------
    estimators_ : list of classifier of length n_estimators
        The fitted ones.
    oob_probability_ : ndarray of float of shape (n,)
        For each training sample, the mean probability of the positive class over the
        classifiers whose bag did not hold it; NaN where there is none. A bag holds
        most labelled positives and few unlabeled samples, so those of the former are
        means of fewer and scatter more: for the prior, take `PriorEstimator`.
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The one of the positives.
    n_features_in_ : int
        Number of features, where `X` has any.
    feature_names_in_ : ndarray of str
        Their names, where `X` has names.

    Notes
    -----
    No prior and no sampling scheme come in. With as many unlabeled samples as
    positives in a bag, the probability exceeds 1/2 where a sample is likelier among
    the positives than among the unlabeled, which is where it is likelier among the
    positives than among the negatives. The classes predicted are thus those for equal
    shares of positives and negatives, and the probabilities rank the samples but are
    none in the population. `PUThresholdClassifier` and `PUCalibratedClassifier` take
    both to a known prior.

    References
    ----------
    Mordelet and Vert, "A bagging SVM to learn from positive and unlabeled examples",
    Pattern Recognition Letters 2014.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from pusklearn import BaggingPUClassifier
    >>> from pusklearn.datasets import make_pu
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X, y_pu, y = make_pu(X, y, label_frequency=0.3, random_state=0)
    >>> bagging = BaggingPUClassifier(DecisionTreeClassifier(), random_state=0)
    >>> bagging = bagging.fit(X, y_pu)

    Of the samples without a label, those out of the bag tell the classes apart:

    >>> from sklearn.metrics import roc_auc_score
    >>> unlabeled = y_pu == 0
    >>> scores = bagging.oob_probability_[unlabeled]
    >>> roc_auc_score(y[unlabeled], scores) > 0.95
    True
    """

    def __init__(
        self,
        estimator,
        *,
        n_estimators=50,
        positives_per_bag=0.8,
        unlabeled_per_bag=None,
        pos_label=None,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.positives_per_bag = positives_per_bag
        self.unlabeled_per_bag = unlabeled_per_bag
        self.pos_label = pos_label
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X, y, **params):
        """Fit a classifier to each bag.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list of length n
            The samples, labelled positives and unlabeled together, of any shape that
            `estimator` takes.
        y : array-like of shape (n,)
            Two labels: the positives' and that of the unlabeled.
        **params : dict
            Given to the ``fit`` of `estimator`, arrays of length n drawn like `X`. With
            metadata routing, what it requests. Samples whose ``sample_weight`` is 0
            count as absent; other weights are the estimator's alone.

        Returns
        -------
        BaggingPUClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            For other than two labels, or a parameter out of its range.
        TypeError
            Where `estimator` has no ``predict_proba``.
        """
        self._check_parameters()
        data = self._check_data(X, y, params)
        random_state = check_random_state(self.random_state)
        labels = (data.y == self.pos_label_).astype(int)
        labeled, unlabeled = np.flatnonzero(labels == 1), np.flatnonzero(labels == 0)
        n_positive = max(1, round(self.positives_per_bag * len(labeled)))
        if self.positives_per_bag < 1:
            # One at least is left out, to have a score out of the bag.
            n_positive = max(1, min(n_positive, len(labeled) - 1))
        n_unlabeled = self.unlabeled_per_bag or n_positive
        tasks = []
        for _ in range(self.n_estimators):
            positives = random_state.permutation(labeled)[:n_positive]
            rows = np.append(positives, random_state.choice(unlabeled, n_unlabeled))
            estimator = seeded_clone(self.estimator, random_state)
            tasks.append(delayed(fit_bag)(estimator, data.X, labels, rows, data.fit))
        results = Parallel(n_jobs=self.n_jobs)(tasks)
        self.estimators_ = [estimator for estimator, _ in results]
        means = mean_without_nan([scores for _, scores in results])
        self.oob_probability_ = data.spread(means, np.nan)
        return self

    def _check_parameters(self):
        check_scalar(self.n_estimators, "n_estimators", Integral, min_val=1)
        check_scalar(
            self.positives_per_bag,
            "positives_per_bag",
            Real,
            min_val=0,
            max_val=1,
            include_boundaries="right",
        )
        if self.unlabeled_per_bag is not None:
            check_scalar(
                self.unlabeled_per_bag, "unlabeled_per_bag", Integral, min_val=1
            )

    def _probability(self, X):
        return np.mean([positive_probability(e, X) for e in self.estimators_], axis=0)


def fit_bag(estimator, X, y, rows, params):
    """Fit one bag; return the classifier, and the probabilities of the other rows."""
    estimator = fit_rows(estimator, X, y, rows, params)
    scores = np.full(len(y), np.nan)
    out = np.setdiff1d(np.arange(len(y)), rows)
    if len(out):
        scores[out] = positive_probability(estimator, safe_indexing(X, out))
    return estimator, scores


def mean_without_nan(rows):
    """Mean of each column over the rows that are not NaN there; NaN where all are."""
    total, count = np.nansum(rows, axis=0), np.sum(~np.isnan(rows), axis=0)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def seeded_clone(estimator, random_state):
    """Clone with every random state in it drawn from this one."""
    names = random_state_names(estimator)
    seeds = {name: random_state.randint(np.iinfo(np.int32).max) for name in names}
    return clone(estimator).set_params(**seeds)
