"""Error of the estimated share of positives among unlabeled samples, on real data.

A run is a scorer, and a pool with a share of positives, drawn from a data set; see
``README.md``.
"""

import re
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from pages import fill
from pu_data import read
from resumable import carry_out, data_folder, study_parser
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import PriorEstimator, PUClassifier, estimate_prior

DATA_SETS = (
    "digits",
    "breast cancer",
    "MNIST-5k",
    "spambase",
    "mushroom",
    "page-blocks",
)
SHARES = (0.2, 0.5, 0.8)
METHODS = ("bbe", "dedpul", "elkan-noto")
SCORERS = ("trees", "logistic", "network")
COLUMNS = ["data", "scorer", "share", "seed", "truth"]
COLUMNS += [f"{name}{end}" for name in METHODS for end in ("", "_low", "_high")]


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


def run(data, scorer, share, seed, folder, quick):
    """Estimate the share by every method; return a row of the table."""
    X, y, truth = draw_pool(*read(data, folder), share, seed)
    options = {"scheme": "case-control", "random_state": seed}
    if scorer == "network":
        classifier = PUClassifier(prior="estimate", **options)
        classifier.fit(StandardScaler().fit_transform(X), y)
        found = [(classifier.prior_, classifier.prior_interval_)]
    else:
        classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        if scorer == "trees":
            classifier = ExtraTreesClassifier(
                10 if quick else 300, min_samples_leaf=3, random_state=seed
            )
        estimator = PriorEstimator(classifier, method="elkan-noto", **options)
        scores = estimator.fit(X, y).scores_
        found = [
            estimate_prior(scores[y == 1], scores[y == 0], method=method)
            for method in METHODS
        ]
    values = [value for prior, interval in found for value in (prior, *interval)]
    return [data, scorer, share, seed, truth, *(round(value, 6) for value in values)]


def page(table):
    """Return the page of a table."""
    parts = []
    for method in METHODS:
        low, high = table[f"{method}_low"], table[f"{method}_high"]
        part = {
            "way": table.scorer + f", {method}",
            "error": table[method] - table.truth,
            "held": table.truth.between(low, high).astype(float),
        }
        parts.append(table[["data"]].assign(**part)[table[method].notna()])
    ways = pd.concat(parts)
    ways["absolute_error"] = ways.error.abs()
    means = ways.groupby(["data", "way"])[["absolute_error", "error", "held"]].mean()
    return fill(
        "prior_estimation.md", **{name: in_order(means[name]) for name in means}
    )


def in_order(means):
    """Return a table with a row per data set, and their mean."""
    ways = [f"{scorer}, {method}" for scorer in SCORERS for method in METHODS]
    table = means.unstack().reindex(DATA_SETS).reindex(columns=ways)
    table = table.dropna(how="all").dropna(axis=1, how="all")
    table.loc["**mean**"] = table.mean()
    return table.map("{:.3f}".format)


def report(table, conditions, folder):
    """Write the page."""
    (folder / "prior_estimation.md").write_text(page(table))


def main(argv=None):
    parser = study_parser(__doc__, jobs=1)
    parser.add_argument("--data", type=Path, default=data_folder() / "pu")
    options = parser.parse_args(argv)
    data_sets = DATA_SETS if options.data.exists() else DATA_SETS[:2]
    if options.quick:
        data_sets, options.seeds = ["breast cancer"], 1
    plan = [
        (data, scorer, share, seed)
        for data in data_sets
        for scorer in SCORERS
        for share in SHARES
        for seed in range(options.seeds)
        if re.search(options.methods, scorer)
    ]
    run_one = partial(run, folder=options.data, quick=options.quick)
    carry_out("prior_estimation", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
