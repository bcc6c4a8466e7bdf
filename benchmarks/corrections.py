"""Rounds of corrections against random clicks: average precision, printed.

Both ways begin with the same few random clicks. One adds as many random clicks as the
other one corrects picks: in each round, a script that knows the particles says of the
picks that `suggest_picks` names whether they are particles, and the picker is fitted
again with all that is known. With ``--missed N``, N of each round are particles that
no pick has found instead. See ``README.md`` for the data.
"""

import re
import time
import warnings
from functools import partial

import numpy as np
import pandas as pd
import picking_data as picking
import torch
from joblib import Parallel, delayed
from label_study_methods import DEFAULT, new_picker
from resumable import DATA, FLAG, FOLDER, NAMES, NUMBER, parse

from pusklearn import suggest_picks
from pusklearn.metrics import match_coordinates

OPTIONS = {
    "--folder": FOLDER | {"default": DATA},
    "--data": NAMES,
    "--draws": NUMBER | {"default": 2, "help": "number of draws of the first clicks"},
    "--first": NUMBER | {"default": 0, "help": "the first draw"},
    "--clicks": NUMBER | {"default": 10, "help": "clicks that both ways begin with"},
    "--rounds": NUMBER | {"default": 5, "help": "rounds of corrections"},
    "--per-round": NUMBER | {"default": 10, "help": "corrections of each round"},
    "--missed": NUMBER | {"default": 0, "help": "missed particles of each round"},
    "--without-rejected": FLAG | {"help": "learn nothing from wrong picks"},
    "--updates": NUMBER | {"help": "instead of the default number"},
    "--jobs": NUMBER | {"default": 1, "help": "fits at a time"},
    "--quick": FLAG | {"help": "measure something small"},
}
COLUMNS = ["data", "way", "draw", "labels", "rejected", "ap", "seconds"]
RANDOM, CORRECTED = "random clicks", "corrections"
EMPTY = np.empty((0, 2))


def run(name, way, seed, options):
    """Return a row for each fit of one way: what was known, and how good it is."""
    torch.set_num_threads(1)
    data = picking.find_data_set(name, options.quick)
    train, labels, test, particles = picking.draw(
        data, options.folder, options.clicks, seed
    )
    fit = partial(fitted, data, train, seed=seed, options=options)
    judge = partial(judged, data, test, particles)
    n_more = options.rounds * options.per_round
    rows = []

    def add(picker, labels, rejected, start):
        counts = sum(map(len, labels)), sum(map(len, rejected))
        seconds = round(time.perf_counter() - start, 1)
        row = [name, way, seed, *counts, judge(picker), seconds]
        print(*row[:5], f"{row[5]:.4f}", row[6], sep="\t", flush=True)
        rows.append(row)

    start = time.perf_counter()
    if way == RANDOM:
        n_labels = options.clicks + n_more
        _, labels, _, _ = picking.draw(data, options.folder, n_labels, seed)
        add(fit(labels, is_last=True), labels, [], start)
        return rows
    rejected = [EMPTY] * len(train)
    picker = fit(labels)
    add(picker, labels, rejected, start)
    truth = picking.read(data, options.folder)[1][: data.n_train]
    for number in range(options.rounds):
        start = time.perf_counter()
        labels, rejected = corrected(
            picker, data, train, truth, labels, rejected, seed + number, options
        )
        learnt = [] if options.without_rejected else rejected
        picker = fit(labels, learnt, is_last=number == options.rounds - 1)
        add(picker, labels, rejected, start)
    return rows


def fitted(data, train, labels, rejected=(), *, seed, options, is_last=False):
    """Return a picker that has learnt from labels and known negatives.

    It is calibrated if it is to suggest picks. Average precision does not depend on it.
    """
    picker = new_picker(DEFAULT, data, seed).set_params(score__calibrate=not is_last)
    updates = 5 if options.quick else options.updates
    if updates:
        picking.train_briefly(picker, updates)
    negatives = {"score__rejected": list(rejected)} if any(map(len, rejected)) else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return picker.fit(train, labels, **negatives)


def judged(data, test, particles, picker):
    """Return the average precision on micrographs that were not learnt from."""
    return picking.judge(particles, picker.predict(test), data.match_radius)[0]


def corrected(picker, data, train, truth, labels, rejected, seed, options):
    """Return the labels and the known negatives after a round of corrections."""
    known = [np.concatenate(pair) for pair in zip(labels, rejected, strict=True)]
    n_suggested = options.per_round - options.missed
    suggested = [EMPTY] * len(train)
    if n_suggested:
        suggested = suggest_picks(picker, train, n_suggested, known=known)
    missed = missed_particles(picker, data, train, truth, known, seed, options.missed)
    new_labels, new_rejected = [], []
    for row, picks in enumerate(suggested):
        is_right, _ = match_coordinates(truth[row], picks[:, :2], data.match_radius)
        right, wrong = picks[is_right, :2], picks[~is_right, :2]
        new_labels.append(np.concatenate([labels[row], right, missed[row]]))
        new_rejected.append(np.concatenate([rejected[row], wrong]))
    return new_labels, new_rejected


def missed_particles(picker, data, train, truth, known, seed, n_wanted):
    """Draw particles that are neither known nor found by a pick."""
    if not n_wanted:
        return [EMPTY] * len(train)
    picker.set_params(extract__threshold="prior")
    left = []
    for points, picks, clicks in zip(truth, picker.predict(train), known, strict=True):
        found = np.concatenate([picks[:, :2], clicks])
        distance = np.linalg.norm(points[:, None] - found[None], axis=2)
        is_missed = distance.min(axis=1, initial=np.inf) >= data.match_radius
        left.append(points[is_missed])
    picker.set_params(extract__threshold=None)
    return picking.draw_labels(left, n_wanted, seed)


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    data_sets = picking.DATA_SETS
    if options.quick:
        data_sets = picking.QUICK_DATA
        options.clicks, options.rounds, options.per_round = 3, 2, 3
    plan = [
        (data.name, way, seed)
        for seed in range(options.first, options.first + options.draws)
        for data in data_sets
        for way in (RANDOM, CORRECTED)
        if re.search(options.data, data.name) and data.is_available(options.folder)
    ]
    calls = (delayed(run)(*names, options) for names in plan)
    print(*COLUMNS, sep="\t", flush=True)
    rows = [row for some in Parallel(options.jobs)(calls) for row in some]
    print(f"\n{summary(pd.DataFrame(rows, columns=COLUMNS))}")


def summary(table):
    """Return a table of the means over draws, as Markdown."""
    lines = [
        "| data set | first clicks | random clicks | corrections | difference | labels "
        "and rejected in the end |",
        "| --- " * 6 + "|",
    ]
    for name, rows in table.groupby("data"):
        ends = rows.groupby(["way", "draw"]).last().loc[CORRECTED]
        first = rows[rows["way"] == CORRECTED].groupby("draw")["ap"].first().mean()
        random = rows.loc[rows["way"] == RANDOM, "ap"].mean()
        end = ends["ap"].mean()
        counts = f"{ends['labels'].mean():.0f} and {ends['rejected'].mean():.0f}"
        lines.append(
            f"| {name} | {first:.3f} | {random:.3f} | {end:.3f} | {end - random:+.3f} "
            f"| {counts} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
