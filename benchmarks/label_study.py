"""Picking from 10, 100 and 1,000 labels: every objective, and reference images.

A run is a fit of a method to a draw of labels of a data set; see ``README.md``.
"""

import re
import warnings
from functools import partial
from pathlib import Path

import picking_data as picking
import torch
from label_study_methods import METHODS, is_worth_a_run, new_picker
from label_study_plots import draw_plots
from label_study_report import page_values
from pages import write_page
from picking_data import DATA_SETS, QUICK_DATA
from resumable import DATA, carry_out, study_parser

COLUMNS = [
    *("data", "labels", "method", "seed"),
    *("average_precision", "precision_at_50", "precision_at_70", "precision_at_90"),
    *("fit_seconds", "pick_seconds", "n_labels", "prior", "curve"),
]


def run(name, n_labels, method, seed, folder, quick):
    """Fit a method to a draw of labels and judge it; return a row of the table."""
    torch.set_num_threads(1)
    data = picking.find_data_set(name, quick)
    train, labels, test, particles = picking.draw(data, folder, n_labels, seed)
    picker = new_picker(method, data, seed)
    if quick:
        picking.train_briefly(picker, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picks, seconds = picking.fit_and_pick(picker, train, labels, test)
    recalls = [percent / 100 for percent in range(1, 101)]
    score, curve = picking.judge(particles, picks, data.match_radius, recalls)
    scorer = picker.named_steps.get("score")  # reference images have none
    return [
        *(name, n_labels, method, seed),
        *(round(value, 6) for value in (score, curve[49], curve[69], curve[89])),
        *(round(value, 2) for value in seconds),
        sum(map(len, labels)),
        scorer and round(scorer.classifier_.prior_, 6),
        " ".join(f"{1000 * precision:.0f}" for precision in curve),
    ]


def report(table, conditions, folder):
    """Write the page and its plots."""
    write_page(folder / "label_study.md", conditions=conditions, **page_values(table))
    draw_plots(table, folder)


def main(argv=None):
    parser = study_parser(__doc__, jobs=2)
    parser.add_argument("--folder", type=Path, default=DATA)
    parser.add_argument("--data", default="", help="regular expression of names")
    parser.add_argument("--labels", type=int, nargs="+", help="numbers of labels")
    options = parser.parse_args(argv)
    data_sets = [
        data for data in DATA_SETS if picking.is_available(data, options.folder)
    ]
    counts, seeds = (100, 10, 1000), options.seeds
    if options.quick:
        data_sets, counts, seeds = QUICK_DATA, (10, 5), 1
    # Seed after seed, so that the table fills evenly.
    plan = [
        (data.name, n_labels, method, seed)
        for seed in range(seeds)
        for method in METHODS
        for n_labels in options.labels or counts
        for data in data_sets
        if re.search(options.data, data.name)
        and re.search(options.methods, method)
        and is_worth_a_run(data, n_labels, method)
    ]
    run_one = partial(run, folder=options.folder, quick=options.quick)
    carry_out("label_study", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
