"""Whether a criterion or wrapper collapses, at any prior and on any kind of data.

A run is a fit of a method to simulated data; see ``README.md``.
"""

import re
import time
import warnings
from functools import partial

import numpy as np
import torch
from collapse_data import KINDS, LABELS, N_TEST, PRIORS, SIDE, draw_case
from collapse_report import report
from resumable import NAMES, STUDY_OPTIONS, carry_out, parse
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from torch import nn

from pusklearn import (
    BaggingPUClassifier,
    CVIRClassifier,
    ElkanNotoClassifier,
    PUCalibratedClassifier,
    PUClassifier,
    PUThresholdClassifier,
)
from pusklearn.metrics import PUCollapseWarning
from pusklearn.modules import MLP
from pusklearn.pu.criteria._registry import CRITERIA

WRAPPERS = {
    "Elkan-Noto": ElkanNotoClassifier,
    "CVIR": CVIRClassifier,
    "bagging": BaggingPUClassifier,
    "calibrated": PUCalibratedClassifier,
    "cut at the prior": partial(PUThresholdClassifier, threshold="prior"),
    "cut at the best F1": partial(PUThresholdClassifier, threshold="f1"),
}
INNER = {
    "logistic regression": LogisticRegression(max_iter=1000),
    "trees": ExtraTreesClassifier(20, min_samples_leaf=3),
}
METHODS = [*CRITERIA, *(f"{name} of {inner}" for name in WRAPPERS for inner in INNER)]
COLUMNS = [
    *("data", "prior", "labels", "method", "seed"),
    *("roc_auc", "f1", "f1_at_prior", "share", "warning", "seconds"),
]
OPTIONS = STUDY_OPTIONS | {"--data": NAMES, "--labels": NAMES}


def run(kind, prior, labels, method, seed, quick):
    """Fit a method to a case and judge it; return a row of the table."""
    torch.set_num_threads(1)
    case = draw_case(kind, prior, labels, seed)
    classifier = new_classifier(method, kind, prior, case.scheme, seed)
    if quick and isinstance(classifier, PUClassifier):
        classifier.set_params(max_epochs=2)
    start = time.process_time()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        classifier.fit(case.X, case.y_pu)
    seconds = time.process_time() - start
    told = [str(w.message) for w in caught if w.category is PUCollapseWarning]
    predicted = classifier.predict(case.X_test) == 1
    scores = scores_of(classifier, case.X_test)
    is_positive = case.y_test == 1
    values = (
        roc_auc_score(case.y_test, scores),
        f1_in_population(predicted, is_positive, prior),
        f1_in_population(cut_at_prior(scores, is_positive, prior), is_positive, prior),
        prior * predicted[is_positive].mean()
        + (1 - prior) * predicted[~is_positive].mean(),
    )
    names = [kind, prior, labels, method, seed]
    rounded = [round(float(value), 4) for value in values]
    return [*names, *rounded, " ".join(told), round(seconds, 1)]


def new_classifier(method, kind, prior, scheme, seed):
    """Return the classifier of a method; networks are small and learn for a second."""
    common = {"prior": prior, "scheme": scheme, "random_state": seed}
    if method in CRITERIA:
        module = small_network if kind == "images" else MLP((64,))
        training = {"max_epochs": 10, "steps_per_epoch": 50}
        return PUClassifier(module, method, **training, **common)
    name, _, inner = method.partition(" of ")
    estimator = make_pipeline(FunctionTransformer(flat), INNER[inner])
    if inner == "trees":
        estimator.set_params(extratreesclassifier__random_state=seed)
    if name == "bagging":
        common = {"random_state": seed}
    return WRAPPERS[name](estimator, **common)


def small_network():
    """Return a network of one convolution: quicker to train than the default."""
    width = 8 * ((SIDE - 4) // 2) ** 2
    return nn.Sequential(
        *(nn.Conv2d(1, 8, 5), nn.ReLU(), nn.AvgPool2d(2), nn.Flatten()),
        *(nn.Linear(width, 32), nn.ReLU(), nn.Linear(32, 1)),
    )


def flat(X):
    """Return images as rows of a table, and anything else as it is."""
    return X.reshape(len(X), -1) if X.ndim > 2 else X


def scores_of(classifier, X):
    """Return the scores of samples, greater for positives."""
    if hasattr(classifier, "decision_function"):
        return classifier.decision_function(X)
    return classifier.predict_proba(X)[:, 1]


def f1_in_population(predicted, is_positive, prior):
    """Return the F1 score in a population with that share of positives."""
    recall, false = predicted[is_positive].mean(), predicted[~is_positive].mean()
    return 2 * prior * recall / (prior + prior * recall + (1 - prior) * false)


def cut_at_prior(scores, is_positive, prior):
    """Return which samples are positive if as many are as the prior says."""
    descending = np.argsort(-scores, kind="stable")
    weight = np.where(is_positive, prior, 1 - prior)[descending] / (N_TEST // 2)
    predicted = np.empty(len(scores), dtype=bool)
    predicted[descending] = weight.cumsum() <= prior
    return predicted


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    kinds, seeds = KINDS, range(options.seeds)
    if options.quick:
        kinds, seeds = KINDS[:1], range(1)
    plan = [
        (kind, prior, labels, method, seed)
        for seed in seeds
        for kind in kinds
        for prior in PRIORS
        for labels in LABELS
        for method in METHODS
        if re.search(options.methods, method)
        and re.search(options.data, kind)
        and re.search(options.labels, labels)
    ]
    run_one = partial(run, quick=options.quick)
    carry_out("collapse", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
