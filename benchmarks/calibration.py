"""Whether the probabilities of picks are right, on micrographs that were not learnt.

A run is a fit of the default picker to a draw of labels of a data set; see
``README.md``. ``--cost`` prints how many times as long a fit takes with the estimate of
the number of particles and the calibration as without.
"""

import json
import re
import time
import warnings
from functools import partial

import numpy as np
import picking_data as picking
import torch
from calibration_report import report
from picking_data import DATA_SETS, QUICK_DATA
from resumable import DATA, FLAG, FOLDER, NAMES, NUMBER, STUDY_OPTIONS, carry_out, parse
from scipy.special import expit

from pusklearn import make_picker
from pusklearn.metrics import match_coordinates, picking_average_precision

COLUMNS = [
    *("data", "labels", "seed", "average_precision"),
    *("n_particles", "n_expected", "n_low", "n_high"),
    *("precision", "expected_precision", "precision_low", "precision_high"),
    *("recall", "expected_recall", "recall_low", "recall_high"),
    *("recall_at_recall_0.9", "fdr_at_fdr_0.1", "bins", "fit_seconds"),
]
OPTIONS = STUDY_OPTIONS | {
    "--folder": FOLDER | {"default": DATA},
    "--data": NAMES,
    "--labels": NUMBER | {"nargs": "+", "help": "numbers of labels"},
    "--cost": FLAG | {"help": "measure only what the calibration costs"},
}
EDGES = np.linspace(0, 1, 11)


def run(name, n_labels, seed, folder, quick):
    """Fit the default picker to a draw of labels; return a row of the table."""
    torch.set_num_threads(1)
    data = picking.find_data_set(name, quick)
    train, labels, test, particles = picking.draw(data, folder, n_labels, seed)
    picker = new_picker(data, seed, quick)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        picker.fit(train, labels)
        seconds = time.perf_counter() - start
        peaks = list(picker.predict(test))
        judged = judge(picker["extract"], peaks, particles, data.match_radius)
    return [name, n_labels, seed, *judged, round(seconds, 2)]


def new_picker(data, seed, quick=False, **changes):
    """Return the default picker for a data set, which keeps every peak."""
    picker = make_picker(
        data.diameter, downsample=data.downsample, random_state=seed, **changes
    )
    if quick:
        picking.train_briefly(picker, 10)
        picker.set_params(score__classifier__batch_size=64)
    return picker


def judge(extractor, peaks, particles, radius):
    """Return what the calibration expects of picks, and what is true."""
    hit = np.concatenate(
        [
            match_coordinates(p, k, radius)[0]
            for p, k in zip(particles, peaks, strict=True)
        ]
    )
    score = np.concatenate(peaks)[:, 2]
    n_particles = sum(map(len, particles))
    expected = extractor.expected_quality(0.0, peaks)
    is_pick = score > 0
    recalled = hit[score > extractor.find_threshold("recall:0.9")].sum() / n_particles
    true = {
        "n_particles": n_particles,
        "precision": share(hit[is_pick]),
        "recall": hit[is_pick].sum() / n_particles,
    }
    values = [picking_average_precision(particles, peaks, radius)]
    for name, value in true.items():
        values += [value, expected[name], *expected[f"{name}_interval"]]
    values += [recalled, false_discovery_rate(extractor, score, hit)]
    return [*np.round(np.array(values, float), 5).tolist(), bins(expit(score), hit)]


def false_discovery_rate(extractor, score, hit):
    """Return the share of wrong picks by the rule "fdr:0.1"; NaN if out of reach."""
    try:
        return 1 - share(hit[score > extractor.find_threshold("fdr:0.1")])
    except ValueError:
        return np.nan


def share(flags):
    """Return the share of True; NaN without any."""
    return flags.mean() if len(flags) else np.nan


def bins(probability, hit):
    """Return number, sum of probabilities and hits in ten bins, as text."""
    place = np.clip(np.searchsorted(EDGES, probability, side="right") - 1, 0, 9)
    weights = (np.ones(len(hit)), probability, hit.astype(float))
    counted = [np.bincount(place, w, minlength=10) for w in weights]
    return json.dumps(np.round(counted, 3).tolist())


def print_cost(options):
    """Print the time of a fit with the calibration, divided by that without."""
    torch.set_num_threads(1)
    for data in QUICK_DATA if options.quick else DATA_SETS:
        is_asked = re.search(options.data, data.name)
        if not (is_asked and data.is_available(options.folder)):
            continue
        for n_labels in options.labels or (100, 10):
            train, labels, *_ = picking.draw(data, options.folder, n_labels, 0)
            count = data.particles_per_micrograph
            plain = {"calibrate": False, "particles_per_micrograph": count}
            seconds = [
                seconds_of_fit(
                    new_picker(data, 0, options.quick, **changes), train, labels
                )
                for changes in (plain, {})
            ]
            ratio = seconds[1] / seconds[0]
            print(
                f"{data.name}, {n_labels} labels: {seconds[0]:.1f} s without, "
                f"{seconds[1]:.1f} s with, {ratio:.2f} times"
            )


def seconds_of_fit(picker, micrographs, labels):
    """Return how long a picker learns."""
    start = time.perf_counter()
    picker.fit(micrographs, labels)
    return time.perf_counter() - start


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    if options.cost:
        print_cost(options)
        return
    data_sets, counts, seeds = DATA_SETS, (100, 10), options.seeds
    if options.quick:
        data_sets, counts, seeds = QUICK_DATA, (10,), 1
    plan = [
        (data.name, n_labels, seed)
        for seed in range(seeds)
        for n_labels in options.labels or counts
        for data in data_sets
        if re.search(options.data, data.name) and data.is_available(options.folder)
    ]
    run_one = partial(run, folder=options.folder, quick=options.quick)
    carry_out("calibration", COLUMNS, plan, run_one, report, options)


if __name__ == "__main__":
    main()
