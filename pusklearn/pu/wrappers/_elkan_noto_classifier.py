"""Elkan and Noto's correction of any classifier."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import clone

from pusklearn.pu._checks import check_choice, check_flag
from pusklearn.pu._inner_estimators import weight_name
from pusklearn.pu._label_ranking import (
    LEAST_LABELS,
    LEAST_SAMPLES,
    labels_needed,
)
from pusklearn.pu._log_odds import log_odds
from pusklearn.pu._sklearn_compat import check_method_params, safe_indexing
from pusklearn.pu._untold_collapse import untold_collapse
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted
from pusklearn.pu.priors._class_priors import check_scheme
from pusklearn.pu.priors._estimate_prior import METHODS, estimate_prior
from pusklearn.pu.splits._cross_validated_scores import cross_validated_scores, fit_rows
from pusklearn.pu.splits._cross_validation_splits import cross_validation_partition
from pusklearn.pu.wrappers._fit_router import find_known_negatives
from pusklearn.pu.wrappers._pu_meta_classifier import (
    PUMetaClassifier,
    positive_probability,
)
from pusklearn.pu.wrappers._warn_of_scores import warn_of_scores

# A classifier that predicts this part of the positives among the samples that it
# learnt as negatives has not collapsed.
ENOUGH = 0.5


class ElkanNotoClassifier(PUMetaClassifier):
    r"""Divide the probability of being labelled by the label frequency.

    A classifier of labelled positives against unlabeled samples learns
    :math:`g(x)`, the probability of being labelled. If labels were drawn at random,
    the same share :math:`c` of the positives is labelled everywhere. Then the
    probability of being positive is

    - :math:`g(x) / c` in the single scheme,
    - the ratio of the odds, :math:`\frac{g(x)}{1 - g(x)} / \frac{c}{1 - c}`, in the
      case-control scheme,

    and at most 1. The label frequency :math:`c` follows from the prior, which is
    known, or estimated from the :math:`g` of samples that were held out.

    Parameters
    ----------
    estimator : classifier
        Any classifier with calibrated probabilities, such as
        ``LogisticRegression()``.
    prior : "estimate", float or None, default="estimate"
        Share of positives in the population. "estimate" estimates it from the scores
        of held-out samples, see `prior_method`. A number in (0, 1) is the share itself.
        None stands for the labelled share: there are no positives among the unlabeled
        samples, and :math:`c = 1`.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample was drawn from the
        population, and some of its positives are labelled. "case-control": the
        unlabeled samples were drawn from the population, and the labelled positives
        separately from the positives.
    pos_label : label or None, default=None
        The label of the positives; None takes the plainly positive one, or the greater.
    prior_method : {"bbe", "dedpul", "elkan-noto"}, default="bbe"
        How `estimate_prior` finds the share if it is estimated. "elkan-noto" is the
        way of Elkan and Noto, which takes the mean of :math:`g` over the held-out
        positives for :math:`c`. It needs calibrated probabilities, and its share is too
        large unless the classes hardly overlap.
    weighted : bool, default=False
        Whether to train a second classifier, on the positives and on each unlabeled
        sample twice: as a positive whose weight is its probability of being one, and
        as a negative with the rest of the weight. The ``fit`` of `estimator` must
        take ``sample_weight``; in a pipeline, the ``fit`` of the last step must.
    cv : int or cross-validation splitter, default=5
        Folds that hold out each sample once. An integer, at least 2, stands for that
        many stratified, shuffled folds. They are not used if the prior is known and
        `weighted` is False.
    n_jobs : int or None, default=None
        Number of folds fitted at once; None means 1, -1 all processors.
    random_state : int, RandomState instance or None, default=None
        Seeds the folds. It does not reach `estimator`, which has its own
        ``random_state`` if it draws.

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier. It predicts labels; with `weighted`, it predicts true
        classes.
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The label of the positives.
    label_frequency_ : float
        The share :math:`c` of the positives in the data that are labelled.
    prior_ : float
        Share of positives in the population.
    prior_interval_ : tuple of float
        The 90 % interval of ``prior_``, see `estimate_prior`; it exists only with
        ``prior="estimate"``.
    prior_is_upper_bound_ : bool
        Whether the estimated prior is only an upper bound, since the scores do not tell
        positives from negatives that score as high. The interval then begins at the
        labelled share. False if the prior was given.
    unlabeled_prior_ : float
        Share of positives among the unlabeled samples.
    n_features_in_ : int
        Number of features, if `X` has a number of features.
    feature_names_in_ : ndarray of str
        Names of the features, if `X` has names.

    Notes
    -----
    If negatives look like positives, the estimated prior is an upper bound. With
    ``prior_method="elkan-noto"`` it exceeds this bound, since the mean of :math:`g` is
    the label frequency only if no negative looks like a positive.

    The decision function increases with :math:`g`, even beyond the point at which the
    probability is 1. It is positive if the probability exceeds 1/2.

    With `weighted` in the case-control scheme, the labelled positives get a smaller
    weight, so that with the unlabeled ones they make up the population's share of
    positives.

    References
    ----------
    Elkan and Noto, "Learning classifiers from only positive and unlabeled data", KDD
    2008.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from pusklearn import ElkanNotoClassifier
    >>> from pusklearn.datasets import make_pu
    >>> X, y = make_classification(1000, class_sep=1.5, random_state=0)
    >>> X, y_pu, y = make_pu(X, y, label_frequency=0.3, random_state=0)
    >>> classifier = LogisticRegression()
    >>> classifier.fit(X, y_pu).score(X, y) < 0.6
    True
    >>> corrected = ElkanNotoClassifier(classifier, random_state=0).fit(X, y_pu)
    >>> corrected.score(X, y) > 0.85
    True
    """

    def __init__(
        self,
        estimator,
        *,
        prior="estimate",
        scheme="single",
        pos_label=None,
        prior_method="bbe",
        weighted=False,
        cv=5,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.prior = prior
        self.scheme = scheme
        self.pos_label = pos_label
        self.prior_method = prior_method
        self.weighted = weighted
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    @whole_or_unfitted
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> "ElkanNotoClassifier":
        """Fit the classifier, and find the label frequency.

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
            count as absent; only the estimator uses other weights.

        Returns
        -------
        ElkanNotoClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If there are not two labels, a parameter is out of its range, the prior is
            impossible for these labels, or there are fewer than 2 labelled positives
            or unlabeled samples to make folds of.
        TypeError
            If a parameter has the wrong type, `estimator` has no ``predict_proba``,
            or with `weighted`, its ``fit`` takes no ``sample_weight``.

        Warns
        -----
        PUCollapseWarning
            If held-out samples rank as by chance, or the labels are too few for the
            prior to know, or far fewer samples are predicted positive than
            the prior says.
        """
        check_scheme(self.scheme)
        check_choice(self.prior_method, "prior_method", METHODS)
        check_flag(self.weighted, "weighted")
        data = self._check_data(X, y, params)
        if self.weighted and weight_name(self.estimator) is None:
            raise TypeError(
                "With `weighted`, the fit of `estimator` must take `sample_weight`. "
                f"Got {self.estimator!r}."
            )
        is_positive, estimate = data.y == self.pos_label_, None
        g: Any = None
        is_estimated = isinstance(self.prior, str) and self.prior == "estimate"
        if is_estimated or self.weighted:
            g = self._cross_validated_scores(data, is_positive)
        if is_estimated:
            estimate = estimate_prior(
                g[is_positive], g[~is_positive], method=self.prior_method
            )
        self._set_priors(is_positive, estimate)
        if self.weighted:
            g[find_known_negatives(self.estimator, data, is_positive)] = 0
            self.estimator_ = self._fit_weighted(data, is_positive, g[~is_positive])
        else:
            labels, rows = is_positive.astype(int), np.arange(len(is_positive))
            self.estimator_ = fit_rows(self.estimator, data.X, labels, rows, data.fit)
        self._warn_of_collapse(data, is_positive, g)
        return self

    def _warn_of_collapse(self, data, is_positive, g):
        """Look at the scores of held-out samples, which are made if need be."""
        priors = self._known_priors()
        if g is None:
            own = self._corrected(positive_probability(self.estimator_, data.X)) > 0
            # The unlabeled samples are learnt as negatives, and most classifiers tell
            # fewer positives among them than among new samples. Only if there are
            # very few, it takes held-out samples to know.
            n, share = is_positive.sum(), priors.unlabeled
            enough = own[~is_positive].mean() > ENOUGH * share
            is_clear = enough and n >= labels_needed(share)
            is_small = n < LEAST_LABELS or len(is_positive) < LEAST_SAMPLES
            if is_clear or is_small or share == 0:
                return
            g = self._cross_validated_scores(data, is_positive, seed=0)
        known = ~find_known_negatives(self.estimator, data, is_positive)
        scores = self._corrected(g[known])
        predicted = None if self.weighted else scores > 0
        warn_of_scores(self, scores, is_positive[known], priors, predicted)

    def _cross_validated_scores(self, data, is_positive, seed=None):
        random_state = self.random_state if seed is None else seed
        folds = cross_validation_partition(
            self.cv, data.X, data.y, is_positive, data.split, random_state
        )
        return cross_validated_scores(
            self.estimator,
            data.X,
            is_positive.astype(int),
            folds,
            params=data.fit,
            n_jobs=self.n_jobs,
        )

    def _fit_weighted(self, data, is_positive, g):
        weight = odds_ratio(g, self.label_frequency_)
        if self.label_frequency_ == 1:  # no unlabeled sample is positive
            weight = np.zeros_like(weight)
        # Labelled positives that were drawn separately add none to the population.
        total = is_positive.sum() + weight.sum()
        factor = weight.sum() / total if self._draws_apart() else 1.0
        labeled, unlabeled = np.flatnonzero(is_positive), np.flatnonzero(~is_positive)
        weights = np.concatenate(
            [np.full(len(labeled), factor), factor * weight, 1 - weight]
        )
        rows = np.concatenate([labeled, unlabeled, unlabeled])
        params = check_method_params(data.X, data.fit, indices=rows)
        name = weight_name(self.estimator)
        given = params.pop(name, None)
        with untold_collapse():
            return clone(self.estimator).fit(
                safe_indexing(data.X, rows),
                np.repeat([1, 1, 0], [len(labeled), len(unlabeled), len(unlabeled)]),
                **{name: weights if given is None else weights * given},
                **params,
            )

    def _probability(self, X):
        g = positive_probability(self.estimator_, X)
        if self.weighted:
            return g
        if self._draws_apart():
            return odds_ratio(g, self.label_frequency_)
        return np.minimum(g / self.label_frequency_, 1)

    def _decide(self, X):
        return self._corrected(positive_probability(self.estimator_, X))

    def _corrected(self, g):
        scores = log_odds(g)
        if self.weighted:
            return scores
        if self._draws_apart():
            return scores - log_odds(self.label_frequency_) + np.log(2)
        return scores - log_odds(self.label_frequency_ / 2)

    def _draws_apart(self):
        """Return whether labelled and unlabeled samples were drawn separately.

        If every positive is labelled, both schemes are ordinary classification.
        """
        return self.scheme == "case-control" and self.label_frequency_ < 1


def odds_ratio(g: NDArray, c: float) -> NDArray:
    """Return the ratio of the odds of two probabilities, at most 1."""
    below = np.minimum(g, c)
    with np.errstate(invalid="ignore"):
        ratio = below * (1 - c) / ((1 - below) * c)
    return np.where(g >= c, 1.0, ratio)
