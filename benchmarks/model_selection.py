"""How good the candidate is that a scorer selects from PU data alone.

A run is a candidate, scored by every scorer on held-out PU labels, and judged on true
labels; see ``README.md``.
"""

import re
import warnings
from functools import partial

import numpy as np
import pandas as pd
import torch
from labels_not_at_random import read
from pages import write_page
from resumable import DATA, FOLDER, STUDY_OPTIONS, carry_out, parse
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import train_test_split

from pusklearn import PUClassifier
from pusklearn.datasets import make_pu
from pusklearn.metrics import pu_scorer
from pusklearn.modules import MLP

TASKS = ["breast cancer", "page-blocks", "simulated"]
WITHOUT_FOLDER = ["breast cancer", "simulated"]
MODULES = {"linear": MLP(()), "one layer": MLP((50,)), "two layers": MLP((100, 100))}
CANDIDATES = [
    f"{criterion}, {module}, {n_epochs} epochs"
    for criterion in ("ge-binomial", "nnpu", "upu")
    for module in MODULES
    for n_epochs in (1, 5)
]
SCORERS = (
    *("accuracy", "f1", "average_precision", "roc_auc", "proxy_roc_auc"),
    *("lee_liu", "neg_log_loss", "neg_brier_score"),
)
TRUTH = {"test accuracy": "accuracy", "test F1": "F1", "test AUC": "ROC AUC"}
COLUMNS = ["data", "candidate", "seed", *SCORERS, "accuracy on PU labels", *TRUTH]
OPTIONS = STUDY_OPTIONS | {"--data": FOLDER | {"default": DATA / "pu"}}
# Learning from a half of the samples, and scoring on the other, stands for folds.
HELD_OUT = 0.5


def run(data, candidate, seed, folder, quick):
    """Fit a candidate; return its scores, and what true labels say."""
    torch.set_num_threads(1)
    X, y, X_test, y_test = read(data, folder, seed)
    X, y_pu, y = make_pu(X, y, label_frequency=0.3, random_state=seed)
    X, X_held_out, y_pu, labels = train_test_split(
        X, y_pu, test_size=HELD_OUT, stratify=y_pu, random_state=seed
    )
    criterion, module, epochs = candidate.split(", ")
    classifier = PUClassifier(
        MODULES[module],
        criterion,
        prior=y.mean(),
        max_epochs=1 if quick else int(epochs.split()[0]),
        random_state=seed,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        classifier.fit(X, y_pu)
    scores = [
        pu_scorer(name, prior=y.mean())(classifier, X_held_out, labels)
        for name in SCORERS
    ]
    found = classifier.predict(X_test)
    values = (
        *scores,
        classifier.score(X_held_out, labels),
        np.mean(found == y_test),
        f1_score(y_test, found),
        roc_auc_score(y_test, classifier.decision_function(X_test)),
    )
    return [data, candidate, seed, *(round(float(value), 6) for value in values)]


def losses(table):
    """Return how much worse than the best candidate the selected one is, on average."""
    rows = {}
    draws = list(table.groupby(["data", "seed"]))
    for scorer in (*SCORERS, "accuracy on PU labels"):
        rows[scorer] = {
            words: np.mean(
                [
                    part[goal].max() - part.loc[part[scorer].idxmax(), goal]
                    for _, part in draws
                ]
            )
            for goal, words in TRUTH.items()
        }
    rows["a candidate at random"] = {
        words: np.mean([part[goal].max() - part[goal].mean() for _, part in draws])
        for goal, words in TRUTH.items()
    }
    return pd.DataFrame(rows).T.map("{:.3f}".format)


def report(table, conditions, folder):
    """Write the page."""
    by_data = {data: losses(part) for data, part in table.groupby("data", sort=False)}
    write_page(
        folder / "model_selection.md",
        is_complete=set(TASKS) <= set(table.data),
        overall=losses(table),
        by_data=by_data,
        n_candidates=table.candidate.nunique(),
        n_draws=table.seed.nunique(),
    )


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    tasks = TASKS if options.data.exists() else WITHOUT_FOLDER
    if options.quick:
        tasks, options.seeds = ["breast cancer"], 1
    plan = [
        (data, candidate, seed)
        for seed in range(options.seeds)
        for data in tasks
        for candidate in CANDIDATES
        if re.search(options.methods, candidate)
    ]
    run_one = partial(run, folder=options.data, quick=options.quick)
    carry_out("model_selection", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
