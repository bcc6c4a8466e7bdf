"""Probabilities from positive-unlabeled data, around any classifier."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit
from sklearn.utils.validation import check_is_fitted

from pusklearn.pu._checks import check_choice
from pusklearn.pu._inner_estimators import estimator_with_prior
from pusklearn.pu._labels import probability_columns
from pusklearn.pu._sklearn_compat import safe_indexing
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted
from pusklearn.pu.splits._cross_validated_scores import find_response, score_positives
from pusklearn.pu.wrappers._held_out_classifier import HeldOutClassifier, inner_prior
from pusklearn.pu.wrappers._pu_calibration import (
    automatic_method,
    average_calibrator,
    beta_calibrator,
    isotonic_calibrator,
    shrunken_calibrator,
    sigmoid_calibrator,
)
from pusklearn.pu.wrappers._warn_of_scores import warn_of_scores

_METHODS = {
    "isotonic": isotonic_calibrator,
    "sigmoid": sigmoid_calibrator,
    "beta": beta_calibrator,
    "average": average_calibrator,
}
# Samples that show whether scores are log-odds.
_FEW = 100


class PUCalibratedClassifier(HeldOutClassifier):
    """Turn the scores of a classifier into probabilities, from PU data alone.

    The probability of a score is ``prior * p_P(score) / p_X(score)``: among the
    population's samples with this score, it is the share of positives. A rising
    function is fitted to it, on the scores of samples that the classifier was not
    trained on. The labelled positives must be a random sample of all positives; no
    negative is needed.

    Parameters
    ----------
    estimator : classifier
        A classifier with a ``decision_function``, which is preferred, or
        ``predict_proba``. A fitted classifier in a `sklearn.frozen.FrozenEstimator`
        is left as it is, and all samples given to `fit` count as held out.
    method : {"auto", "isotonic", "sigmoid", "beta", "average"}, default="auto"
        The kind of rising function:

        - "auto" is "average" with fewer than 5,000 labelled positives that are held
          out, and "isotonic" from there on. If the scores are log-odds or probabilities
          of the class already, as those of a `PUClassifier` with the same prior are,
          they count as 20 more labels: the average is drawn towards them;
        - "sigmoid" finds the straight line of log-odds with the least PU log-loss. Few
          positives are enough, but the line must suit the scores: those of a network
          often have a long tail of negatives, which no straight line fits;
        - "isotonic" finds the rising function with the least PU Brier score. It follows
          any shape, but with some hundred positives or fewer it follows chance too, and
          it gives probabilities of exactly 0 and 1;
        - "average" is the mean of these two;
        - "beta" finds log-odds with one slope below a score of 0 and another above, for
          scores on the scale of log-odds.
    prior : float or None, default=None
        Share of positives in the population, in (0, 1). None takes the ``prior_``
        that the estimator has after `fit`, such as that of a `PUClassifier`. If it has
        none, the labelled share is taken: there are no positives among the unlabeled
        samples, and the probabilities are those of being labelled.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample was drawn from the
        population, and some of its positives are labelled. "case-control": the
        unlabeled samples were drawn from the population, and the labelled positives
        separately from the positives. It must be that of a `PUClassifier` inside.
    pos_label : label or None, default=None
        The label of the positives; None takes the plainly positive one, or the greater.
    cv : int, float, splitter or iterable, default=5
        The samples that are held out. An int stands for that many stratified folds
        (fewer if there are fewer positives): the classifier is trained on all samples,
        and the scores of the folds are pooled; if those of a ``decision_function``
        differ in scale, they are first shifted and stretched to the median and spread
        of the classifier's own. A float stands for one random share of the samples: the
        classifier is trained on the others only. A splitter or an iterable of row pairs
        is used as it is, in one of these ways. The regions of a micrograph
        (`TiledRegions`) are held out together, and their scores stay as they are.
    n_jobs : int or None, default=None
        Number of folds fitted at once; None means 1, -1 all processors.
    random_state : int, RandomState instance or None, default=None
        Seeds the folds. It does not reach `estimator`, which has its own
        ``random_state`` if it draws.

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier.
    method_ : {"isotonic", "sigmoid", "beta", "average", "shrunken average"}
        The kind of rising function that was fitted. "shrunken average" is the one
        of "auto" that is drawn towards the probabilities of the estimator.
    calibrator_ : object
        The rising function. Its ``predict`` gives the probability of being positive
        for each score.
    response_method_ : {"decision_function", "predict_proba"}
        The method that gives the score. If the label of the positives sorts first,
        the score is minus the ``decision_function``.
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The label of the positives.
    prior_ : float
        Share of positives in the population.
    unlabeled_prior_ : float
        Share of positives among the unlabeled samples.
    label_frequency_ : float
        Share of the positives in the data that are labelled.
    n_features_in_ : int
        Number of features, if the estimator has this attribute.
    feature_names_in_ : ndarray of str
        Names of the features, if the estimator has this attribute.

    See Also
    --------
    PUThresholdClassifier : Makes other decisions than for the more probable class.
    sklearn.calibration.CalibratedClassifierCV : Does the same with true labels.

    Examples
    --------
    A classifier of labelled against unlabeled samples gives too low probabilities:

    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.metrics import brier_score_loss
    >>> from pusklearn import PUCalibratedClassifier
    >>> from pusklearn.datasets import make_pu
    >>> X, y = make_classification(2000, random_state=0)
    >>> X, y_pu, y = make_pu(X, y, label_frequency=0.3, random_state=0)
    >>> plain = LogisticRegression().fit(X[::2], y_pu[::2])
    >>> round(brier_score_loss(y[1::2], plain.predict_proba(X[1::2])[:, 1]), 2)
    0.27
    >>> calibrated = PUCalibratedClassifier(
    ...     LogisticRegression(), prior=0.5, random_state=0
    ... ).fit(X[::2], y_pu[::2])
    >>> round(brier_score_loss(y[1::2], calibrated.predict_proba(X[1::2])[:, 1]), 2)
    0.02
    """

    def __init__(
        self,
        estimator,
        *,
        method="auto",
        prior=None,
        scheme="single",
        pos_label=None,
        cv=5,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.method = method
        self.prior = prior
        self.scheme = scheme
        self.pos_label = pos_label
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    @whole_or_unfitted
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> "PUCalibratedClassifier":
        """Fit the classifier and its calibration.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame, list or TiledRegions
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
        PUCalibratedClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If there are not two labels, a parameter is out of its range, or there are
            too few samples to hold any out.
        TypeError
            If a parameter has the wrong type, or `estimator` has no scores.

        Warns
        -----
        PUCollapseWarning
            If held-out samples rank as by chance, or the labels are too few for the
            prior to know, or far fewer samples have a probability above
            0.5 than the prior says are positive.
        """
        check_choice(self.method, "method", (*_METHODS, "auto"))
        data = self._check_fit(X, y, params)
        self.response_method_ = find_response(
            self.estimator, ["decision_function", "predict_proba"]
        )
        scores, is_positive = self._fit_and_hold_out(
            data, self.cv, self.response_method_
        )
        priors = self._find_priors(data)
        positives, unlabeled = scores[is_positive], scores[~is_positive]
        self.method_, self.calibrator_ = self._calibrate(
            positives, unlabeled, priors, data
        )
        predicted = self.calibrator_.predict(scores) > 0.5
        warn_of_scores(self, scores, is_positive, priors, predicted)
        return self

    def _calibrate(self, positives, unlabeled, priors, data):
        """Return the method that is taken, and its calibrator."""
        held_out, method = (positives, unlabeled, priors), self.method
        if method == "auto":
            scale = self._own_scale(data)
            has_probabilities = scale is not None
            method = automatic_method(
                len(positives), has_probabilities=has_probabilities
            )
            if method == "shrunken average":
                are_log_odds = scale == "log-odds"
                return method, shrunken_calibrator(*held_out, are_log_odds=are_log_odds)
        return method, _METHODS[method](*held_out)

    def _own_scale(self, data):
        """Return what the scores stand for: "log-odds", "probabilities" or None.

        None says that they are not known to be of the class with the prior used here.
        """
        prior = inner_prior(estimator_with_prior(self.estimator_))
        is_other = self.prior is not None and prior != self.prior
        if prior is None or is_other or not hasattr(self.estimator_, "predict_proba"):
            return None
        if self.response_method_ == "predict_proba":
            return "probabilities"
        some = safe_indexing(data.X, np.arange(min(_FEW, len(data.y))))
        log_odds, probabilities = (
            score_positives(self.estimator_, some, response, self.pos_label_)
            for response in ("decision_function", "predict_proba")
        )
        are_same = np.allclose(expit(log_odds), probabilities, rtol=0, atol=1e-3)
        return "log-odds" if are_same else None

    def predict_proba(self, X: Any) -> NDArray:
        """Return the probabilities of both classes, shape (n, 2).

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame, list or TiledRegions
            Samples as `estimator` takes them.

        Returns
        -------
        ndarray of shape (n, 2)
            Columns in the order of `classes_`.
        """
        check_is_fitted(self)
        scores = score_positives(
            self.estimator_, X, self.response_method_, self.pos_label_
        )
        return probability_columns(
            self.calibrator_.predict(scores), self.classes_, self.pos_label_
        )

    def predict(self, X: Any) -> NDArray:
        """Return the more probable class of each sample, shape (n,).

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame, list or TiledRegions
            Samples as `estimator` takes them.

        Returns
        -------
        ndarray of shape (n,)
            Labels of `classes_`.
        """
        likelier = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likelier]
