"""How well the classes are found if labels are random, and if they are not.

A run is a fit of a method to a draw of labels, whose mechanism is known; see
``README.md``.
"""

import re
import warnings
from functools import partial

import numpy as np
import torch
from pages import score_cells, write_page
from pu_data import split
from resumable import DATA, FOLDER, STUDY_OPTIONS, carry_out, parse
from scipy import special
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

from pusklearn import (
    CVIRClassifier,
    PUClassifier,
    PUThresholdClassifier,
    SAREMClassifier,
)
from pusklearn.datasets import make_pu

DATA_SETS = ["simulated", "breast cancer", "digits", "page-blocks"]
WITHOUT_FOLDER = DATA_SETS[:3]
# Share of the positives that is labelled on average.
FREQUENCY = 0.2
MECHANISMS = {
    "at random": "every positive has the same chance",
    "three columns": "three columns, drawn at random, decide",
    "clear positives": "those furthest from the negatives are labelled most often",
    "unclear positives": "those nearest to the negatives are labelled most often",
}
CEILING = "logistic regression on the true labels"
METHODS = {
    "SAR-EM, the columns known": lambda prior, columns: SAREMClassifier(
        logistic(), prior=prior, propensity_columns=columns
    ),
    "SAR-EM, columns and no prior": lambda prior, columns: SAREMClassifier(
        logistic(), propensity_columns=columns
    ),
    "SAR-EM, all columns": lambda prior, columns: SAREMClassifier(
        logistic(), prior=prior
    ),
    "CVIR": lambda prior, columns: CVIRClassifier(
        logistic(), prior=prior, random_state=0
    ),
    "PN cut at the prior": lambda prior, columns: PUThresholdClassifier(
        logistic(), threshold="prior", prior=prior, random_state=0
    ),
    "PUClassifier": lambda prior, columns: PUClassifier(prior=prior, random_state=0),
    CEILING: lambda prior, columns: logistic(),
}
COLUMNS = ["data", "labels", "method", "seed", "f1", "roc_auc", "prior"]
OPTIONS = STUDY_OPTIONS | {"--data": FOLDER | {"default": DATA / "pu"}}


def logistic():
    return LogisticRegression(max_iter=1000)


def read(data, folder, seed):
    """Return samples to learn from and to judge on, scaled, each with true labels."""
    if data != "simulated":
        return split(data, folder, seed)
    X, y = make_classification(
        4000, n_informative=6, weights=[0.7], class_sep=1.2, random_state=seed
    )
    X, X_test, y, y_test = train_test_split(X, y, stratify=y, random_state=seed)
    scaler = StandardScaler().fit(X)
    return scaler.transform(X), y, scaler.transform(X_test), y_test


def draw_propensity(X, y, labels, columns):
    """Return the probability of a label for each sample."""
    if labels == "at random":
        return np.full(len(y), FREQUENCY)
    values = X[:, columns].sum(axis=1)
    if labels != "three columns":
        values = logistic().fit(X, y).decision_function(X)
    values = (values - values[y == 1].mean()) / values[y == 1].std()
    propensity = special.expit(
        -2 * values if labels == "unclear positives" else 2 * values
    )
    return np.minimum(propensity * FREQUENCY / propensity[y == 1].mean(), 1)


def run(data, labels, method, seed, folder, quick):
    """Fit a method to a draw of labels and judge it; return a row of the table."""
    torch.set_num_threads(1)
    X, y, X_test, y_test = read(data, folder, seed)
    varied = np.flatnonzero(X[y == 1].std(axis=0) > 0.1)
    columns = np.random.default_rng(seed).permutation(varied)[:3].tolist()
    propensity = draw_propensity(X, y, labels, columns)
    X, y_pu, y = make_pu(X, y, propensity=propensity, random_state=seed)
    classifier = METHODS[method](y.mean(), columns)
    if quick and isinstance(classifier, PUClassifier):
        classifier.set_params(max_epochs=1, steps_per_epoch=20)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier.fit(X, y if method == CEILING else y_pu)
    values = (
        f1_score(y_test, classifier.predict(X_test)),
        roc_auc_score(y_test, classifier.decision_function(X_test)),
        getattr(classifier, "prior_", y.mean()),
    )
    return [data, labels, method, seed, *(round(float(v), 6) for v in values)]


def report(table, conditions, folder):
    """Write the page."""
    table = table.sort_values(
        "method", key=lambda names: names.map(list(METHODS).index)
    )
    means = table.groupby(["labels", "method"])[["f1", "roc_auc"]].mean()
    names = [name for name in METHODS if name in set(table.method)]

    def loss(labels):
        cvir, sar = (means.f1[labels, name] for name in ("CVIR", "SAR-EM, all columns"))
        return f"{cvir - sar:.3f}"

    write_page(
        folder / "labels_not_at_random.md",
        is_complete=set(DATA_SETS) <= set(table.data),
        mechanisms=MECHANISMS,
        area=means.roc_auc.map("{:.3f}".format).to_dict(),
        loss=loss,
        overall={
            metric: means[metric]
            .unstack("labels")
            .loc[names, list(MECHANISMS)]
            .map("{:.3f}".format)
            for metric in ("f1", "roc_auc")
        },
        parts={
            labels: {
                "f1": score_cells(table[table.labels == labels], "data", "f1", CEILING)
            }
            for labels in MECHANISMS
        },
        n_draws=table.groupby("method").seed.nunique().loc[names].to_frame("draws"),
    )


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    data_sets = DATA_SETS if options.data.exists() else WITHOUT_FOLDER
    if options.quick:
        data_sets, options.seeds = ["breast cancer"], 1
    plan = [
        (data, labels, method, seed)
        for seed in range(options.seeds)
        for data in data_sets
        for labels in MECHANISMS
        for method in METHODS
        if re.search(options.methods, method)
    ]
    run_one = partial(run, folder=options.data, quick=options.quick)
    carry_out("labels_not_at_random", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
