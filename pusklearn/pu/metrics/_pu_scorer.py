"""Scorers for model selection on PU data."""

from typing import NamedTuple

from sklearn import get_config

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
from pusklearn.pu.metrics._values_by_label import check_prior
from pusklearn.pu.priors._class_priors import check_scheme

RANKING = ("decision_function", "predict_proba")


class _Metric(NamedTuple):
    function: callable
    response: str | tuple = "predict"
    needs_prior: bool = True


METRICS = {
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
    "recall": _Metric(pu_recall_score, needs_prior=False),
    "roc_auc": _Metric(pu_roc_auc_score, RANKING),
}


def pu_scorer(name, *, prior=None, scheme="single", pos_label=None):
    """Make a scorer for model selection on PU data.

    Its labelled share is that of the labels it is called with, so of each fold, and
    its prior is the same for all candidates of a search.

    Parameters
    ----------
    name : {"accuracy", "average_precision", "balanced_accuracy", "f1", "lee_liu", \
"matthews_corrcoef", "neg_brier_score", "neg_log_loss", "neg_risk", "precision", \
"recall", "roc_auc"}
        The metric. Losses have a name with "neg_" and are negated, as greater must
        be better.
    prior : float or None, default=None
        Share of positives in the population. None leaves it to metadata routing: the
        scorer requests ``prior``, and ``fit(X, y, prior=0.3)`` of a search hands it
        on. "lee_liu" and "recall" need none.
    scheme : {"single", "case-control"}, default="single"
        "single": one sample of the population, some of whose positives are
        labelled. "case-control": the unlabeled samples are a sample of the
        population, and the positives were drawn apart.
    pos_label : label or None, default=None
        The label of the positives. None is that of the classifier, the ``pos_label_``
        that those of this library have after `fit`, in a pipeline or a search too; of
        other classifiers the greater of the two.

    Returns
    -------
    callable
        A scorer of scikit-learn, called with ``(estimator, X, y)``. It asks the
        estimator for labels ("predict"), for probabilities ("neg_brier_score",
        "neg_log_loss"), for log-odds by ``decision_function`` ("neg_risk"), or
        for either of these two ("average_precision", "roc_auc").

    Raises
    ------
    ValueError
        Where there is no metric of that name, the prior or the scheme cannot be, or
        the prior is needed and neither given nor can be routed.

    See Also
    --------
    pusklearn.PUStratifiedKFold : Folds that can all be scored.

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

    The prior as metadata that the search hands on:

    >>> import sklearn
    >>> with sklearn.config_context(enable_metadata_routing=True):
    ...     search.set_params(scoring=pu_scorer("f1")).fit(X, y_pu, prior=0.5)
    ...     search.best_params_
    GridSearchCV(...)
    {'class_weight': {0: 1, 1: 3}}
    """
    if name not in METRICS:
        raise ValueError(f"`name` must be one of {sorted(METRICS)}. Got {name!r}.")
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
        own = getattr(innermost(estimator), "pos_label_", None)
        if own is None or "pos_label" in self._kwargs:
            return super()._score(method_caller, estimator, X, y_true, **kwargs)
        settings = {**self._kwargs, "pos_label": own}
        scorer = Scorer(self._score_func, self._sign, settings, self._response_method)
        return scorer._score(method_caller, estimator, X, y_true, **kwargs)


def _with_routed_prior(scorer, name):
    # Without this, a search would only warn and rank candidates by NaN.
    if not get_config()["enable_metadata_routing"]:
        raise ValueError(
            f"The metric {name!r} needs a prior. Give pu_scorer({name!r}, prior=...), "
            "or enable metadata routing first, with "
            "sklearn.set_config(enable_metadata_routing=True)."
        )
    return scorer.set_score_request(prior=True)
