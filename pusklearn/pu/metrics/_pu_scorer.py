"""Scorers for model selection on PU data."""

from collections.abc import Callable
from typing import Any, NamedTuple

from sklearn import get_config

from pusklearn.pu._checks import check_choice
from pusklearn.pu._inner_estimators import innermost
from pusklearn.pu._sklearn_compat import Scorer
from pusklearn.pu.metrics._pu_accuracy_score import pu_accuracy_score
from pusklearn.pu.metrics._pu_average_precision_score import pu_average_precision_score
from pusklearn.pu.metrics._pu_balanced_accuracy_score import pu_balanced_accuracy_score
from pusklearn.pu.metrics._pu_brier_score_loss import pu_brier_score_loss
from pusklearn.pu.metrics._pu_f1_score import pu_f1_score
from pusklearn.pu.metrics._pu_lee_liu_score import pu_lee_liu_score
from pusklearn.pu.metrics._pu_log_loss import pu_log_loss
from pusklearn.pu.metrics._pu_matthews_corrcoef import pu_matthews_corrcoef
from pusklearn.pu.metrics._pu_precision_score import pu_precision_score
from pusklearn.pu.metrics._pu_recall_score import pu_recall_score
from pusklearn.pu.metrics._pu_risk import pu_risk
from pusklearn.pu.metrics._pu_roc_auc_score import pu_roc_auc_score
from pusklearn.pu.priors._class_priors import check_prior, check_scheme

# Metrics that only compare scores take either of these, in this order.
RANKING = ("decision_function", "predict_proba")


def _proxy_roc_auc_score(y, y_score, *, prior=None, **settings):
    """Area of the labelled positives against the unlabeled samples.

    This is what `pu_roc_auc_score` gives if no unlabeled sample is positive. A prior
    that is given is not used.
    """
    return pu_roc_auc_score(y, y_score, prior=None, **settings)


class _Metric(NamedTuple):
    function: Callable[..., float]
    response: str | tuple[str, ...] = "predict"
    needs_prior: bool = True


METRICS: dict[str, _Metric] = {
    "accuracy": _Metric(pu_accuracy_score),
    "average_precision": _Metric(pu_average_precision_score, RANKING),
    "balanced_accuracy": _Metric(pu_balanced_accuracy_score),
    "f1": _Metric(pu_f1_score),
    "lee_liu": _Metric(pu_lee_liu_score, needs_prior=False),
    "matthews_corrcoef": _Metric(pu_matthews_corrcoef),
    "neg_brier_score": _Metric(pu_brier_score_loss, "predict_proba"),
    "neg_log_loss": _Metric(pu_log_loss, "predict_proba"),
    "neg_risk": _Metric(pu_risk, "decision_function"),
    "precision": _Metric(pu_precision_score),
    "proxy_roc_auc": _Metric(_proxy_roc_auc_score, RANKING, needs_prior=False),
    "recall": _Metric(pu_recall_score, needs_prior=False),
    "roc_auc": _Metric(pu_roc_auc_score, RANKING),
}


