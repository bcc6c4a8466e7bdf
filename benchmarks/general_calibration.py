"""Whether the log-odds of the general picker hold: what they promise, and what is true.

A run picks the micrographs of a task of ``general_picker_data.py``, or other simulated
ones than those that the log-odds were learnt from; see ``README.md``.
"""

import json
import re
import warnings
from functools import lru_cache, partial

import general_picker_data as data
import numpy as np
import torch
from calibrate_general import FIRST, hits_among
from general_calibration_report import OTHERS, WITHOUT_ONE, report
from general_mixture import SIZE, photograph
from resumable import DATA, FOLDER, NAMES, STUDY_OPTIONS, carry_out, parse
from scipy.special import expit

from pusklearn import general_picker

COLUMNS = [
    *("task", "diameter", "seed", "expected_precision", "precision", "picks"),
    *("expected_number", "low", "high", "number", "expected_recall", "recall", "bins"),
]
OPTIONS = STUDY_OPTIONS | {
    "--folder": FOLDER | {"default": DATA},
    "--tasks": NAMES,
}
# How many times its true diameter the picker is told.
FACTORS = (1.0, 0.9, 1.1, 0.75, 1.25)
EDGES = np.linspace(0, 1, 11)
# The curve was learnt from micrographs with smaller numbers.
N_OTHERS, FIRST_OTHER = 60, 2 * FIRST
# On this one of EMPIAR-10017, about 300 visible particles have no label.
BADLY_LABELLED = 1


def run(name, factor, seed, *, tasks, folder, quick):
    """Judge the log-odds on a task; return a row of the table."""
    torch.set_num_threads(1)
    picks, hits, n_true = picked(name, factor, tasks, folder, quick)
    scores = np.concatenate(picks)[:, 2]
    above = scores > 0
    promised = picker_for(30)["extract"].expected_quality(0.0, picks)
    numbers = [
        *(promised.precision, hits[above].mean(), promised.n_picks),
        *(promised.n_particles, *promised.n_particles_interval, n_true),
        *(promised.recall, hits[above].sum() / n_true),
    ]
    rounded = [round(float(number), 4) for number in numbers]
    return [name, factor, seed, *rounded, json.dumps(bins_of(expit(scores), hits))]


def picked(name, factor, tasks, folder, quick):
    """Return the picks of each micrograph, which are hits, and the true number."""
    picks, hits, n_true = [], [], 0
    for picker, micrograph, particles, radius in scenes(
        name, factor, tasks, folder, quick
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picks.extend(picker.predict([micrograph]))
        hits.append(hits_among(picks[-1], particles, radius))
        n_true += len(particles)
    return picks, np.concatenate(hits), n_true


def scenes(name, factor, tasks, folder, quick):
    """Give picker, micrograph, particles and match radius of what a task shows."""
    if name == OTHERS:
        for number in range(3 if quick else N_OTHERS):
            size = 192 if quick else SIZE
            scene = photograph(FIRST_OTHER + number, size, is_usual=True)
            picker = picker_for(factor * scene.diameter)
            yield picker, scene.pixels, scene.centres, 0.375 * scene.diameter
        return
    task = tasks[name.removesuffix(WITHOUT_ONE)]
    micrographs, particles, _ = data.judged(task, folder)
    picker = picker_for(factor * task.source.diameter)
    for row, pair in enumerate(zip(micrographs, particles, strict=True)):
        if not (name.endswith(WITHOUT_ONE) and row == BADLY_LABELLED):
            yield picker, *pair, task.source.match_radius


@lru_cache(maxsize=2)
def picker_for(diameter):
    return general_picker(diameter)  # its calibration is that of all diameters


def bins_of(chances, hits):
    """Return promised share, true share and number of the picks between two edges."""
    place = np.clip(np.searchsorted(EDGES, chances) - 1, 0, len(EDGES) - 2)
    parts = [place == number for number in range(len(EDGES) - 1)]
    return [
        [*(round(float(x[part].mean()), 4) for x in (chances, hits)), int(part.sum())]
        for part in parts
        if part.any()
    ]


def names_of(tasks):
    """Return the names of the tasks whose particles are all known."""
    known = [name for name, task in tasks.items() if not task.is_subset]
    names = [name for name in known if not re.search(", (first|last) ", name)]
    left_out = [name + WITHOUT_ONE for name in names if name.startswith("empiar-10017")]
    return [*names, *left_out, OTHERS]


def is_worth_a_run(name, factor, tasks, folder):
    """Tell whether the data are there, and the picker takes such a diameter."""
    if name == OTHERS:
        return factor == 1
    task = tasks[name.removesuffix(WITHOUT_ONE)]
    if factor != 1 and (task.has_contaminants or name.endswith(WITHOUT_ONE)):
        return False
    least, *_ = general_picker(18)["downsample"].spans
    return task.is_available(folder) and factor * task.source.diameter >= least


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    tasks = data.QUICK_TASKS if options.quick else data.TASKS
    plan = [
        (name, factor, 0)
        for factor in FACTORS
        for name in names_of(tasks)
        if re.search(options.tasks, name)
        and is_worth_a_run(name, factor, tasks, options.folder)
    ]
    run_one = partial(run, tasks=tasks, folder=options.folder, quick=options.quick)
    name = "general_calibration"
    carry_out(name, COLUMNS, plan, run_one, report, options, folder="guide")


if __name__ == "__main__":
    main()
