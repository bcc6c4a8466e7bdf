"""Probabilities from positive-unlabeled data, around any classifier."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from pusklearn.pu.splits._cross_validated_scores import find_response, score_positives
from pusklearn.pu.wrappers._held_out_classifier import HeldOutClassifier
from pusklearn.pu.wrappers._pu_calibration import (
    beta_calibrator,
    isotonic_calibrator,
    sigmoid_calibrator,
)

_METHODS = {
    "isotonic": isotonic_calibrator,
    "sigmoid": sigmoid_calibrator,
    "beta": beta_calibrator,
}


class PUCalibratedClassifier(HeldOutClassifier):
    """Turn the scores of a classifier into probabilities, from PU data alone.

    The probability of a score is ``prior * p_P(score) / p_X(score)``, the share of the
    population's samples there that are positives. It is fitted, as a rising function,
    to the scores of samples that the classifier was not trained on. The labelled
    positives must be a random sample of all positives; no negative is needed.

    Parameters
    ----------
    estimator : classifier
        With a ``decision_function`` or ``predict_proba``; the first is preferred. A
        fitted one in a `sklearn.frozen.FrozenEstimator` is left as it is, and all
        samples given to `fit` count as held out.
    method : {"isotonic", "sigmoid", "beta"}, default="isotonic"
        The rising function. "isotonic": any, the one of least PU Brier score. It needs
        some hundred positives. "sigmoid": a straight line of log-odds, the one of
        least PU log-loss. It does with fewer positives, but has to suit the scores:
        those of a network often have a long tail of negatives, and the straight line
        then does little. "beta": log-odds with one slope below a score of
        0 and another above, for scores on the scale of log-odds.
    prior : float or None, default=None
        Share of positives in the population, in (0, 1). None is the ``prior_`` that
        the estimator has after `fit`, as `PUClassifier` does, and otherwise the
        labelled share: no positives among the unlabeled, so that the probabilities
        are those of being labelled.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample of the population, some of
        whose positives are labelled; the population is all samples. "case-control":
        the unlabeled samples are a sample of the population, and the positives were
        drawn apart. The same as of a `PUClassifier` inside.
    cv : int, float, splitter or iterable, default=5
        What is held out. An int: as many stratified folds (fewer where there are fewer
        positives); their scores are pooled, and the classifier is trained on all
        samples. A float: one random share of the samples, and the classifier is
        trained on the others only. A splitter or an iterable of row pairs is used as
        it is, in one of these ways. Regions of one micrograph (`TiledRegions`) are
        held out together.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.
    n_jobs : int or None, default=None
        Folds fitted at once; see joblib.
    random_state : int, RandomState instance or None, default=None
        Of the folds. An `estimator` that draws has its own.

    Attributes
    ----------
    estimator_ : classifier
        The fitted one.
    calibrator_ : object
        Its ``predict`` gives the probability of a score of the positives.
    response_method_ : {"decision_function", "predict_proba"}
        The score. For a positive label that sorts first it is minus the
        ``decision_function``.
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The one of the positives.
    prior_ : float
        Share of positives in the population.
    unlabeled_prior_ : float
        Share of positives among the unlabeled samples.
    label_frequency_ : float
        Share of the positives in the data that are labelled.
    n_features_in_ : int
        That of the estimator, where it has one.
    feature_names_in_ : ndarray of str
        Those of the estimator, where it has them.

    See Also
    --------
    PUThresholdClassifier : Other decisions than the likelier class.
    sklearn.calibration.CalibratedClassifierCV : The same with true labels.

    Examples
    --------
    A classifier of labelled against unlabeled samples calls every probability too low:

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
        method="isotonic",
        prior=None,
        scheme="single",
        cv=5,
        pos_label=None,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.method = method
        self.prior = prior
        self.scheme = scheme
        self.cv = cv
        self.pos_label = pos_label
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X, y, **params):
        """Fit the classifier and its calibration.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame, list or TiledRegions
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
        PUCalibratedClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            For other than two labels, a parameter out of its range, and too few
            samples to hold any out.
        TypeError
            Where `estimator` has no scores.
        """
        if self.method not in _METHODS:
            raise ValueError(
                f"`method` must be one of {list(_METHODS)}. Got {self.method!r}."
            )
        data = self._check_fit(X, y, params)
        self.response_method_ = find_response(
            self.estimator, ["decision_function", "predict_proba"]
        )
        scores, is_positive = self._fit_and_hold_out(
            data, self.cv, self.response_method_
        )
        priors = self._find_priors(data.y)
        self.calibrator_ = _METHODS[self.method](
            scores[is_positive], scores[~is_positive], priors
        )
        return self

    def predict_proba(self, X):
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
        positive = self.calibrator_.predict(scores)
        columns = [1 - positive, positive]
        if self.pos_label_ == self.classes_[0]:
            columns.reverse()
        return np.stack(columns, axis=1)

    def predict(self, X):
        """Return the likelier class of each sample, shape (n,).

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame, list or TiledRegions
            Samples as `estimator` takes them.

        Returns
        -------
        ndarray of shape (n,)
            Labels of `classes_`.
        """
        likelier = np.argmax(self.predict_proba(X), axis=1)
        return self.classes_[likelier]
