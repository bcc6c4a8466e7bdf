"""Error of the estimated share of positives among unlabeled samples, on real data.

A run is a classifier that scores, and a pool with a share of positives that is drawn
from a data set; see ``README.md``.
"""

import re
from functools import partial

import numpy as np
import pandas as pd
from pages import write_page
from pu_data import read
from resumable import DATA, FOLDER, STUDY_OPTIONS, carry_out, parse
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import PriorEstimator, estimate_prior

WITH_SKLEARN = ["digits", "breast cancer"]  # these need no folder of data
DATA_SETS = [*WITH_SKLEARN, "MNIST-5k", "spambase", "mushroom", "page-blocks"]
METHODS = ("bbe", "dedpul", "elkan-noto")
COLUMNS = ["data", "scorer", "share", "seed", "truth", *METHODS]
OPTIONS = STUDY_OPTIONS | {"--data": FOLDER | {"default": DATA / "pu"}}


def draw_pool(X, y, share, seed):
    """Return samples, PU labels, and the true share among the unlabeled."""
    rng = np.random.default_rng(seed)
    positive, negative = (rng.permutation(np.flatnonzero(y == k)) for k in (1, 0))
    labeled, positive = np.split(positive, [min(1000, len(positive) // 2)])
    n = min(len(positive) / share, len(negative) / (1 - share))
    hidden, rest = positive[: round(n * share)], negative[: round(n * (1 - share))]
    rows = np.concatenate([labeled, hidden, rest])
    is_labeled = np.arange(len(rows)) < len(labeled)
    return X[rows], is_labeled.astype(int), len(hidden) / (len(hidden) + len(rest))


def run(data, scorer, share, seed, folder, n_trees):
    """Estimate the share by every method; return a row of the table."""
    X, y, truth = draw_pool(*read(data, folder), share, seed)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    if scorer == "trees":
        classifier = ExtraTreesClassifier(
            n_trees, min_samples_leaf=3, random_state=seed
        )
    estimator = PriorEstimator(
        classifier, method="elkan-noto", scheme="case-control", random_state=seed
    )
    scores = estimator.fit(X, y).scores_
    row = [data, scorer, share, seed, truth]
    for method in METHODS:
        prior, _ = estimate_prior(scores[y == 1], scores[y == 0], method=method)
        row.append(round(prior, 6))
    return row


def report(table, conditions, folder):
    """Write the page."""
    table = table.set_index(["data", "scorer"])
    error = table[list(METHODS)].sub(table.truth, axis=0)
    write_page(
        folder / "prior_estimation.md",
        is_complete=set(DATA_SETS) <= set(error.index.unique("data")),
        absolute_error=means(error.abs()),
        error=means(error),
    )


def means(values):
    """Return a row per data set, and their mean; a column per scorer and method."""
    columns = {
        f"{scorer}, {method}": part[method].groupby("data", sort=False).mean()
        for scorer, part in values.groupby("scorer", sort=False)
        for method in METHODS
    }
    table = pd.DataFrame(columns)
    table.loc["**mean**"] = table.mean()
    return table.map("{:.3f}".format)


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    data_sets = DATA_SETS if options.data.exists() else WITH_SKLEARN
    if options.quick:
        data_sets, options.seeds = WITH_SKLEARN, 1
    plan = [
        (data, scorer, share, seed)
        for data in data_sets
        for scorer in ("trees", "logistic")
        for share in (0.2, 0.5, 0.8)
        for seed in range(options.seeds)
        if re.search(options.methods, scorer)
    ]
    n_trees = 10 if options.quick else 300
    run_one = partial(run, folder=options.data, n_trees=n_trees)
    carry_out("prior_estimation", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
