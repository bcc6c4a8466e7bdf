"""Bagging of positives against few unlabeled samples."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone
from sklearn.utils import check_random_state
from sklearn.utils.parallel import Parallel, delayed

from pusklearn.pu._checks import check_integer, check_number
from pusklearn.pu._inner_estimators import random_state_names
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted
from pusklearn.pu.splits._cross_validated_scores import fit_rows, rows_to_score
from pusklearn.pu.wrappers._fit_router import find_known_negatives
from pusklearn.pu.wrappers._pu_meta_classifier import (
    PUMetaClassifier,
    positive_probability,
)
from pusklearn.pu.wrappers._warn_of_scores import warn_of_scores


class BaggingPUClassifier(PUMetaClassifier):
    """Average classifiers of the positives against small draws of the unlabeled.

    Each classifier learns a bag: labelled positives, and equally many unlabeled
    samples, which are drawn at random and taken for negatives. The few positives
    among these differ from bag to bag, so the effect of their wrong labels averages
    out. It averages out best for unstable classifiers, such as decision trees.

    Parameters
    ----------
    estimator : classifier
        Any classifier with ``predict_proba``, such as ``DecisionTreeClassifier()``.
    pos_label : label or None, default=None
        The label of the positives; None takes the plainly positive one, or the greater.
    n_estimators : int, default=50
        Number of bags, at least 1.
    positives_per_bag : float, default=0.8
        Share of the labelled positives that are drawn for a bag, without replacement,
        in (0, 1]. The paper takes 1, so that every bag holds all of them.
    unlabeled_per_bag : int or None, default=None
        Number of unlabeled samples that are drawn for a bag, with replacement, at
        least 1. None takes as many as positives.
    n_jobs : int or None, default=None
        Number of bags fitted at once; None means 1, -1 all processors.
    random_state : int, RandomState instance or None, default=None
        Seeds the bags and, for each bag, every ``random_state`` in `estimator`.

    Attributes
    ----------
    estimators_ : list of classifier of length n_estimators
        The fitted classifiers, one for each bag.
    oob_probability_ : ndarray of float of shape (n,)
        The mean probability of the positive class for each training sample, over the
        classifiers whose bag did not hold it; NaN if every bag held it. A bag holds
        most labelled positives and few unlabeled samples. So the values of labelled
        positives are means over fewer classifiers and scatter more; to estimate the
        prior, use `PriorEstimator`.
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The label of the positives.
    n_features_in_ : int
        Number of features, if `X` has a number of features.
    feature_names_in_ : ndarray of str
        Names of the features, if `X` has names.

    Notes
    -----
    No prior and no sampling scheme are needed. If a bag holds as many unlabeled samples
    as positives, the probability of a sample exceeds 1/2 if it is more probable among
    the positives than among the unlabeled samples. This is the case exactly if it is
    more probable among the positives than among the negatives. So the predicted classes
    are those for equal shares of positives and negatives. The probabilities rank the
    samples, but are not probabilities in the population. `PUThresholdClassifier` and
    `PUCalibratedClassifier` adapt classes and probabilities to a known prior.

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

    The probabilities out of the bags tell the classes of unlabeled samples apart:

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
        pos_label=None,
        n_estimators=50,
        positives_per_bag=0.8,
        unlabeled_per_bag=None,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.pos_label = pos_label
        self.n_estimators = n_estimators
        self.positives_per_bag = positives_per_bag
        self.unlabeled_per_bag = unlabeled_per_bag
        self.n_jobs = n_jobs
        self.random_state = random_state

    @whole_or_unfitted
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> "BaggingPUClassifier":
        """Fit a classifier to each bag.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list of length n
            The samples, labelled positives and unlabeled together, of any shape that
            `estimator` takes.
        y : array-like of shape (n,)
            Two labels: that of the positives and that of the unlabeled samples.
        **params : dict
            Parameters for the ``fit`` of `estimator`; arrays of length n are drawn
            like `X`. With metadata routing, it gets what it requests. Samples whose
            ``sample_weight`` is 0 count as absent; only the estimator uses other
            weights. Each bag holds all samples of a mask ``known_negative``.

        Returns
        -------
        BaggingPUClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If there are not two labels, or a parameter is out of its range.
        TypeError
            If a parameter has the wrong type, or `estimator` has no
            ``predict_proba``.

        Warns
        -----
        PUCollapseWarning
            If the labelled positives rank below the unlabeled samples out of the bags.
        """
        self._check_parameters()
        data = self._check_data(X, y, params)
        random_state = check_random_state(self.random_state)
        labels = (data.y == self.pos_label_).astype(int)
        is_known = find_known_negatives(self.estimator, data, labels == 1)
        labeled, known = np.flatnonzero(labels == 1), np.flatnonzero(is_known)
        unlabeled = np.flatnonzero((labels == 0) & ~is_known)
        n_positive = max(1, round(self.positives_per_bag * len(labeled)))
        if self.positives_per_bag < 1:
            # At least one is left out, so that there is a score out of the bag.
            n_positive = max(1, min(n_positive, len(labeled) - 1))
        n_unlabeled = self.unlabeled_per_bag or n_positive
        tasks = []
        for _ in range(self.n_estimators):
            positives = random_state.permutation(labeled)[:n_positive]
            drawn = random_state.choice(unlabeled, n_unlabeled)
            rows = np.concatenate([positives, drawn, known])
            estimator = seeded_clone(self.estimator, random_state)
            tasks.append(delayed(fit_bag)(estimator, data.X, labels, rows, data.fit))
        # The scores of all bags would take more memory than a large table.
        results = Parallel(n_jobs=self.n_jobs, return_as="generator")(tasks)
        self.estimators_ = []
        total, count = np.zeros(len(labels)), np.zeros(len(labels), int)
        for estimator, scores in results:
            self.estimators_.append(estimator)
            is_out = ~np.isnan(scores)
            total[is_out] += scores[is_out]
            count += is_out
        means = np.full(len(labels), np.nan)
        np.divide(total, count, out=means, where=count > 0)
        self.oob_probability_ = data.spread(means, np.nan)
        known = ~np.isnan(means) & ~is_known
        warn_of_scores(self, means[known], labels[known] == 1)
        return self

    def _check_parameters(self):
        check_integer(self.n_estimators, "n_estimators")
        check_number(self.positives_per_bag, "positives_per_bag", "(0, 1]")
        if self.unlabeled_per_bag is not None:
            check_integer(self.unlabeled_per_bag, "unlabeled_per_bag")

    def _probability(self, X):
        total = sum(positive_probability(e, X) for e in self.estimators_)
        return total / len(self.estimators_)


def fit_bag(
    estimator: Any, X: Any, y: NDArray, rows: NDArray, params: Mapping[str, Any]
) -> tuple[Any, NDArray]:
    """Fit one bag; return the classifier, and the probabilities of the other rows."""
    estimator = fit_rows(estimator, X, y, rows, params)
    scores = np.full(len(y), np.nan)
    out_of_bag = np.setdiff1d(np.arange(len(y)), rows)
    if len(out_of_bag):
        X_out = rows_to_score(X, out_of_bag)
        scores[out_of_bag] = positive_probability(estimator, X_out)
    return estimator, scores


def seeded_clone(estimator: Any, random_state: np.random.RandomState) -> Any:
    """Return a clone whose random states are all drawn from this one."""
    names = random_state_names(estimator)
    seeds = {name: random_state.randint(np.iinfo(np.int32).max) for name in names}
    return clone(estimator).set_params(**seeds)
