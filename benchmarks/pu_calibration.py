"""Brier score and log-loss of each method of `PUCalibratedClassifier`, printed.

A run is a data set, a number of labels, a classifier and a draw. Each method of
calibration gets the same classifier; "none" is the classifier as it is. See
``README.md`` for the data.
"""

import re
import warnings

import numpy as np
import pandas as pd
from pu_data import split
from resumable import DATA, FLAG, FOLDER, NAMES, NUMBER, parse
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss

from pusklearn import PUCalibratedClassifier, PUClassifier
from pusklearn.datasets import make_pu

WITH_SKLEARN = ["digits", "breast cancer"]  # these need no folder of data
DATA_SETS = [*WITH_SKLEARN, "page-blocks", "spambase", "MNIST-5k"]
LABELS = [3, 10, 20, 43, 100, 200, 500, 1000, 2000]
METHODS = ["none", "isotonic", "sigmoid", "beta", "average", "auto"]
OPTIONS = {
    "--data": FOLDER | {"default": DATA / "pu"},
    "--methods": NAMES | {"help": "regular expression of classifiers"},
    "--seeds": NUMBER | {"default": 2, "help": "number of draws"},
    "--quick": FLAG | {"help": "measure something small"},
}


def classifiers(prior, seed):
    """Return the classifiers by their names."""
    return {
        "logistic": LogisticRegression(max_iter=300),
        "forest": RandomForestClassifier(40, min_samples_leaf=3, random_state=seed),
        "boosting": HistGradientBoostingClassifier(max_iter=20, random_state=seed),
        "short network": PUClassifier(
            prior=prior, max_epochs=2, steps_per_epoch=100, random_state=seed
        ),
    }


def run(data, name, n_labeled, seed, folder):
    """Return a row for each method: its Brier score and log-loss on true labels."""
    X, y, X_test, y_test = split(data, folder, seed)
    if n_labeled > 0.8 * y.sum():
        return []
    X, y_pu, _ = make_pu(X, y, n_labeled=n_labeled, random_state=seed)
    prior = float(y.mean())
    classifier = classifiers(prior, seed)[name]
    rows = []
    for method in METHODS:
        if method == "none":
            model = classifier
        else:
            model = PUCalibratedClassifier(
                classifier, method=method, prior=prior, random_state=seed
            )
        probability = model.fit(X, y_pu).predict_proba(X_test)[:, 1]
        # A wrong probability of 0 or 1 would decide the mean alone.
        clipped = np.clip(probability, 1e-6, 1 - 1e-6)
        scores = brier_score_loss(y_test, probability), log_loss(y_test, clipped)
        rows.append([data, name, n_labeled, seed, method, *scores])
    return rows


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    warnings.simplefilter("ignore")
    data_sets = DATA_SETS if options.data.exists() else WITH_SKLEARN
    labels = LABELS
    if options.quick:
        data_sets, labels, options.seeds = ["breast cancer"], [20, 60], 1
        options.methods = options.methods or "logistic"
    rows = [
        row
        for data in data_sets
        for name in classifiers(0.5, 0)
        for n_labeled in labels
        for seed in range(options.seeds)
        if re.search(options.methods, name)
        for row in run(data, name, n_labeled, seed, options.data)
    ]
    columns = ["data", "classifier", "labels", "seed", "method", "Brier", "log-loss"]
    table = pd.DataFrame(rows, columns=columns)
    for score in columns[-2:]:
        for index in ("labels", ["classifier", "labels"]):
            means = table.pivot_table(index=index, columns="method", values=score)
            print(f"\n{score}\n{means[METHODS].round(3).to_string()}")


if __name__ == "__main__":
    main()
