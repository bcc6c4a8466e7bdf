"""Picking from 10, 100 and 1,000 labels: every objective, and reference images.

    python benchmarks/label_study.py [--data REGEX] [--methods REGEX]
        [--labels 10 100 1000] [--seeds 3] [--jobs 2] [--quick]

The data sets are ``empiar-10017`` and ``empiar-10146``, if their folder is found below
``--folder``, the environment variable ``PUSKLEARN_DATA`` or ``../shared/data``, and two
simulated particles. A seed is a draw of labels.

A row per fit is added to ``label_study.csv`` in ``--out``, by default ``docs``. Rows
that are there are not run again, so that a run that was stopped goes on; ``--fresh``
drops those asked for first. At the end, the page and its plots are written, and
``--report`` does that alone. ``--quick`` trains for 5 updates on small simulated
micrographs; without ``--out`` it prints the page and leaves no file.
"""

import re
import warnings
from functools import partial
from pathlib import Path

from label_study_methods import METHODS, is_worth_a_run, new_picker
from label_study_plots import draw_plots
from label_study_report import page
from picking_data import (
    QUICK_DATA,
    available,
    draw,
    find_data_set,
    fit_and_pick,
    judge,
    train_briefly,
)
from resumable import carry_out, data_folder, study_parser

COLUMNS = [
    *("data", "labels", "method", "seed"),
    *("average_precision", "precision_at_50", "precision_at_70", "precision_at_90"),
    *("fit_seconds", "pick_seconds", "n_labels", "prior", "curve"),
]
# In percent; a picking curve is kept as its precision there, in per mille.
RECALLS = range(1, 101)


def plan(data_sets, methods, counts, seeds):
    """Return the names of each run, seed after seed: the table fills evenly."""
    return [
        (name, n_labels, method, seed)
        for seed in range(seeds)
        for method in methods
        for n_labels in counts
        for name in data_sets
        if is_worth_a_run(find_data_set(name), n_labels, method)
    ]


def run(name, n_labels, method, seed, folder, quick):
    """Fit a method to a draw of labels and judge it; return a row of the table."""
    import torch

    torch.set_num_threads(1)
    data = find_data_set(name, quick)
    train, labels, test, particles = draw(data, folder, n_labels, seed)
    picker = new_picker(method, data, seed)
    if quick:
        train_briefly(picker)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picks, seconds = fit_and_pick(picker, train, labels, test)
    average_precision, curve = judge(
        particles, picks, data.match_radius, [at / 100 for at in RECALLS]
    )
    scorer = picker.named_steps.get("score")  # reference images have none
    return [
        *(name, n_labels, method, seed),
        round(average_precision, 6),
        *(round(curve[RECALLS.index(at)], 6) for at in (50, 70, 90)),
        *(round(part, 2) for part in seconds),
        sum(map(len, labels)),
        scorer and round(scorer.classifier_.prior_, 6),
        " ".join(f"{1000 * precision:.0f}" for precision in curve),
    ]


def report(table, conditions, folder):
    """Write the page and its plots."""
    (folder / "label_study.md").write_text(page(table, conditions))
    draw_plots(table, folder)


def main(argv=None):
    parser = study_parser(__doc__, jobs=2)
    parser.add_argument("--folder", type=Path, default=data_folder())
    parser.add_argument("--data", default="", help="regular expression of names")
    parser.add_argument("--labels", type=int, nargs="+", help="numbers of labels")
    options = parser.parse_args(argv)
    data_sets = available(options.folder)
    counts, seeds = options.labels or (100, 10, 1000), options.seeds
    if options.quick:
        data_sets = [data.name for data in QUICK_DATA]
        counts, seeds = options.labels or (10, 5), 1
    planned = plan(
        [name for name in data_sets if re.search(options.data, name)],
        [name for name in METHODS if re.search(options.methods, name)],
        *(counts, seeds),
    )
    run_one = partial(run, folder=options.folder, quick=options.quick)
    carry_out("label_study", COLUMNS, planned, run_one, report, options)


if __name__ == "__main__":
    main()
