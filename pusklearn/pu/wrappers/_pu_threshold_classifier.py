"""A decision threshold from positive-unlabeled data, around any classifier."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from pusklearn.pu._checks import check_choice, check_share
from pusklearn.pu._row_view import in_chunks
from pusklearn.pu._threshold_rules import parse_threshold
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted
from pusklearn.pu.splits._cross_validated_scores import find_response, score_positives
from pusklearn.pu.wrappers._held_out_classifier import HeldOutClassifier
from pusklearn.pu.wrappers._pu_thresholds import (
    OutOfReachError,
    f1_threshold,
    fdr_threshold,
    prior_threshold,
    recall_threshold,
)
from pusklearn.pu.wrappers._warn_of_scores import (
    warn_of_all_positive,
    warn_of_scores,
)
from pusklearn.pu.wrappers._ways_out import WantedRate, fdr_ways_out, recall_ways_out

_RESPONSES = ("auto", "decision_function", "predict_proba")


def _estimator_has(method):
    def check(self):
        return hasattr(getattr(self, "estimator_", self.estimator), method)

    return check


class PUThresholdClassifier(HeldOutClassifier):
    """Choose the decision threshold of a classifier from PU data alone.

    The scores of samples that the classifier was not trained on are compared between
    labelled positives and unlabeled samples. If the labelled positives are a random
    sample of all positives, this gives the recall and, with the class prior, the
    precision of every threshold. No negative is needed.

    Parameters
    ----------
    estimator : classifier
        A classifier with a ``decision_function`` or ``predict_proba``. A fitted
        classifier in a `sklearn.frozen.FrozenEstimator` is left as it is, and all
        samples given to `fit` count as held out.
    threshold : float or str, default=0.5
        How the threshold is chosen:

        - a number is the threshold itself, a probability unless `response_method`
          says otherwise;
        - "prior" makes the share predicted positive in the population the prior;
        - "f1" makes the F1 score the greatest;
        - "recall:LEVEL", such as "recall:0.95", takes the highest threshold whose
          recall is at least LEVEL, by split conformal prediction;
        - "fdr:LEVEL", such as "fdr:0.05", takes the lowest threshold whose false
          discovery rate is at most LEVEL. This rate is the share of negatives among
          the samples of the population that are predicted positive;
        - "precision:LEVEL", such as "precision:0.95", is "fdr" with 1 - LEVEL.
    prior : float or None, default=None
        Share of positives in the population, in (0, 1); "recall" does not need it.
        None takes the ``prior_`` that the estimator has after `fit`, such as that of a
        `PUClassifier`. If it has none, the labelled share is taken: there are no
        positives among the unlabeled samples, and each of them that is predicted
        positive counts as an error.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample was drawn from the
        population, and some of its positives are labelled. "case-control": the
        unlabeled samples were drawn from the population, and the labelled positives
        separately from the positives. It must be that of a `PUClassifier` inside.
    pos_label : label or None, default=None
        The label of the positives; None takes the plainly positive one, or the greater.
    confidence : float or None, default=0.9
        The probability with which "recall" and "fdr" keep their level, over the draw
        of the held-out samples, in (0, 1). None, for "recall" only, promises less: a
        new positive is found with a probability of at least the level, so the recall
        is at least the level on average.
    response_method : {"auto", "decision_function", "predict_proba"}, default="auto"
        The method whose scores are compared with the threshold. "auto" takes
        ``predict_proba`` for a number. Otherwise it takes ``decision_function`` if
        there is one, since probabilities near 1 round to the same number.
    cv : float, int, splitter, iterable or None, default=None
        The samples that are held out. A float stands for one random share of the
        samples: the classifier is trained on the others only, as the promises require.
        An int stands for that many stratified folds (fewer if there are fewer
        positives). The classifier is trained on all samples. The scores of the folds
        are pooled; if those of a ``decision_function`` differ in scale, they are first
        shifted and stretched to the median and spread of the classifier's own. The
        promises hold as far as its scores are like those. A splitter or an iterable of
        row pairs is used as it is, in one of these ways. None takes 0.5 for "recall"
        and "fdr", and 5 for "prior" and "f1". The regions of a micrograph
        (`TiledRegions`) are held out together.
    n_jobs : int or None, default=None
        Number of folds fitted at once; None means 1, -1 all processors.
    random_state : int, RandomState instance or None, default=None
        Seeds the split. It does not reach `estimator`, which has its own
        ``random_state`` if it draws.

    Attributes
    ----------
    estimator_ : classifier
        The fitted classifier.
    threshold_ : float
        The threshold. A sample is predicted positive if its score is at least this.
    response_method_ : {"decision_function", "predict_proba"}
        The method that gives the score. If the label of the positives sorts first,
        the score is minus the ``decision_function``.
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The label of the positives.
    prior_ : float
        Share of positives in the population. If `threshold` is a number, this and the
        next two attributes do not exist.
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
    PUCalibratedClassifier : Gives probabilities from PU data, with the threshold 0.5.
    sklearn.model_selection.TunedThresholdClassifierCV : Does the same with true labels.

    Notes
    -----
    The threshold changes `predict` alone. The scores and probabilities stay those of
    the estimator, as in `sklearn.model_selection.TunedThresholdClassifierCV`: a
    probability that was moved to put the threshold at 1/2 would not be a probability
    any more. So a prediction may differ from the more probable class and from the sign
    of the decision function.

    *scikit-learn's common checks.* All of them hold for a number or "prior" on their
    data. ``check_classifiers_train`` fails for "f1", because it compares predictions
    with the sign of the decision function. "recall" and "fdr" promise a level and raise
    an error if the samples are too few to show it, so they refuse the 10 to 50 samples
    of most checks.

    *Recall.* With ``n`` held-out positives the promise needs
    ``n >= log(1 - confidence) / log(level)``, which is 45 for "recall:0.95" at the
    confidence of 0.9, and without `confidence` ``n >= level / (1 - level)``, 19.

    *False discovery rate.* Its estimate is ``1 - prior * recall / predicted share``.
    The squares of the margins of both, from limits of Clopper and Pearson, are added.
    Thresholds are tried from the top down until one fails. If the rate falls as the
    threshold rises, there is only one possible error. The promise is broken with a
    probability of at most ``1 - confidence`` over all draws, including those that raise
    an error because the level is out of reach. If most draws raise it, the few others
    succeed by chance and keep their level less often. The prior is taken as known: if
    it is too great, the promise is too strong.

    References
    ----------
    Vovk, "Conditional validity of inductive conformal predictors", arXiv 1209.2673:
    the recall of a conformal threshold has a beta distribution.

    Angelopoulos, Bates, Candes, Jordan and Lei, "Learn then test", arXiv 2110.01052:
    risks kept by tests in a fixed order.

    Zou and Donner, "Construction of confidence limits about effect measures",
    Statistics in Medicine 27 (2008): margins that add up as squares.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.metrics import precision_score, recall_score
    >>> from pusklearn import PUThresholdClassifier
    >>> from pusklearn.datasets import make_pu
    >>> X, y = make_classification(4000, class_sep=1.5, random_state=0)
    >>> X, y_pu, y = make_pu(X, y, label_frequency=0.4, random_state=0)
    >>> classifier = PUThresholdClassifier(
    ...     LogisticRegression(), threshold="recall:0.9", random_state=0
    ... ).fit(X[::2], y_pu[::2])
    >>> bool(recall_score(y[1::2], classifier.predict(X[1::2])) > 0.9)
    True
    >>> classifier.set_params(threshold="fdr:0.2", prior=0.5).fit(X[::2], y_pu[::2])
    PUThresholdClassifier(...)
    >>> bool(precision_score(y[1::2], classifier.predict(X[1::2])) > 0.8)
    True
    """

    def __init__(
        self,
        estimator,
        *,
        threshold=0.5,
        prior=None,
        scheme="single",
        pos_label=None,
        confidence=0.9,
        response_method="auto",
        cv=None,
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.threshold = threshold
        self.prior = prior
        self.scheme = scheme
        self.pos_label = pos_label
        self.confidence = confidence
        self.response_method = response_method
        self.cv = cv
        self.n_jobs = n_jobs
        self.random_state = random_state

    @whole_or_unfitted
    def fit(self, X: Any, y: ArrayLike, **params: Any) -> "PUThresholdClassifier":
        """Fit the classifier and choose the threshold.

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
        PUThresholdClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            If there are not two labels, a parameter is out of its range, or the
            threshold is out of reach with the samples held out. In the last case the
            message tells what is within reach, and what ``cv=5`` would do, where that
            helps. "fdr" tries this by fitting five more classifiers.
        TypeError
            If a parameter has the wrong type, or `estimator` has no scores.

        Warns
        -----
        PUCollapseWarning
            If held-out samples rank as by chance, or the labels are too few for the
            prior to know, or "recall" predicts nearly all samples positive.
        """
        rule: str
        level: Any  # None for "prior" and "f1"
        rule, level = parse_threshold(self.threshold)
        self._check_confidence(rule)
        data = self._check_fit(X, y, params)
        self.response_method_ = self._find_response(rule, level)
        if rule == "number":
            self._fit_on_all(data)
            self.threshold_ = level
            return self
        cv = self.cv
        if cv is None:
            cv = 0.5 if rule in ("recall", "fdr") else 5
        scores, is_positive = self._fit_and_hold_out(data, cv, self.response_method_)
        priors = self._find_priors(data)
        held_out = scores[is_positive], scores[~is_positive]
        try:
            self.threshold_ = self._choose(rule, level, held_out, priors, len(data.y))
        except OutOfReachError as error:
            ways_out = self._ways_out(rule, level, held_out, priors, data, cv)
            raise ValueError(f"{error} {ways_out}") from None
        warn_of_scores(self, scores, is_positive, priors)
        if rule == "recall":
            warn_of_all_positive(
                scores, is_positive, priors, self.threshold_, self.threshold
            )
        return self

    def _choose(self, rule, level, held_out, priors, n_samples):
        """Return the threshold of a rule that compares held-out scores."""
        positives, unlabeled = held_out
        if rule == "recall":
            return recall_threshold(positives, level, self.confidence)
        if rule == "fdr":
            settings = priors, level, self.confidence, n_samples
            return fdr_threshold(positives, unlabeled, *settings, self.threshold)
        if rule == "prior":
            return prior_threshold(positives, unlabeled, priors)
        return f1_threshold(positives, unlabeled, priors)

    def _ways_out(self, rule, level, held_out, priors, data, cv):
        """Return what an error says about a level out of reach.

        Whether folds would do better is not guessed but tried.
        """
        positives, unlabeled = held_out
        n_samples, splits = len(data.y), self._folds_instead(data, cv)
        if rule == "recall":
            n_all = int(np.sum(data.y == self.pos_label_)) if splits else None
            return recall_ways_out(len(positives), n_all, level, self.confidence)
        of_folds = None
        if splits:
            scores, is_positive, _ = self._scores_of_folds(
                data, splits, self.response_method_
            )
            of_folds = scores[is_positive], scores[~is_positive]
        wanted = WantedRate(self.threshold, level, self.confidence, priors, n_samples)
        is_same_draw = isinstance(self.random_state, Integral)
        return fdr_ways_out(wanted, positives, unlabeled, of_folds, is_same_draw)

    def predict(self, X: Any) -> NDArray:
        """Return the class of each sample, by the threshold.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame, list or TiledRegions
            Samples as `estimator` takes them.

        Returns
        -------
        ndarray of shape (n,)
            Labels of `classes_`.
        """
        check_is_fitted(self)
        scores = score_positives(
            self.estimator_, X, self.response_method_, self.pos_label_
        )
        positive = int(self.pos_label_ == self.classes_[1])
        return self.classes_[
            np.where(scores >= self.threshold_, positive, 1 - positive)
        ]

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X: Any) -> NDArray:
        """Return the estimator's probabilities, which the threshold does not change.

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
        return in_chunks(self.estimator_, "predict_proba", X)

    @available_if(_estimator_has("predict_proba"))
    def predict_log_proba(self, X: Any) -> NDArray:
        """Return the logarithms of the estimator's probabilities, as it gives them.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame, list or TiledRegions
            Samples as `estimator` takes them.

        Returns
        -------
        ndarray of shape (n, 2)
            Natural logarithms, columns in the order of `classes_`.
        """
        check_is_fitted(self)
        if hasattr(self.estimator_, "predict_log_proba"):
            return in_chunks(self.estimator_, "predict_log_proba", X)
        return super().predict_log_proba(X)

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X: Any) -> NDArray:
        """Return the scores of the estimator, which the threshold does not change.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame, list or TiledRegions
            Samples as `estimator` takes them.

        Returns
        -------
        ndarray of shape (n,)
            Scores, which are higher for ``classes_[1]``.
        """
        check_is_fitted(self)
        return in_chunks(self.estimator_, "decision_function", X)

    def _check_confidence(self, rule):
        if self.confidence is not None:
            check_share(self.confidence, "confidence")
        elif rule == "fdr":
            raise ValueError(
                "`confidence` must be a number in (0, 1) for the threshold 'fdr'. "
                "Got None."
            )

    def _find_response(self, rule, level):
        check_choice(self.response_method, "response_method", _RESPONSES)
        names: Sequence[str] = _RESPONSES[1:]
        if self.response_method != "auto":
            names = [self.response_method]
        elif rule == "number":
            names = ["predict_proba"]
        response = find_response(self.estimator, names)
        if rule == "number" and response == "predict_proba" and not 0 <= level <= 1:
            raise ValueError(
                "A `threshold` on probabilities must be in [0, 1]. "
                f"Got {self.threshold!r}."
            )
        return response
