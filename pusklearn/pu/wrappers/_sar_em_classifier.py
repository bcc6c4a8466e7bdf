"""Classification if labels are not random, by expectation maximisation."""

from functools import partial
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from pusklearn.pu._checks import check_integer
from pusklearn.pu._inner_estimators import weight_name
from pusklearn.pu._sklearn_compat import safe_indexing
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted
from pusklearn.pu.priors._class_priors import (
    asked_priors,
    check_scheme,
    priors_of_unlabeled,
    set_priors,
)
from pusklearn.pu.wrappers._fit_router import find_known_negatives, find_weights
from pusklearn.pu.wrappers._pu_meta_classifier import (
    PUMetaClassifier,
    positive_probability,
)
from pusklearn.pu.wrappers._sar_em import (
    balanced_weights,
    expected_classes,
    fit_expected,
    fit_weighted,
    held_out_scores,
    log_likelihood,
    posterior,
)
from pusklearn.pu.wrappers._warn_of_scores import is_looked_at, warn_of_scores

# The rounds end when the mean log-likelihood of a sample changes by less than this.
LEAST_CHANGE = 1e-5
# More regularised than usual, since the data tell less of the propensity than of the
# class. What they do not tell stays constant, as for random labels.
PROPENSITY_C = 0.01


class SAREMClassifier(PUMetaClassifier):
    r"""Learn the class and the chance of a label together, if labels are not random.

    Let :math:`f(x)` be the probability that a sample is positive, and :math:`e(x)`, its
    *propensity*, the probability that a positive is labelled. If labels are drawn at
    random, the propensity is the same everywhere. Here it may depend on some columns of
    `X`, such as the hospital, the year, or what a test costs. A sample is labelled with
    the probability :math:`f(x)\, e(x)`, and expectation maximisation finds the two
    whose likelihood is greatest. Each round

    1. expects the classes: with the label :math:`s`, 1 or 0, of a sample, it is
       positive with the probability

       .. math:: \hat y = s + (1 - s)\, \frac{f(x)\, (1 - e(x))}{1 - f(x)\, e(x)},

    2. fits :math:`e` to the labels, with the weight :math:`\hat y` of each sample,
    3. fits :math:`f` to each sample twice, as a positive of the weight :math:`\hat y`
       and as a negative of the weight :math:`1 - \hat y`.

    The first :math:`\hat y` of the unlabeled samples are the probabilities of
    `estimator` fitted to the labels, both labels with the same weight in total.

    Parameters
    ----------
    estimator : classifier
        The classifier of the class, with ``predict_proba``, whose ``fit`` takes
        ``sample_weight``; in a pipeline, the ``fit`` of the last step must. It must be
        a smooth one, such as ``LogisticRegression()``: see Notes.
    propensity_estimator : classifier or None, default=None
        The classifier of the propensity, of the same kind. None takes
        ``LogisticRegression(C=0.01, max_iter=1000)``, for which columns must be scaled.
    propensity_columns : list of int or str, slice, array of bool or None, default=None
        The columns of `X` that the propensity depends on. Names need a DataFrame. None
        takes all columns. Give them if you know them: see Notes.
    prior : "estimate" or float, default="estimate"
        Share of positives in the population. "estimate" takes the most likely share,
        which is often far too low: see Notes. A number in (0, 1) is the share itself:
        each round adds a number to the log-odds of the unlabeled samples, so that the
        expected share agrees with it.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample was drawn from the
        population, and some of its positives are labelled. "case-control": the
        unlabeled samples were drawn from the population, and the labelled positives
        separately from the positives.
    pos_label : label or None, default=None
        The label of the positives; None takes the plainly positive one, or the greater.
    n_rounds : int, default=50
        Greatest number of rounds, at least 1. They end when a round changes the mean
        log-likelihood of a sample by less than 1e-5.

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier of the class.
    propensity_estimator_ : classifier
        The fitted classifier of the propensity.
    n_rounds_ : int
        Number of rounds.
    log_likelihoods_ : ndarray of float
        Mean log-likelihood of a sample's label after each round. It rises in every
        round if both classifiers are fitted without a penalty and the prior is
        estimated.
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The label of the positives.
    prior_ : float
        Share of positives in the population.
    prior_is_upper_bound_ : bool
        Always False: the most likely share is no bound.
    unlabeled_prior_ : float
        Share of positives among the unlabeled samples.
    label_frequency_ : float
        Share of the positives in the data that are labelled.
    n_features_in_ : int
        Number of features, if `X` has a number of features.
    feature_names_in_ : ndarray of str
        Names of the features, if `X` has names.

    See Also
    --------
    pusklearn.metrics.LabelsAtRandomDisplay : Shows whether labels are random.
    CVIRClassifier : A procedure for labels at random.

    Notes
    -----
    *What must hold.* Labels tell only of the product :math:`f(x)\, e(x)`: a part of the
    data with few labels may hold few positives, or positives that are seldom labelled.
    No data can tell the two apart. What you know must do it:

    - Best, you know the prior, and the few columns that the propensity depends on, and
      others tell the class. If the columns of the propensity tell most of the class
      themselves, nothing is gained.
    - With all columns, only the forms of the two classifiers tell them apart.
    - Without a prior, the estimate is right only if both probabilities have the form of
      the classifiers, such as logistic regression.
    - If labels are random, a method for random labels does better.
    - Every positive must have a chance of a label: of a kind of positives without any
      label, nothing can be learnt.

    *Which classifiers.* A classifier that can memorise its training samples, such as
    boosted trees, learns that its own expectations were right, and the rounds lead
    nowhere. Logistic regression does well, also after a step such as
    `PolynomialFeatures` or `SplineTransformer`.

    In the case-control scheme, :math:`f` and :math:`e` are those of all samples
    together. The probability in the population is the :math:`\hat y` of an unlabeled
    sample, since these were drawn from the population.

    References
    ----------
    Bekker, Robberechts and Davis, "Beyond the selected completely at random assumption
    for learning from positive and unlabeled data", ECML PKDD 2019, arXiv 1809.03207.

    Examples
    --------
    Younger patients are seldom tested, so fewer of those that are ill are known. Age is
    the last column:

    >>> import numpy as np
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from pusklearn import CVIRClassifier, SAREMClassifier
    >>> from pusklearn.datasets import make_pu
    >>> X, is_ill = make_classification(3000, n_redundant=0, random_state=0)
    >>> age = np.random.default_rng(0).normal(0.5 * is_ill)
    >>> X = np.column_stack([X, age])
    >>> X, y_pu, is_ill = make_pu(
    ...     X, is_ill, propensity=0.8 / (1 + np.exp(1 - 1.5 * age)), random_state=0
    ... )
    >>> at_random = CVIRClassifier(LogisticRegression(), prior=0.5, random_state=0)
    >>> round(at_random.fit(X, y_pu).score(X, is_ill), 2)
    0.85
    >>> by_age = SAREMClassifier(
    ...     LogisticRegression(), prior=0.5, propensity_columns=[-1]
    ... )
    >>> round(by_age.fit(X, y_pu).score(X, is_ill), 2)
    0.9
    >>> by_age.predict_propensity(X[[age.argmin(), age.argmax()]]).round(1)
    array([0. , 0.8])
    """

    def __init__(
        self,
        estimator,
        propensity_estimator=None,
        *,
        propensity_columns=None,
        prior="estimate",
        scheme="single",
        pos_label=None,
        n_rounds=50,
    ):
        self.estimator = estimator
        self.propensity_estimator = propensity_estimator
        self.propensity_columns = propensity_columns
        self.prior = prior
        self.scheme = scheme
        self.pos_label = pos_label
        self.n_rounds = n_rounds

    @whole_or_unfitted
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> "SAREMClassifier":
        """Fit the classifier of the class and that of the propensity.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list of length n
            The samples, labelled positives and unlabeled together, of any shape that
            `estimator` takes. `propensity_columns` need an array, a sparse matrix or a
            DataFrame.
        y : array-like of shape (n,)
            Two labels: that of the positives and that of the unlabeled samples.
        **params : dict
            Parameters for the ``fit`` of `estimator`. With metadata routing, it gets
            what it requests. Samples whose ``sample_weight`` is 0 count as absent;
            other weights count for both classifiers. Samples of a mask
            ``known_negative`` are negatives in every round.

        Returns
        -------
        SAREMClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If there are not two labels, a parameter is out of its range, the prior is
            impossible for these labels, or no unlabeled sample can be positive.
        TypeError
            If a parameter has the wrong type, or one of the classifiers has no
            ``predict_proba`` or its ``fit`` takes no ``sample_weight``.

        Warns
        -----
        PUCollapseWarning
            If clones of `estimator` that have learnt what is expected of half of the
            samples rank the other half as by chance, as they do if they can memorise;
            or the labels are too few for the prior to know; or far fewer samples are
            predicted positive than the prior says.
        """
        check_scheme(self.scheme)
        check_integer(self.n_rounds, "n_rounds")
        self._check_estimators()
        data = self._check_data(X, y, params)
        is_labeled = data.y == self.pos_label_
        unknown = ~is_labeled & ~find_known_negatives(self.estimator, data, is_labeled)
        weights = find_weights(self.estimator, data.fit)
        weights = np.ones(len(data.y)) if weights is None else np.array(weights, float)
        counts = [
            float(weights[rows].sum())
            for rows in (is_labeled, ..., ~is_labeled & ~unknown)
        ]
        expect = partial(
            expected_classes,
            is_labeled=is_labeled,
            unknown=unknown,
            weights=weights,
            share=self._asked_share(*counts),
        )
        expected = self._alternate(data, is_labeled, unknown, weights, expect)
        share = float(np.average(expected[unknown], weights=weights[unknown]))
        n_positive, n, n_negative = counts
        priors = priors_of_unlabeled(share, n_positive, n, self.scheme, n_negative)
        set_priors(self, priors, n_positive, n)
        self.prior_is_upper_bound_ = False
        known = is_labeled | unknown
        order = None
        if is_looked_at(is_labeled):
            # A smooth classifier scores the samples it has learnt nearly as it does
            # others, but one that memorises does not rank others.
            order = held_out_scores(
                self.estimator, data.X, is_labeled, expected, weights, data.fit
            )[known]
        odds = self._decide(data.X)[known]
        warn_of_scores(
            self,
            odds,
            is_labeled[known],
            self._known_priors(),
            odds > 0,
            order,
            are_held_out=False,
        )
        return self

    def _alternate(self, data, is_labeled, unknown, weights, expect):
        """Fit both classifiers in turn; return the expected classes in the end."""
        labels, Z = is_labeled.astype(int), self._propensity_columns(data.X)
        propensity = self.propensity_estimator
        if propensity is None:
            propensity = LogisticRegression(C=PROPENSITY_C, max_iter=1000)
        first = fit_weighted(
            self.estimator, data.X, labels, balanced_weights(labels, weights), data.fit
        )
        expected = expect(positive_probability(first, data.X))
        likelihoods = [-np.inf]
        for _ in range(self.n_rounds):
            self.propensity_estimator_ = fit_propensity(
                propensity, Z, labels, expected * weights
            )
            self.estimator_ = fit_expected(
                self.estimator, data.X, expected, weights, data.fit
            )
            f = positive_probability(self.estimator_, data.X)
            e = positive_probability(self.propensity_estimator_, Z)
            expected = expect(posterior(f, e))
            likelihoods.append(log_likelihood(f, e, is_labeled, unknown, weights))
            if abs(likelihoods[-1] - likelihoods[-2]) < LEAST_CHANGE:
                break
        self.log_likelihoods_ = np.array(likelihoods[1:])
        self.n_rounds_ = len(self.log_likelihoods_)
        return expected

    def predict_propensity(self, X: Any) -> NDArray:
        """Return the probability of a label for each sample if it is positive.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame or list
            Samples as in `fit`.

        Returns
        -------
        ndarray of float of shape (n,)
            The propensities. In the case-control scheme, they are the shares of the
            labelled ones among the positives of all samples together.
        """
        check_is_fitted(self)
        Z = self._propensity_columns(X)
        return positive_probability(self.propensity_estimator_, Z)

    def _check_estimators(self):
        check_takes_weights(self.estimator, "estimator")
        if self.propensity_estimator is None:
            return
        if not hasattr(self.propensity_estimator, "predict_proba"):
            raise TypeError(
                "`propensity_estimator` must have `predict_proba`. Got "
                f"{self.propensity_estimator!r}."
            )
        check_takes_weights(self.propensity_estimator, "propensity_estimator")

    def _propensity_columns(self, X):
        columns = self.propensity_columns
        if columns is None:
            return X
        if isinstance(columns, str | Integral):
            raise TypeError(
                "`propensity_columns` must be a list, a slice or an array of bool. Got "
                f"{columns!r}; give [{columns!r}]."
            )
        return safe_indexing(X, columns, axis=1)

    def _asked_share(self, n_positive, n, n_negative):
        """Return the share among the unlabeled that the prior asks for, or None."""
        if self.prior is None:
            raise ValueError(
                "`prior` must be 'estimate' or a number in (0, 1). Got None, which "
                "says that every positive is labelled; then every propensity is 1."
            )
        if isinstance(self.prior, str) and self.prior == "estimate":
            return None
        priors = asked_priors(self, n_positive, n, n_negative, or_estimate=True)
        return priors.unlabeled

    def _probability(self, X):
        f = positive_probability(self.estimator_, X)
        if self.scheme == "single":
            return f
        # The unlabeled samples alone are a sample of the population.
        return posterior(f, self.predict_propensity(X))


def fit_propensity(estimator: Any, Z: Any, labels: NDArray, weights: NDArray) -> Any:
    """Fit a clone; an error tells that it is that of the propensity."""
    try:
        return fit_weighted(estimator, Z, labels, weights)
    except ValueError as error:
        told = f"The fit of `propensity_estimator` failed: {error}"
        raise ValueError(told) from error


def check_takes_weights(estimator: Any, name: str) -> None:
    """Raise a TypeError if the ``fit`` of an estimator takes no weights of samples."""
    if weight_name(estimator) is None:
        raise TypeError(
            f"The fit of `{name}` must take `sample_weight`. Got {estimator!r}."
        )
