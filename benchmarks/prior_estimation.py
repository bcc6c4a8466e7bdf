"""Error of the estimated share of positives among unlabeled samples, on real data.

    python benchmarks/prior_estimation.py [DATA] [--seeds 3] [--no-network]

DATA holds ``mnist_train5k.npz``, ``spambase.data.txt``, ``agaricus-lepiota.data`` and
``page-blocks.data``; without it, digits and breast cancer alone are run. Half of the
positives, at most 1,000, are labelled; the others and negatives make up an unlabeled
pool, as large as the data allow, with a share of 0.2, 0.5 or 0.8. A row per data set:
mean absolute error of each method on out-of-fold scores of extremely randomised trees
and of logistic regression, and of ``PUClassifier(prior="estimate")``; then the share of
intervals that hold the true share.
"""

import argparse
from pathlib import Path

import numpy as np
from pu_data import READERS, read_mnist
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import PriorEstimator, PUClassifier, estimate_prior

SHARES = (0.2, 0.5, 0.8)
METHODS = ("bbe", "dedpul", "elkan-noto")


def read(name, folder):
    """Return samples and true labels."""
    if name == "MNIST-5k":
        return read_mnist(folder / "mnist_train5k.npz")
    return READERS[name](folder)


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


def estimates(X, y, seed, network):
    """Yield a name, an estimated share and its interval, for each way to estimate."""
    classifiers = {
        "trees": ExtraTreesClassifier(300, min_samples_leaf=3, random_state=seed),
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000)),
    }
    for name, classifier in classifiers.items():
        estimator = PriorEstimator(
            classifier, method="elkan-noto", scheme="case-control", random_state=seed
        ).fit(X, y)
        scores = estimator.scores_
        for method in METHODS:
            found = estimate_prior(scores[y == 1], scores[y == 0], method=method)
            yield f"{name}, {method}", *found
    if network:
        classifier = PUClassifier(
            prior="estimate", scheme="case-control", random_state=seed
        ).fit(StandardScaler().fit_transform(X), y)
        yield "network, bbe", classifier.prior_, classifier.prior_interval_


def measure(X, y, seeds, network):
    """Return the errors, and whether the interval held the truth, of each way."""
    rows = {}
    for share in SHARES:
        for seed in range(seeds):
            pool, labels, truth = draw_pool(X, y, share, seed)
            for name, found, (low, high) in estimates(pool, labels, seed, network):
                held = low <= truth <= high
                rows.setdefault(name, []).append((found - truth, held))
    return {name: np.array(row).T for name, row in rows.items()}


def show(title, results, value):
    """Print a table with a row per data set, and their mean."""
    names = list(next(iter(results.values())))
    print(f"\n{title}\n\n| data set | {' | '.join(names)} |")
    print("|---" * (len(names) + 1) + "|")
    table = [[value(rows[name]) for name in names] for rows in results.values()]
    table.append(np.mean(table, 0))
    for data, row in zip([*results, "**mean**"], table, strict=True):
        print(f"| {data} | {' | '.join(f'{number:.3f}' for number in row)} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--no-network", action="store_true")
    options = parser.parse_args()
    data_sets = ["digits", "breast cancer"]
    if options.data:
        data_sets += ["MNIST-5k", "spambase", "mushroom", "page-blocks"]
    found = {}
    for data in data_sets:
        found[data] = measure(
            *read(data, options.data), options.seeds, not options.no_network
        )
        print(data, "done", flush=True)
    show("Mean absolute error", found, lambda row: np.abs(row[0]).mean())
    show("Mean error", found, lambda row: row[0].mean())
    show("Share of intervals that hold the truth", found, lambda row: row[1].mean())
