"""Classification of positives against the unlabeled samples unlike them."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.utils import check_random_state

from pusklearn.pu._checks import check_integer
from pusklearn.pu._log_odds import log_odds
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted
from pusklearn.pu.priors._class_priors import check_scheme
from pusklearn.pu.priors._estimate_prior import estimate_prior
from pusklearn.pu.splits._cross_validated_scores import cross_validated_scores, fit_rows
from pusklearn.pu.splits._cross_validation_splits import cross_validation_partition
from pusklearn.pu.wrappers._fit_router import (
    FitData,
    find_known_negatives,
    find_weights,
)
from pusklearn.pu.wrappers._pu_meta_classifier import (
    PUMetaClassifier,
    positive_probability,
)
from pusklearn.pu.wrappers._warn_of_scores import warn_of_lost_labels, warn_of_scores


class CVIRClassifier(PUMetaClassifier):
    r"""Train without the unlabeled samples that look most like positives.

    The method is called conditional value ignoring risk. Let :math:`\pi_U` be the
    share of positives among the unlabeled samples. Each round

    1. scores the unlabeled samples, 2. drops the share :math:`\pi_U` of them that
    scores highest, 3. trains the classifier again, on the positives against the rest.

    The next round drops from all unlabeled samples again. The first round scores with
    a classifier of the positives against all unlabeled samples.

    Parameters
    ----------
    estimator : classifier
        Any classifier with ``predict_proba``, such as
        ``HistGradientBoostingClassifier()``.
    prior : float, "estimate" or None, default=None
        Share of positives in the population, in (0, 1). None stands for the labelled
        share: there are no positives among the unlabeled samples, and nothing is
        dropped. This is ordinary classification; give a prior or "estimate" for PU
        learning. "estimate" estimates the share with `estimate_prior` from the
        cross-validated scores of each round.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample was drawn from the
        population, and some of its positives are labelled. "case-control": the
        unlabeled samples were drawn from the population, and the labelled positives
        separately from the positives.
    pos_label : label or None, default=None
        The label of the positives; None takes the plainly positive one, or the greater.
    n_rounds : int, default=3
        Greatest number of rounds, at least 1. They end when a round drops the same
        samples as the one before.
    cv : int, cross-validation splitter or None, default=5
        Folds to score with, which hold out each sample once. An integer, at least 2,
        stands for that many stratified, shuffled folds. None scores samples with the
        classifier that was trained on them, as in the paper. This is five times
        faster, but fails for classifiers that memorise their training samples, such
        as trees.
    n_jobs : int or None, default=None
        Number of folds fitted at once; None means 1, -1 all processors.
    random_state : int, RandomState instance or None, default=None
        Seeds the folds. It does not reach `estimator`, which has its own
        ``random_state`` if it draws.

    Attributes
    ----------
    estimator_ : classifier
        The classifier that was fitted last.
    kept_ : ndarray of bool of shape (n,)
        Whether each sample was used to train it: the positives were, and the
        unlabeled samples that were not dropped.
    n_rounds_ : int
        Number of rounds.
    shift_ : float
        The number that is added to the log-odds of `estimator_`, see Notes.
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The label of the positives.
    prior_ : float
        Share of positives in the population.
    prior_interval_ : tuple of float
        The 90 % interval of ``prior_``; it exists only with ``prior="estimate"``.
    prior_is_upper_bound_ : bool
        Whether the estimated prior is only an upper bound, since the scores do not tell
        positives from negatives that score as high. The interval then begins at the
        labelled share. False if the prior was given.
    unlabeled_prior_ : float
        Share of positives among the unlabeled samples.
    label_frequency_ : float
        Share of the positives in the data that are labelled.
    n_features_in_ : int
        Number of features, if `X` has a number of features.
    feature_names_in_ : ndarray of str
        Names of the features, if `X` has names.

    Notes
    -----
    The classifier is trained on other shares of positives and negatives than those of
    the population. Its log-odds are shifted by the difference, so that probabilities
    and classes are those of the population. This is right only for a classifier that
    does not change the shares itself, for example by a ``class_weight``.

    In the paper a round is an epoch of a network, and the loss takes the place of the
    score. The samples whose loss as negatives is highest are those that score highest.

    References
    ----------
    Garg, Wu, Smola, Balakrishnan and Lipton, "Mixture proportion estimation and PU
    learning: a modern approach", NeurIPS 2021.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from pusklearn import CVIRClassifier
    >>> from pusklearn.datasets import make_pu
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X, y_pu, y = make_pu(X, y, label_frequency=0.3, random_state=0)
    >>> forest = RandomForestClassifier(50, random_state=0)
    >>> forest.fit(X[::2], y_pu[::2]).score(X[1::2], y[1::2]) < 0.6
    True
    >>> classifier = CVIRClassifier(forest, prior=y.mean(), random_state=0)
    >>> classifier.fit(X[::2], y_pu[::2]).score(X[1::2], y[1::2]) > 0.85
    True
    """

    def __init__(
        self,
        estimator,
        *,
        prior=None,
        scheme="single",
        pos_label=None,
        n_rounds=3,
        cv=5,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.prior = prior
        self.scheme = scheme
        self.pos_label = pos_label
        self.n_rounds = n_rounds
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    @whole_or_unfitted
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> "CVIRClassifier":
        """Drop the likely positives, and fit the classifier to the others.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list of length n
            The samples, labelled positives and unlabeled together, of any shape that
            `estimator` takes.
        y : array-like of shape (n,)
            Two labels: that of the positives and that of the unlabeled samples.
        **params : dict
            Parameters for the ``fit`` of `estimator`; arrays of length n are split
            like `X`, and ``groups`` are given to the splitter instead. With metadata
            routing, each gets what it requests. Samples whose ``sample_weight`` is 0
            count as absent; only the estimator uses other weights. Samples of a mask
            ``known_negative`` are never dropped.

        Returns
        -------
        CVIRClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If there are not two labels, a parameter is out of its range, the prior is
            impossible for these labels or is to be estimated without folds, there are
            fewer than 2 labelled positives or unlabeled samples to make folds of, or
            the share that is dropped leaves a fold no unlabeled sample.
        TypeError
            If a parameter has the wrong type, or `estimator` has no
            ``predict_proba``.

        Warns
        -----
        PUCollapseWarning
            If held-out samples rank as by chance, or the labels are too few for the
            prior to know, or far fewer samples are predicted positive than
            the prior says. Without a prior, if hardly any label is found.
        """
        check_scheme(self.scheme)
        check_integer(self.n_rounds, "n_rounds")
        data = self._check_data(X, y, params)
        is_positive = data.y == self.pos_label_
        estimated = self._check_prior(is_positive)
        random_state = check_random_state(self.random_state)
        # Equal scores are dropped in a random order, not in the order of the rows.
        unlabeled = random_state.permutation(np.flatnonzero(~is_positive))
        # Known negatives are among the unlabeled, but are none of the likely positives.
        is_known = find_known_negatives(self.estimator, data, is_positive)
        unknown = unlabeled[~is_known[unlabeled]]
        folds = None
        if self.cv is not None:
            folds = cross_validation_partition(
                self.cv, data.X, data.y, is_positive, data.split, random_state
            )
        data = data._replace(y=is_positive.astype(int))
        kept = np.ones(len(data.y), dtype=bool)
        self.n_rounds_ = 0
        first: Any = None
        for _ in range(self.n_rounds):
            self.n_rounds_ += 1
            scores = self._score(data, kept, folds)
            first = scores if first is None else first
            if estimated:
                estimate = estimate_prior(scores[is_positive], scores[~is_positive])
                self._set_priors(is_positive, estimate)
            before = kept
            share = self.unlabeled_prior_ * (len(unlabeled) / len(unknown))
            kept = without_highest(scores, unknown, share)
            if (kept == before).all():
                break
        self.kept_ = data.spread(kept, False)
        self.estimator_ = self._fit_kept(data, kept)
        self.shift_ = log_odds(self.prior_) - trained_log_odds(
            self.estimator, data, kept
        )
        known = ~is_known
        odds = log_odds(scores[known]) + self.shift_
        warn_of_scores(
            self,
            odds,
            is_positive[known],
            self._known_priors(),
            odds > 0,
            first[known],
        )
        if self.prior is None:
            warn_of_lost_labels(self, first[known], is_positive[known], odds > 0)
        return self

    def _check_prior(self, is_positive):
        """Return whether the prior is to be estimated; if not, set the priors."""
        if isinstance(self.prior, str) and self.prior == "estimate":
            if self.cv is None:
                raise ValueError(
                    'prior="estimate" needs scores of samples that were held out. Got '
                    "cv=None."
                )
            return True
        self._set_priors(is_positive)
        return False

    def _score(self, data, kept, folds):
        if folds is None:
            return positive_probability(self._fit_kept(data, kept), data.X)
        left = kept & (data.y == 0)
        if not all(left[train].any() for train, _ in folds):
            raise ValueError(
                "Each fold needs an unlabeled sample to train on. Got "
                f"{left.sum()} of {np.sum(data.y == 0)} left when the share "
                f"{self.unlabeled_prior_:.3g} is dropped."
            )
        return cross_validated_scores(
            self.estimator,
            data.X,
            data.y,
            folds,
            kept=kept,
            params=data.fit,
            n_jobs=self.n_jobs,
        )

    def _fit_kept(self, data, kept):
        rows = np.flatnonzero(kept)
        return fit_rows(self.estimator, data.X, data.y, rows, data.fit)

    def _probability(self, X):
        return expit(self._decide(X))

    def _decide(self, X):
        return log_odds(positive_probability(self.estimator_, X)) + self.shift_


def trained_log_odds(estimator: Any, data: FitData, kept: NDArray) -> float:
    """Return the log-odds of the positives among the kept samples, by their weights."""
    weights = find_weights(estimator, data.fit)
    weights = None if weights is None else np.asarray(weights)[kept]
    negative, positive = np.bincount(data.y[kept], weights)
    return np.log(positive / negative)


def without_highest(scores: NDArray, unlabeled: NDArray, share: float) -> NDArray:
    """Return a mask of all samples but the share of the unlabeled that scores highest.

    `unlabeled` are their rows; the first ones are dropped first if scores are equal.
    """
    n_dropped = min(round(share * len(unlabeled)), len(unlabeled) - 1)
    descending = np.argsort(-scores[unlabeled], kind="stable")
    kept = np.ones(len(scores), dtype=bool)
    kept[unlabeled[descending[:n_dropped]]] = False
    return kept
