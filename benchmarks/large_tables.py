"""What a large table costs: time and memory against the number of rows."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from sklearn.base import clone
from watched import resident, watched

from pusklearn import PUClassifier

TABLE_COLUMNS = [
    *("rows", "file_mb", "fit_s", "fit_mb", "predict_s", "predict_mb"),
    *("estimate_s", "estimate_mb"),
]
N_FEATURES = 100


def tables(quick):
    """Measure a fit, predictions and the estimate of the prior on memory maps.

    Each number of rows has a process of its own.
    """
    for n in (2000,) if quick else (10_000, 100_000, 300_000, 1_000_000):
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            run = map if quick else pool.map
            yield from run(learn_and_predict, [n], [quick])


def learn_and_predict(n, quick):
    """Learn from n rows and predict them; return a row of the table."""
    classifier = PUClassifier(prior=0.3, random_state=0)
    if quick:
        classifier.set_params(max_epochs=1, steps_per_epoch=2)
    with TemporaryDirectory() as folder:
        y = write_table(Path(folder) / "table.npy", n)
        X = np.load(Path(folder) / "table.npy", mmap_mode="r")
        # So that nothing is loaded while we watch.
        few = np.concatenate([np.flatnonzero(y)[:20], np.flatnonzero(y == 0)[:80]])
        clone(classifier).fit(X[few], y[few]).predict_proba(X[:10])
        row = [n, X.nbytes / 1e6]
        estimating = clone(classifier).set_params(prior="estimate")
        for work in (
            lambda: classifier.fit(X, y),
            lambda: classifier.predict_proba(X),
            lambda: estimating.fit(X, y),
        ):
            start = resident()
            _, _, cpu, peak = watched(work)
            row += [cpu, 1e3 * (peak - start)]
    return row


def write_table(path, n):
    """Write n rows, 30 % of them positives; return the labels of a tenth of these."""
    rng = np.random.default_rng(0)
    is_positive = rng.random(n) < 0.3
    X = np.lib.format.open_memmap(path, "w+", np.float32, (n, N_FEATURES))
    for start in range(0, n, 10_000):
        rows = slice(start, start + 10_000)
        noise = rng.standard_normal(X[rows].shape, np.float32)
        X[rows] = noise + 0.3 * is_positive[rows, None]
    X.flush()
    return (is_positive & (rng.random(n) < 0.1)).astype(int)
