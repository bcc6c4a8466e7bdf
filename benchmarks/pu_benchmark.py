"""Accuracy of every criterion, and of other libraries, on PU data with known truth.

    python benchmarks/pu_benchmark.py [--data DATA] [--methods REGEX] [--tasks REGEX]
        [--seeds 3] [--jobs 1] [--quick]

DATA holds ``mnist_t10k.npz``, ``mnist_train5k.npz``, ``spambase.data.txt``,
``agaricus-lepiota.data`` and ``page-blocks.data``. Without them, only the data sets of
scikit-learn are used. ``pip install ".[benchmark]"`` adds pulearn and PU-Toolbox.

A row per fit is added to ``pu_benchmark.csv`` in ``--out``, by default ``docs``. Rows
that are there are not run again, so that a run that was stopped goes on; ``--fresh``
drops those asked for first. ``--methods`` is OURS, PEERS or a regular expression of
names, ``--tasks`` one of titles such as "MNIST, case-control, 500 labels"; after a
change of ours, ``--fresh --methods OURS`` runs our rows alone. At the end, the page and
its plot are written, and ``--report`` does that alone. ``--quick`` runs one seed of 200
updates of our methods on two data sets of scikit-learn; without ``--out`` it prints the
page and leaves no file.
"""

import re
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
from pu_data import QUICK_TASKS, TASKS, Task
from pu_methods import CEILING, INSTALLED_PEERS, OURS, PEERS, TOO_SLOW, new_classifier
from pu_plot import draw_plot
from pu_report import METRICS, page
from resumable import carry_out, data_folder, study_parser
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from pusklearn import PUClassifier

COLUMNS = [
    *("data", "scheme", "labels", "method", "seed"),
    *(*METRICS, "prior", "seconds", "error"),
]


def plan(tasks, methods, seeds):
    """Return the names of each run, seed after seed: the table fills evenly."""
    return [
        (task.data, task.scheme, task.labels, method, seed)
        for seed in range(seeds)
        for task in tasks
        for method in methods
        if (method, task.data) not in TOO_SLOW
    ]


def run(data, scheme, labels, method, seed, folder, quick):
    """Fit a method to a draw of labels and judge it; return a row of the table."""
    import torch

    torch.set_num_threads(1)
    names = [data, scheme, labels, method, seed]
    draw, y_true, X_test, y_test = Task(data, scheme, labels).draw(folder, seed)
    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            classifier = new_classifier(method, draw)
            if quick and isinstance(classifier, PUClassifier):
                classifier.set_params(max_epochs=2)
            classifier.fit(draw.X, y_true if method == CEILING else draw.y_pu)
            seconds = time.perf_counter() - start
            predicted, scores = judge(classifier, X_test)
    except Exception as error:
        if method not in PEERS:
            raise
        reason = str(error).splitlines()[0]
        return [*names, *[np.nan] * 5, f"{type(error).__name__}: {reason}"]
    values = (
        accuracy_score(y_test, predicted),
        f1_score(y_test, predicted),
        roc_auc_score(y_test, scores),
        getattr(classifier, "prior_", draw.prior),
    )
    return [*names, *(round(value, 6) for value in values), round(seconds, 2), ""]


def judge(classifier, X):
    """Return which samples are predicted positive, and their scores.

    Labels differ between libraries; the positive is the greater one in all of them.
    """
    predicted = np.asarray(classifier.predict(X)) > 0
    if hasattr(classifier, "decision_function"):
        return predicted, np.ravel(classifier.decision_function(X))
    scores = np.asarray(classifier.predict_proba(X))
    return predicted, scores[:, -1] if scores.ndim == 2 else scores


def choose(names):
    """Return the names of the methods asked for."""
    groups = {"OURS": OURS, "PEERS": INSTALLED_PEERS}
    if names in groups:
        return groups[names]
    return [name for name in (*OURS, *INSTALLED_PEERS) if re.search(names, name)]


def report(table, conditions, folder):
    """Write the page and its plot."""
    (folder / "pu_benchmark.md").write_text(page(table, conditions))
    draw_plot(table, folder / "pu_benchmark.png")


def main(argv=None):
    parser = study_parser(__doc__, jobs=1)
    parser.add_argument("--data", type=Path, default=data_folder() / "pu")
    parser.add_argument("--tasks", default="", help="regular expression of names")
    options = parser.parse_args(argv)
    has_files = (options.data / "mnist_t10k.npz").exists()
    tasks = [task for task in TASKS if has_files or not task.needs_files]
    methods, seeds = choose(options.methods), options.seeds
    if options.quick:
        tasks, seeds = QUICK_TASKS, 1
        methods = [name for name in methods if name in OURS]
    tasks = [task for task in tasks if re.search(options.tasks, task.name)]
    run_one = partial(run, folder=options.data, quick=options.quick)
    planned = plan(tasks, methods, seeds)
    carry_out("pu_benchmark", COLUMNS, planned, run_one, report, options)


if __name__ == "__main__":
    main()
