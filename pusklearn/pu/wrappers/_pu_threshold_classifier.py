"""A decision threshold from positive-unlabeled data, around any classifier."""

import numpy as np
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from pusklearn.pu._checks import check_share
from pusklearn.pu._threshold_rules import parse_threshold
from pusklearn.pu.splits._cross_validated_scores import find_response, score_positives
from pusklearn.pu.wrappers._held_out_classifier import HeldOutClassifier
from pusklearn.pu.wrappers._pu_thresholds import (
    f1_threshold,
    fdr_threshold,
    prior_threshold,
    recall_threshold,
)

_RESPONSES = ("auto", "decision_function", "predict_proba")


def _estimator_has(method):
    def check(self):
        return hasattr(getattr(self, "estimator_", self.estimator), method)

    return check


class PUThresholdClassifier(HeldOutClassifier):
    """Choose the decision threshold of a classifier from PU data alone.

    The scores of samples that the classifier was not trained on are compared between
    labelled positives and unlabeled samples. That tells the recall and, with the
    class prior, the precision of every threshold, as long as the labelled positives
    are a random sample of all positives. No negative is needed.

    Parameters
    ----------
    estimator : classifier
        With a ``decision_function`` or ``predict_proba``. A fitted one in a
        `sklearn.frozen.FrozenEstimator` is left as it is, and all samples given to
        `fit` count as held out.
    threshold : float or str, default=0.5
        What the threshold is to do:

        - a number: it is the threshold, a probability unless `response_method` says
          otherwise;
        - "prior": the share predicted positive in the population is the prior;
        - "f1": the F1 score is greatest;
        - "recall:LEVEL", such as "recall:0.95": the highest threshold whose recall is
          at least that, by split conformal prediction;
        - "fdr:LEVEL", such as "fdr:0.05": the lowest threshold whose false discovery
          rate, the share of negatives among the samples predicted positive in the
          population, is at most that.
    prior : float or None, default=None
        Share of positives in the population, in (0, 1); "recall" does without. None
        is the ``prior_`` that the estimator has after `fit`, as `PUClassifier` does,
        and otherwise the labelled share: no positives among the unlabeled, so that
        every unlabeled sample predicted positive counts as an error.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample of the population, some of
        whose positives are labelled; the population is all samples. "case-control":
        the unlabeled samples are a sample of the population, and the positives were
        drawn apart. The same as of a `PUClassifier` inside.
    confidence : float or None, default=0.9
        The probability with which "recall" and "fdr" keep their level, over the draw
        of the held-out samples, in (0, 1). None, for "recall" only, promises less: a
        positive drawn later is found with a probability of at least the level, so
        that the recall is at least that on average.
    cv : float, int, splitter, iterable or None, default=None
        What is held out. A float: one random share of the samples; the classifier is
        trained on the others only, as the promises require. An int: as many
        stratified folds (fewer where there are fewer positives); their scores are
        pooled, the classifier is trained on all samples, and the promises hold as far
        as it scores like those of the folds. A splitter or an iterable of row pairs is
        used as it is, in one of these ways. None is 0.5 for "recall" and "fdr", 5 for
        "prior" and "f1". Regions of one micrograph (`TiledRegions`) are held out
        together.
    pos_label : label or None, default=None
        The label of the positives; None is the greater of the two.
    response_method : {"auto", "decision_function", "predict_proba"}, default="auto"
        What is compared with the threshold. "auto" is ``predict_proba`` for a number;
        otherwise ``decision_function`` where there is one, since probabilities near 1
        run together.
    n_jobs : int or None, default=None
        Folds fitted at once; see joblib.
    random_state : int, RandomState instance or None, default=None
        Of the split. An `estimator` that draws has its own.

    Attributes
    ----------
    estimator_ : classifier
        The fitted one.
    threshold_ : float
        Positive is predicted of this score and above.
    response_method_ : {"decision_function", "predict_proba"}
        The score. For a positive label that sorts first it is minus the
        ``decision_function``.
    classes_ : ndarray of shape (2,)
        The two labels, sorted.
    pos_label_ : label
        The one of the positives.
    prior_ : float
        Share of positives in the population; as the next two, not for a number.
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
    PUCalibratedClassifier : Probabilities from PU data, whose threshold is 0.5.
    sklearn.model_selection.TunedThresholdClassifierCV : The same with true labels.

    Notes
    -----
    *Recall.* With ``n`` held-out positives the promise needs
    ``n >= log(1 - confidence) / log(level)``, which is 45 for "recall:0.95" at the
    confidence of 0.9, and without `confidence` ``n >= level / (1 - level)``, 19.

    *False discovery rate.* Its estimate is ``1 - prior * recall / predicted share``.
    The margins of both, from limits of Clopper and Pearson, add up as squares.
    Thresholds are tried from the top down until one fails, so that, where the rate
    falls as the threshold rises, there is one error to guard against. The promise is
    broken with a probability of at most ``1 - confidence`` over all draws, those out
    of reach included. Where most draws are out of reach, the few that are not owe it
    to chance and keep their level less often. The prior counts as known: one that is
    too great promises too much.

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
        confidence=0.9,
        cv=None,
        pos_label=None,
        response_method="auto",
        n_jobs=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.threshold = threshold
        self.prior = prior
        self.scheme = scheme
        self.confidence = confidence
        self.cv = cv
        self.pos_label = pos_label
        self.response_method = response_method
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X, y, **params):
        """Fit the classifier and choose the threshold.

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
        PUThresholdClassifier
            The fitted classifier.

        Raises
        ------
        ValueError
            For other than two labels, a parameter out of its range, and a threshold
            that is out of reach with the samples held out.
        TypeError
            Where `estimator` has no scores.
        """
        rule, level = parse_threshold(self.threshold)
        if self.confidence is not None:
            check_share(self.confidence, "confidence")
        elif rule == "fdr":
            raise ValueError(
                "`confidence` must be a number in (0, 1) for the threshold 'fdr'. "
                "Got None."
            )
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
        priors = self._find_priors(data.y)
        groups = scores[is_positive], scores[~is_positive]
        if rule == "recall":
            self.threshold_ = recall_threshold(groups[0], level, self.confidence)
        elif rule == "fdr":
            self.threshold_ = fdr_threshold(
                *groups, priors, level, self.confidence, len(data.y)
            )
        else:
            choose = {"prior": prior_threshold, "f1": f1_threshold}[rule]
            self.threshold_ = choose(*groups, priors)
        return self

    def predict(self, X):
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
    def predict_proba(self, X):
        """Return the probabilities of the estimator, which the threshold leaves alone.

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
        return self.estimator_.predict_proba(X)

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X):
        """Return the scores of the estimator, which the threshold leaves alone.

        Parameters
        ----------
        X : array-like, sparse matrix, DataFrame, list or TiledRegions
            Samples as `estimator` takes them.

        Returns
        -------
        ndarray of shape (n,)
            Higher for ``classes_[1]``.
        """
        check_is_fitted(self)
        return self.estimator_.decision_function(X)

    def _find_response(self, rule, level):
        if self.response_method not in _RESPONSES:
            raise ValueError(
                f"`response_method` must be one of {_RESPONSES}. "
                f"Got {self.response_method!r}."
            )
        names = _RESPONSES[1:]
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
