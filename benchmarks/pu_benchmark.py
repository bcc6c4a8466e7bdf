"""Accuracy of every criterion, and of other libraries, on PU data with known truth.

A run is a fit of a method to a draw of a task; see ``README.md``.
"""

import re
import time
import warnings
from functools import partial

import numpy as np
import pu_methods
import torch
from pu_data import QUICK, TASKS, Task
from pu_methods import CEILING, METHODS, OURS, PEERS, TOO_SLOW
from pu_report import report
from resumable import DATA, FOLDER, NAMES, STUDY_OPTIONS, carry_out, parse
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from pusklearn import PUClassifier

COLUMNS = [
    *("data", "scheme", "labels", "method", "seed"),
    *("accuracy", "f1", "roc_auc", "prior", "seconds", "error"),
]
OPTIONS = STUDY_OPTIONS | {
    "--data": FOLDER | {"default": DATA / "pu"},
    "--tasks": NAMES,
}


def run(data, scheme, labels, method, seed, folder, quick):
    """Fit a method to a draw of labels and judge it; return a row of the table."""
    torch.set_num_threads(1)
    names = [data, scheme, labels, method, seed]
    draw, y_true, X_test, y_test = Task(data, scheme, labels).draw(folder, seed)
    # The time of the processor: other work on the machine makes the clock run longer.
    start = time.process_time()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            classifier = pu_methods.new_classifier(method, draw)
            if quick and isinstance(classifier, PUClassifier):
                classifier.set_params(max_epochs=1, steps_per_epoch=20)
            classifier.fit(draw.X, y_true if method == CEILING else draw.y_pu)
            seconds = time.process_time() - start
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
    return [*names, *(round(value, 6) for value in values), round(seconds, 3), ""]


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
    matching = [name for name in METHODS if re.search(names, name)]
    methods = {"OURS": OURS, "PEERS": PEERS}.get(names, matching)
    return filter(pu_methods.is_installed, methods)


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    tasks = [task for task in TASKS if task.is_available(options.data)]
    if options.quick:
        tasks, options.seeds = QUICK, 1
    # Seed after seed, so that the table fills evenly.
    plan = [
        (task.data, task.scheme, task.labels, method, seed)
        for seed in range(options.seeds)
        for task in tasks
        for method in choose(options.methods)
        if re.search(options.tasks, task.name) and (method, task.data) not in TOO_SLOW
    ]
    run_one = partial(run, folder=options.data, quick=options.quick)
    carry_out("pu_benchmark", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
