"""Error of the estimated share of positives in new data, for fitted classifiers.

A run is a classifier that has learnt from a draw of labels, and new data with another
share of positives; see ``README.md``.
"""

import re
import warnings
from functools import partial

import numpy as np
import pandas as pd
import torch
from labels_not_at_random import logistic, read
from pages import write_page
from resumable import DATA, FOLDER, STUDY_OPTIONS, carry_out, parse
from sklearn.model_selection import cross_val_predict

from pusklearn import (
    ElkanNotoClassifier,
    PUCalibratedClassifier,
    PUClassifier,
    PUStratifiedKFold,
    estimate_new_prior,
    shift_probabilities,
)
from pusklearn.datasets import make_pu

DATA_SETS = ["simulated", "breast cancer", "page-blocks", "spambase"]
WITHOUT_FOLDER = DATA_SETS[:2]
TRUE_LABELS = "logistic regression, true labels"
CLASSIFIERS = {
    TRUE_LABELS: lambda prior: logistic(),
    "Elkan-Noto of logistic regression": lambda prior: ElkanNotoClassifier(
        logistic(), prior=prior, random_state=0
    ),
    "calibrated logistic regression": lambda prior: PUCalibratedClassifier(
        logistic(), prior=prior, random_state=0
    ),
    "PUClassifier": lambda prior: PUClassifier(prior=prior, random_state=0),
}
ESTIMATES = ("likelihood", "held-out")
WORDS = dict(zip(ESTIMATES, ("maximum likelihood", "held-out labels"), strict=True))
SHARES = (0.1, 0.5, 0.8)
ENDS = ("", "_low", "_high", "_accuracy")
COLUMNS = ["data", "classifier", "seed", "share", "truth"]
COLUMNS += [name + end for name in ESTIMATES for end in ENDS] + ["accuracy"]
OPTIONS = STUDY_OPTIONS | {"--data": FOLDER | {"default": DATA / "pu"}}
N_NEW = 300


def draw_new(y, share, rng):
    """Return rows with about that share of positives, at most 300."""
    positive, negative = (rng.permutation(np.flatnonzero(y == k)) for k in (1, 0))
    n = min(N_NEW, len(positive) / share, len(negative) / (1 - share))
    return np.r_[positive[: round(n * share)], negative[: round(n * (1 - share))]]


def fit(data, classifier, seed, folder, quick):
    """Return a fitted classifier, what its held-out samples tell, and new data."""
    X, y, X_test, y_test = read(data, folder, seed)
    X, y_pu, y = make_pu(X, y, label_frequency=0.3, random_state=seed)
    model, labels = CLASSIFIERS[classifier](y.mean()), y_pu
    if classifier == TRUE_LABELS:
        labels = y
    if quick and isinstance(model, PUClassifier):
        model.set_params(max_epochs=1, steps_per_epoch=20)
    folds = PUStratifiedKFold(3, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        known = cross_val_predict(model, X, labels, cv=folds, method="predict_proba")
        model.fit(X, labels)
    return model, y.mean(), (labels, known), X_test, y_test


def run(data, classifier, seed, folder, quick):
    """Fit a classifier, and estimate each share; return the rows of the table."""
    torch.set_num_threads(1)
    model, prior, held_out, X, y = fit(data, classifier, seed, folder, quick)
    known_prior = None if classifier == TRUE_LABELS else prior
    rows = []
    for share in SHARES:
        new = draw_new(y, share, np.random.default_rng(seed))
        p, truth = model.predict_proba(X[new]), y[new]
        values = [truth.mean()]
        for found, interval in (
            estimate_new_prior(p, prior),
            estimate_new_prior(p, known_prior, held_out=held_out),
        ):
            shifted = shift_probabilities(p, prior, found)
            values += [found, *interval, np.mean(shifted.argmax(axis=1) == truth)]
        values += [np.mean(p.argmax(axis=1) == truth)]
        row = [data, classifier, seed, share, *(round(float(v), 6) for v in values)]
        rows.append(row)
    return rows


def report(table, conditions, folder):
    """Write the page."""
    names = [name for name in CLASSIFIERS if name in set(table.classifier)]
    groups = {
        "mean absolute error": lambda part, name: (
            (part[name] - part.truth).abs().mean()
        ),
        "intervals that hold the truth": lambda part, name: part.truth.between(
            part[f"{name}_low"], part[f"{name}_high"]
        ).mean(),
        "accuracy, corrected": lambda part, name: part[f"{name}_accuracy"].mean(),
    }
    tables = {}
    for title, value in groups.items():
        cells = {
            WORDS[name]: {
                classifier: value(table[table.classifier == classifier], name)
                for classifier in names
            }
            for name in ESTIMATES
        }
        tables[title] = pd.DataFrame(cells).map("{:.3f}".format)
    plain = table.groupby("classifier").accuracy.mean().map("{:.3f}".format)
    tables["accuracy, corrected"].insert(0, "not corrected", plain[names])
    write_page(
        folder / "new_prior.md",
        is_complete=set(DATA_SETS) <= set(table.data),
        tables=tables,
        runs=table.groupby("classifier").size()[names].to_frame("shares estimated"),
    )


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    data_sets = DATA_SETS if options.data.exists() else WITHOUT_FOLDER
    if options.quick:
        data_sets, options.seeds = ["breast cancer"], 1
    plan = [
        (data, classifier, seed)
        for seed in range(options.seeds)
        for data in data_sets
        for classifier in CLASSIFIERS
        if re.search(options.methods, classifier)
    ]
    run_one = partial(run, folder=options.data, quick=options.quick)
    carry_out("new_prior", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
