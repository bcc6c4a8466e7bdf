"""Picking from no label to 1,000: every objective, and peers without one.

A run is a fit of a method to a draw of labels of a data set; see ``README.md``.
"""

import re
import warnings
from functools import partial

import picking_data as picking
import torch
from label_study_methods import METHODS, is_worth_a_run, new_picker
from label_study_report import report
from picking_data import DATA_SETS, QUICK_DATA
from resumable import DATA, FOLDER, NAMES, NUMBER, STUDY_OPTIONS, carry_out, parse

COLUMNS = [
    *("data", "labels", "method", "seed"),
    *("average_precision", "precision_at_50", "precision_at_70", "precision_at_90"),
    *("fit_seconds", "pick_seconds", "n_labels", "prior"),
]
OPTIONS = STUDY_OPTIONS | {
    "--folder": FOLDER | {"default": DATA},
    "--data": NAMES,
    "--jobs": NUMBER | {"default": 2, "help": "fits at a time"},
    "--labels": NUMBER | {"nargs": "+", "help": "numbers of labels"},
}


def run(name, n_labels, method, seed, folder, quick):
    """Fit a method to a draw of labels and judge it; return a row of the table."""
    torch.set_num_threads(1)
    data = picking.find_data_set(name, quick)
    train, labels, test, particles = picking.draw(data, folder, n_labels, seed)
    picker = new_picker(method, data, seed)
    if quick and n_labels:
        picking.train_briefly(picker, 5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if n_labels:
            picks, seconds = picking.fit_and_pick(picker, train, labels, test)
        else:
            picks, seconds = picking.pick(picker, test)
    scores = picking.judge(particles, picks, data.match_radius, (0.5, 0.7, 0.9))
    # Reference images have no such step, and no label tells no prior.
    scorer = picker.named_steps.get("score") if n_labels else None
    return [
        *(name, n_labels, method, seed),
        *(round(score, 6) for score in scores),
        *(round(value, 2) for value in seconds),
        sum(map(len, labels)),
        scorer and round(scorer.classifier_.prior_, 6),
    ]


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    data_sets, counts, seeds = DATA_SETS, (100, 10, 1000, 3, 0), options.seeds
    if options.quick:
        data_sets, counts, seeds = QUICK_DATA, (10, 5, 0), 1
    # Seed after seed, so that the table fills evenly.
    plan = [
        (data.name, n_labels, method, seed)
        for seed in range(seeds)
        for method in METHODS
        for n_labels in options.labels or counts
        for data in data_sets
        if re.search(options.data, data.name)
        and re.search(options.methods, method)
        and data.is_available(options.folder)
        and (n_labels or seed == 0)  # without labels, nothing is drawn
        and is_worth_a_run(data, n_labels, method)
    ]
    run_one = partial(run, folder=options.folder, quick=options.quick)
    carry_out("label_study", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
