"""Errors and intervals of priors estimated from few labels; see ``README.md``."""

import re
from functools import partial

import numpy as np
import pandas as pd
from pages import read_toml, write_page
from pu_data import new_scaler, read
from resumable import DATA, FOLDER, STUDY_OPTIONS, carry_out, parse
from sklearn.datasets import (
    load_wine,
    make_circles,
    make_classification,
    make_gaussian_quantiles,
    make_moons,
)
from sklearn.linear_model import LogisticRegression

from pusklearn import PriorEstimator, PUClassifier

CELLS = read_toml("prior_cells.toml")
WITH_FILES = ("spambase", "bank", "mushroom", "page-blocks", "MNIST-5k")
KNOWN = ("digits", "breast cancer", "messages", *WITH_FILES)  # to `pu_data.py`
WAYS = {"default": "", "logistic": "logistic_"}
FOUND = ["prior", "low", "high", "is_upper_bound"]
COLUMNS = ["part", "data", "share", "labels", "seed", "truth"]
COLUMNS += [start + name for start in WAYS.values() for name in FOUND]
OPTIONS = STUDY_OPTIONS | {"--data": FOLDER | {"default": DATA / "pu"}}
MANY, N_SAMPLES, N_OF_RARE = 12_000, 2000, 4000


def simulate(name, seed):
    """Return samples and true labels: of a data set by its name, or simulated ones."""
    kind, *numbers = name.split()
    first, second = (*map(float, numbers), 0, 0)[:2]
    if kind == "wine":
        X, kind_of_wine = load_wine(return_X_y=True)
        return X, (kind_of_wine == 1).astype(int)
    if kind == "normal":
        y = np.arange(MANY) % 2
        X = np.random.default_rng(seed).normal(size=(MANY, int(first)))
        X[:, 0] += second * y
        return X, y
    if kind == "clusters":
        sizes = {"n_features": 20, "n_informative": 6, "n_redundant": 4}
        sizes["n_clusters_per_class"] = int(first)
        return make_classification(MANY, **sizes, class_sep=second, random_state=seed)
    if kind == "moons":
        return make_moons(MANY, noise=first, random_state=seed)
    if kind == "circles":
        return make_circles(MANY, noise=first, factor=0.5, random_state=seed)
    return make_gaussian_quantiles(
        n_samples=MANY, n_features=int(first), n_classes=2, random_state=seed
    )


def draw(data, share, labels, seed, folder):
    """Return samples, PU labels, and the true share of positives."""
    X, y = read(data, folder) if data in KNOWN else simulate(data, seed)
    rng = np.random.default_rng(seed)
    positive, negative = (rng.permutation(np.flatnonzero(y == k)) for k in (1, 0))
    n = N_OF_RARE if share <= 0.05 else N_SAMPLES
    n = int(min(n, len(positive) / share, len(negative) / (1 - share)))
    n_positive = round(n * share)
    rows = np.concatenate([positive[:n_positive], negative[: n - n_positive]])
    y_pu = (np.arange(n) < labels).astype(int)
    order = rng.permutation(n)
    X = X[rows][order]
    if data != "MNIST-5k":  # its pixels lie in [0, 1]
        X = new_scaler(data).fit_transform(X)
    return X, y_pu[order], n_positive / n


def run(part, data, share, labels, seed, folder):
    """Estimate the prior; return a row of the table."""
    X, y_pu, truth = draw(data, share, labels, seed, folder)
    linear = LogisticRegression(class_weight="balanced", max_iter=2000)
    # The prior comes before the training, which is cut short here.
    quick = {"max_epochs": 1, "steps_per_epoch": 1, "random_state": seed}
    network = PUClassifier(prior="estimate", **quick).fit(X, y_pu)
    linear = PriorEstimator(linear, random_state=seed).fit(X, y_pu)
    row = [part, data, share, labels, seed, round(truth, 6)]
    for found in (network, linear):
        row += [round(x, 6) for x in (found.prior_, *found.prior_interval_)]
        row.append(found.prior_is_upper_bound_)
    return row


def report(table, conditions, folder):
    """Write the page."""
    planned = {data for part in CELLS.values() for data in part}
    summaries = {
        f"{part}, {way}": summary(rows, start)
        for part, rows in table.groupby("part", sort=False)
        for way, start in WAYS.items()
    }
    write_page(
        folder / "prior_few_labels.md",
        is_complete=planned <= set(table.data),
        numbers=pd.DataFrame(summaries).T,
        cells=cell_table(table),
    )


def summary(rows, start):
    """Return what is promised: how often intervals hold, and how large errors are."""
    error = (rows[start + "prior"] - rows.truth).abs()
    is_bound = rows[start + "is_upper_bound"].astype(bool)
    held = rows.truth.between(rows[start + "low"], rows[start + "high"])
    width = rows[start + "high"] - rows[start + "low"]
    return {
        "cells": str(len(rows)),
        "intervals that hold": f"{held.mean():.2f}",
        "called an upper bound": f"{is_bound.mean():.2f}",
        "error of the others": f"{error[~is_bound].mean():.3f}",
        "width of their intervals": f"{width[~is_bound].mean():.2f}",
        "error of upper bounds": f"{error[is_bound].mean():.3f}",
    }


def cell_table(table):
    """Return a row per cell, with the default's estimate and interval."""
    estimate = table.prior.map("{:.3f}".format)
    estimate += table.is_upper_bound.map({True: " (upper bound)", False: ""})
    interval = table.low.map("{:.3f}".format) + " to " + table.high.map("{:.3f}".format)
    columns = {
        "part": table.part,
        "labels": table.labels,
        "truth": table.truth.map("{:.3f}".format),
        "estimate": estimate,
        "interval": interval,
    }
    return pd.DataFrame(columns).set_index(table.data)


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    left_out = () if options.data.exists() else WITH_FILES
    if options.quick:
        left_out = {name for part in CELLS.values() for name in part}
        left_out -= {"breast cancer", "wine"}
    plan = [
        (part, data, share, labels, seed)
        for part, data_sets in CELLS.items()
        for data, cells in data_sets.items()
        for seed, (share, labels) in enumerate(cells)
        if data not in left_out and re.search(options.methods, data)
    ]
    run_one = partial(run, folder=options.data)
    carry_out("prior_few_labels", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
