"""Picking from 10, 100 and 1,000 labels: every objective, and reference images.

    python benchmarks/label_study.py [--data REGEX] [--methods REGEX]
        [--labels 10 100 1000] [--seeds 3] [--jobs 2] [--quick]

Data sets: ``empiar-10017`` and ``empiar-10146`` where their folder is at hand (its
parent is ``--folder``, the environment variable ``PUSKLEARN_DATA``, or
``../shared/data``), and two simulated particles. A seed is a draw of labels.

A row per fit is added to ``docs/label_study.csv``; rows that are there are not run
again, so that a run that was stopped goes on. ``--fresh`` drops those asked for first.
At the end, ``docs/label_study.md`` and its plots are written, and ``--report`` does
that alone. ``--quick`` trains for 5 updates on simulated data, in less than two
minutes, and prints the page; it writes files to ``--out`` alone, if that is given.
"""

import argparse
import os
import re
import sys
import time
import warnings
from pathlib import Path

from resumable import DOCS, data_folder, drop_rows, read_rows, run_all
from study_data import DATA_SETS, QUICK_DATA, available, draw
from study_methods import METHODS, makes_a_difference, train_briefly
from study_plots import draw_plots
from study_report import write_page

from pusklearn.metrics import picking_average_precision, picking_curve

KEY = ["data", "labels", "method", "seed"]
COLUMNS = [
    *KEY,
    *("average_precision", "precision_at_50", "precision_at_70", "precision_at_90"),
    *("fit_seconds", "pick_seconds", "n_labels", "prior", "curve"),
]
# In percent; a picking curve is kept as its precision there, in per mille.
RECALLS = range(1, 101)
# The default number of labels first.
LABELS = (100, 10, 1000)
QUICK_LABELS = (10, 5)


def plan(data_sets, methods, labels, seeds, done):
    """Return what is to be run: seed after seed, so that the table fills evenly."""
    for seed in range(seeds):
        for method in methods:
            for n_labels in labels:
                for data in data_sets:
                    what = data, n_labels, method, seed
                    if key(what) not in done and makes_a_difference(*what[:3]):
                        yield what


def run(data, n_labels, method, seed, folder, quick):
    """Fit a method to a draw of labels and judge it; return a row of the table."""
    import torch

    torch.set_num_threads(1)
    train, labels, test, particles = draw(data, folder, n_labels, seed)
    picker = METHODS[method](data, seed)
    if quick:
        train_briefly(picker)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.perf_counter()
        picker.fit(train, labels)
        fitted = time.perf_counter()
        picks = picker.predict(test)
        picked = time.perf_counter()
    precision, recall, _ = picking_curve(particles, picks, data.match_radius)
    curve = [best_precision(precision, recall, at / 100) for at in RECALLS]
    return [
        *(data.name, n_labels, method, seed),
        round(picking_average_precision(particles, picks, data.match_radius), 6),
        *(round(curve[RECALLS.index(at)], 6) for at in (50, 70, 90)),
        *(round(fitted - start, 2), round(picked - fitted, 2)),
        sum(map(len, labels)),
        prior_of(picker),
        " ".join(f"{1000 * value:.0f}" for value in curve),
    ]


def prior_of(picker):
    """Return the prior that a picker took, None where it has none."""
    scorer = picker.named_steps.get("score")
    return scorer and round(scorer.classifier_.prior_, 6)


def best_precision(precision, recall, least):
    """Return the highest precision at that recall or more, 0 if out of reach."""
    return float(precision[recall >= least].max(initial=0))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=data_folder())
    parser.add_argument("--out", type=Path)
    parser.add_argument("--data", default="", help="regular expression of names")
    parser.add_argument("--methods", default="", help="regular expression of names")
    parser.add_argument("--labels", type=int, nargs="+")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--report", action="store_true", help="run nothing")
    options = parser.parse_args()
    # One thread per fit: two of them at once take less time than one after the other.
    os.environ["OMP_NUM_THREADS"] = "1"
    options.labels = options.labels or (QUICK_LABELS if options.quick else LABELS)
    if options.quick:
        options.seeds = 1
    out = options.out or (None if options.quick else DOCS)
    path = out and out / "label_study.csv"
    if out:
        out.mkdir(exist_ok=True)
    asked = list(plan(*chosen(options), options.labels, options.seeds, set()))
    if options.fresh and path:
        keys = {key(what) for what in asked}
        drop_rows(path, COLUMNS, lambda row: row[KEY].apply(tuple, axis=1).isin(keys))
    table = read_rows(path, COLUMNS)
    if not options.report:
        done = set(table[KEY].itertuples(index=False, name=None))
        todo = [
            (*what, options.folder, options.quick)
            for what in asked
            if key(what) not in done
        ]
        rows = run_all(run, todo, COLUMNS, len(KEY), options.jobs, path)
        table = rows if path is None else read_rows(path, COLUMNS)
    if out is None:
        print("Quick: networks are trained for 5 updates only.\n")
        write_page(table, sys.stdout)
        return
    with (out / "label_study.md").open("w") as file:
        write_page(table, file)
    draw_plots(table, out)


def chosen(options):
    """Return the data sets and the methods asked for."""
    names = [name for name in METHODS if re.search(options.methods, name)]
    data_sets = QUICK_DATA
    if not options.quick:
        data_sets = [DATA_SETS[name] for name in available(options.folder)]
    return [d for d in data_sets if re.search(options.data, d.name)], names


def key(what):
    """Return what tells an entry of the plan from others in the table."""
    data, *rest = what
    return data.name, *rest


if __name__ == "__main__":
    main()
