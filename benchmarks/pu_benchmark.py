"""Accuracy of every criterion, and of other libraries, on PU data with known truth.

    python benchmarks/pu_benchmark.py [--data DATA] [--seeds 3] [--jobs 1] [--quick]

DATA holds ``mnist_t10k.npz``, ``mnist_train5k.npz``, ``spambase.data.txt``,
``agaricus-lepiota.data`` and ``page-blocks.data``. Without them, the data sets of
scikit-learn are used alone. ``pip install ".[benchmark]"`` adds pulearn and PU-Toolbox.

A row per fit is added to ``docs/pu_benchmark.csv``; rows that are there are not run
again, so that a run that was stopped goes on. ``--fresh`` drops them first; after a
change of ours, ``--fresh --methods OURS`` drops and runs our rows alone
(``--methods`` is OURS, PEERS or a regular expression of names, ``--tasks`` one of
titles such as "MNIST, case-control, 500 labels"). Seeds beyond the first 3 sharpen the
goals alone. At the end, ``docs/pu_benchmark.md`` and ``docs/pu_benchmark.png`` are
written. ``--quick`` runs one seed of 200 updates on the data sets of scikit-learn, in
less than a minute, prints the page and writes no file.
"""

import argparse
import os
import re
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pu_data import QUICK_TASKS, TASKS
from pu_methods import ORACLE, OURS, PEER_NAMES, TOO_SLOW, all_methods
from pu_plot import draw_plot
from pu_report import COLUMNS, write_page
from resumable import DOCS, data_folder, drop_rows, read_rows, run_all
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from pusklearn import PUClassifier

KEY = ["data", "scheme", "labels", "method", "seed"]


@dataclass
class Draw:
    """What a method is made for, and learns from."""

    X: np.ndarray
    y_pu: np.ndarray
    prior: float
    scheme: str
    seed: int

    @property
    def unlabeled_prior(self):
        """Share of positives among the unlabeled samples."""
        labeled = self.y_pu.mean() if self.scheme == "single" else 0
        return (self.prior - labeled) / (1 - labeled)


def plan(tasks, seeds, methods, done):
    """Return what is to be run: seed after seed, so that the table fills evenly."""
    for seed in range(seeds):
        for task in tasks:
            for method in methods:
                key = (task.data, task.scheme, task.labels, method, seed)
                if key not in done and (method, task.data) not in TOO_SLOW:
                    yield task, method, seed


def run(task, method, seed, folder, quick=False):
    """Fit a method to a draw of labels and judge it; return a row of the table."""
    import torch

    torch.set_num_threads(1)
    X, y_pu, y_true, prior, X_test, y_test = task.draw(folder, seed)
    draw = Draw(X, y_pu, prior, task.scheme, seed)
    row = [task.data, task.scheme, task.labels, method, seed]
    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            classifier = all_methods()[method](draw)
            if quick and isinstance(classifier, PUClassifier):
                classifier.set_params(max_epochs=2)
            classifier.fit(X, y_true if method == ORACLE else y_pu)
            seconds = time.perf_counter() - start
            predicted, scores = judge(classifier, X_test)
    except Exception as error:
        if method not in PEER_NAMES:
            raise
        reason = str(error).splitlines()[0]
        return [*row, *[np.nan] * 5, f"{type(error).__name__}: {reason}"]
    prior_found = getattr(classifier, "prior_", prior)
    return [
        *row,
        round(accuracy_score(y_test, predicted), 6),
        round(f1_score(y_test, predicted), 6),
        round(roc_auc_score(y_test, scores), 6),
        round(prior_found, 6),
        round(seconds, 2),
        "",
    ]


def judge(classifier, X):
    """Return which samples are predicted positive, and their scores.

    Labels differ between libraries; the positive is the greater one in all of them.
    """
    predicted = np.asarray(classifier.predict(X)) > 0
    if hasattr(classifier, "decision_function"):
        return predicted, np.ravel(classifier.decision_function(X))
    scores = np.asarray(classifier.predict_proba(X))
    return predicted, scores[:, -1] if scores.ndim == 2 else scores


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=data_folder() / "pu")
    parser.add_argument("--out", type=Path, default=DOCS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--methods", default="")
    parser.add_argument("--tasks", default="", help="regular expression of names")
    parser.add_argument("--report", action="store_true", help="run nothing")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if options.quick:
        todo = plan(QUICK_TASKS[::3], 1, list(OURS), set())
        todo = [(*what, options.data, True) for what in todo]
        table = run_all(run, todo, COLUMNS, len(KEY), options.jobs)
        print("Quick: networks are trained for 200 updates only.\n")
        write_page(table, sys.stdout)
        return
    path = options.out / "pu_benchmark.csv"
    methods = choose(options.methods)
    has_files = (options.data / "mnist_t10k.npz").exists()
    tasks = [
        task
        for task in TASKS
        if re.search(options.tasks, task.name) and (has_files or not task.needs_files)
    ]
    if options.fresh:
        drop(path, tasks, methods)
    table = read_rows(path, COLUMNS, error=str)
    if not options.report:
        done = set(table[KEY].itertuples(index=False, name=None))
        todo = plan(tasks, options.seeds, methods, done)
        todo = [(*what, options.data) for what in todo]
        run_all(run, todo, COLUMNS, len(KEY), options.jobs, path)
        table = read_rows(path, COLUMNS, error=str)
    with (options.out / "pu_benchmark.md").open("w") as file:
        write_page(table, file)
    draw_plot(table, options.out / "pu_benchmark.png")


def drop(path, tasks, methods):
    """Take the rows of tasks and methods out of the file."""
    asked = {(task.data, task.scheme, task.labels) for task in tasks}

    def is_asked(table):
        named = table[KEY[:3]].apply(tuple, axis=1).isin(asked)
        return named & table.method.isin(methods)

    drop_rows(path, COLUMNS, is_asked, error=str)


def choose(names):
    """Return the names of the methods asked for."""
    groups = {"OURS": [*OURS], "PEERS": [*PEER_NAMES]}
    return [
        name
        for name in all_methods()
        if (name in groups[names] if names in groups else re.search(names, name))
    ]


if __name__ == "__main__":
    main()