def pu_scorer(
    name: str,
    *,
    prior: float | None = None,
    scheme: str = "single",
    pos_label: Any = None,
) -> Callable[..., float]:
    """Make a scorer for model selection on PU data.

    Pass it as ``scoring=`` to `GridSearchCV`, `cross_val_score` and the like, with the
    share of positives in the population: ``scoring=pu_scorer("f1", prior=0.3)``.
    Without ``scoring=`` a search ranks candidates by the classifier's own ``score``,
    which is the accuracy on the PU labels. It counts every unlabeled positive that is
    rightly predicted positive as an error, so it prefers candidates that find few
    positives, and it ranks them wrongly.

    Parameters
    ----------
    name : {"accuracy", "average_precision", "balanced_accuracy", "f1", "lee_liu", \
"matthews_corrcoef", "neg_brier_score", "neg_log_loss", "neg_risk", "precision", \
"proxy_roc_auc", "recall", "roc_auc"}
        The metric. Losses have a name that begins with ``neg_``, and are negated, since
        a greater score must be better. "accuracy", "balanced_accuracy" and "f1" judge
        the predicted labels, "roc_auc" and "average_precision" the ranking, and
        "neg_brier_score" and "neg_log_loss" the probabilities. "proxy_roc_auc" is the
        area under the ROC curve of the labelled positives against the unlabeled
        samples.
    prior : float or None, default=None
        Share of positives in the population, in (0, 1); the same for all candidates
        of a search. None leaves it to metadata routing: the scorer requests ``prior``,
        and a search passes it on from ``fit(X, y, prior=0.3)``. "lee_liu",
        "proxy_roc_auc" and "recall" need no prior.
    scheme : {"single", "case-control"}, default="single"
        How the samples were drawn. "single": one sample was drawn from the population,
        and some of its positives are labelled. "case-control": the unlabeled samples
        were drawn from the population, and the labelled positives separately from the
        positives.
    pos_label : label or None, default=None
        The label of the positives. None takes ``pos_label_`` of the classifier, which
        classifiers of this library have after `fit`, also inside a pipeline or a
        search. For other classifiers it takes the plainly positive label, or the
        greater.

    Returns
    -------
    callable
        A scorer of scikit-learn, called with ``(estimator, X, y)``. It takes the
        labelled share from these labels, so from each fold. It calls
        ``predict_proba`` for "neg_brier_score" and "neg_log_loss",
        ``decision_function`` for "neg_risk", ``decision_function`` or else
        ``predict_proba`` for "average_precision", "proxy_roc_auc" and "roc_auc", and
        ``predict`` for all others.

    Raises
    ------
    ValueError
        If there is no metric of that name, the prior or the scheme is impossible, or
        the metric needs a prior and it is neither given nor can be routed.

    See Also
    --------
    pusklearn.PUStratifiedKFold : Makes folds that can all be scored.

    Notes
    -----
    Benchmarks of PU learning select models by *proxy accuracy* and *proxy AUC*. The
    proxy accuracy of the case-control scheme, ``2 pi r + 1 - q`` with the prior ``pi``,
    the recall ``r`` and the predicted share ``q``, is "accuracy" plus ``pi``, so it
    ranks candidates as "accuracy" does. The proxy AUC is "proxy_roc_auc". In folds with
    the same labelled share it ranks candidates as "roc_auc" does, whatever the prior:
    "roc_auc" is ``(A - pi_U / 2) / (1 - pi_U)``, with the proxy AUC ``A`` and the share
    ``pi_U`` of positives among the unlabeled samples. An area says nothing about the
    threshold. `PUThresholdClassifier` finds one after the search.

    References
    ----------
    Wang, Wu, Li, Zhang, Niu and Sugiyama, "Accessible, realistic, and fair evaluation
    of positive-unlabeled learning algorithms", arXiv 2509.24228.

    Examples
    --------
    >>> from sklearn.datasets import make_classification
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.model_selection import GridSearchCV
    >>> from pusklearn.metrics import pu_scorer
    >>> X, y = make_classification(400, flip_y=0, random_state=0)
    >>> y_pu = y.copy()
    >>> y_pu[y.nonzero()[0][::2]] = 0  # every other positive loses its label
    >>> grid = {"class_weight": [None, {0: 1, 1: 3}]}
    >>> scorer = pu_scorer("f1", prior=0.5)
    >>> search = GridSearchCV(LogisticRegression(), grid, scoring=scorer)
    >>> search.fit(X, y_pu).best_params_
    {'class_weight': {0: 1, 1: 3}}
    >>> round(search.best_estimator_.score(X, y), 2)  # accuracy on the true labels
    0.81

    Without ``scoring=``, the same search prefers the other candidate:

    >>> search = GridSearchCV(LogisticRegression(), grid).fit(X, y_pu)
    >>> search.best_params_
    {'class_weight': None}
    >>> round(search.best_estimator_.score(X, y), 2)
    0.63

    The prior can also be metadata that the search passes on:

    >>> import sklearn
    >>> with sklearn.config_context(enable_metadata_routing=True):
    ...     search.set_params(scoring=pu_scorer("f1")).fit(X, y_pu, prior=0.5)
    ...     search.best_params_
    GridSearchCV(...)
    {'class_weight': {0: 1, 1: 3}}
    """
    check_choice(name, "name", sorted(METRICS))
    check_scheme(scheme)
    check_prior(prior)
    settings = {"scheme": scheme, "pos_label": pos_label, "prior": prior}
    scorer = _PUScorer(
        METRICS[name].function,
        -1 if name.startswith("neg_") else 1,
        {key: value for key, value in settings.items() if value is not None},
        METRICS[name].response,
    )
    if prior is None and METRICS[name].needs_prior:
        return _with_routed_prior(scorer, name)
    return scorer


class _PUScorer(Scorer):
    """A scorer that takes the label of the positives from the classifier."""

    def _score(self, method_caller, estimator, X, y_true, **kwargs):
        pos_label = getattr(innermost(estimator), "pos_label_", None)
        if pos_label is None or "pos_label" in self._kwargs:
            return super()._score(method_caller, estimator, X, y_true, **kwargs)
        settings = {**self._kwargs, "pos_label": pos_label}
        scorer = Scorer(self._score_func, self._sign, settings, self._response_method)
        return scorer._score(method_caller, estimator, X, y_true, **kwargs)


def _with_routed_prior(scorer, name):
    # Without this error, a search would only warn, and rank candidates by NaN.
    if not get_config()["enable_metadata_routing"]:
        raise ValueError(
            f"The metric {name!r} needs a prior. Give pu_scorer({name!r}, prior=...), "
            "or enable metadata routing first, with "
            "sklearn.set_config(enable_metadata_routing=True)."
        )
    return scorer.set_score_request(prior=True)
