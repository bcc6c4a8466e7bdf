"""Average precision on real micrographs, from a few labels, over draws of labels.

    python benchmarks/real_micrographs.py DATA [--sets NAME] [--labels N] [--draws 3]
        [--reverse] [--references] [--exact] [--grid]

DATA holds a folder per data set, with ``micrographs/*.mrc`` and ``particles.txt``:
``empiar-10017`` (beta-galactosidase; 8 micrographs to learn from, 4 to judge on) and
``empiar-10146`` (apoferritin; 5 and 5, downsampled by 2). ``--exact`` picks once more
with every pixel scored, in place of every second one of every second row.
``--reverse`` learns from the last micrographs and judges on the first ones, which are
harder: of beta-galactosidase one is part carbon, and on another many particles are not
labelled. ``--references`` picks by reference images. ``--grid`` runs a grid search over
two slacks and two radii twice, and tells whether the numbers agree.
"""

import argparse
import time
from pathlib import Path

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from pusklearn import (
    FourierDownsampler,
    PUClassifier,
    ReferencePicker,
    io,
    make_picker,
)
from pusklearn.metrics import picking_average_precision, picking_curve
from pusklearn.modules import ConvNet

SETTINGS = {
    "empiar-10017": {
        "n_train": 8,
        "n_labels": 100,
        "match_radius": 10,
        "diameter": 27,
        "downsample": 1,
        "particles_per_micrograph": 650,
    },
    "empiar-10146": {
        "n_train": 5,
        "n_labels": 50,
        "match_radius": 15,
        "diameter": 40,
        "downsample": 2,
        "particles_per_micrograph": 165,
    },
}


def load(folder, n_train, n_labels, draw, reverse=False):
    """Return micrographs and labels to learn from, and micrographs to judge on."""
    micrographs = list(io.read_micrographs(folder / "micrographs"))
    if reverse:
        micrographs.reverse()
    table = io.read_coordinates(folder / "particles.txt")
    train, test = micrographs[:n_train], micrographs[n_train:]
    known = table[table.micrograph.isin([m.name for m in train])]
    labels = io.coordinates_for(known.sample(n_labels, random_state=draw), train)
    return train, labels, test, io.coordinates_for(table, test)


def new_picker(setting, references=False):
    """Return the picker of a setting: ConvNet(31), GE-binomial, default updates."""
    if references:
        return make_pipeline(
            FourierDownsampler(setting["downsample"]),
            ReferencePicker(setting["diameter"], random_state=0),
        )
    return make_picker(
        setting["diameter"],
        classifier=PUClassifier(ConvNet(31), "ge-binomial"),
        downsample=setting["downsample"],
        particles_per_micrograph=setting["particles_per_micrograph"],
        random_state=0,
    )


def judge(name, options):
    """Print a row per draw of labels, and their mean."""
    setting = SETTINGS[name]
    n_labels = options.labels or setting["n_labels"]
    rows = []
    for draw in range(options.draws):
        train, labels, test, particles = load(
            options.data / name, setting["n_train"], n_labels, draw, options.reverse
        )
        picker = new_picker(setting, options.references)
        start = time.perf_counter()
        picker.fit(train, labels)
        fitted = time.perf_counter()
        picks = picker.predict(test)
        seconds = fitted - start, time.perf_counter() - fitted
        radius = setting["match_radius"]
        precision, recall, _ = picking_curve(particles, picks, radius)
        at_90 = precision[recall >= 0.9].max(initial=0)
        rows.append(
            (picking_average_precision(particles, picks, radius), at_90, *seconds)
        )
        if options.exact:
            picks = picker.set_params(score__step=1).predict(test)
            rows[-1] += (picking_average_precision(particles, picks, radius),)
        print(row(name, draw, rows[-1]), flush=True)
    print(row(name, "mean", np.mean(rows, 0)), flush=True)


def row(name, draw, values):
    """Return a line of the table."""
    precision, at_90, fit, picking, *exact = values
    scores = f"{precision:.4f} | {at_90:.3f} | {fit:.0f} | {picking:.1f}"
    scores += "".join(f" | {value:.4f}" for value in exact)
    return f"| {name} | {draw} | {scores} |"


def search_twice(data):
    """Search a grid on 4 real micrographs two times, and compare."""
    train, labels, _, _ = load(data / "empiar-10017", 4, 100, 0)
    search = GridSearchCV(
        new_picker(SETTINGS["empiar-10017"]).set_params(
            score__classifier__max_epochs=2, score__classifier__steps_per_epoch=50
        ),
        {
            "score__classifier__criterion__slack": [0.1, 1.0],
            "extract__radius": [9, 12],
        },
        cv=2,
        n_jobs=2,
        error_score="raise",
    )
    scores = [
        clone(search).fit(train, labels).cv_results_["mean_test_score"]
        for _ in range(2)
    ]
    print("grid search:", np.round(scores[0], 4), "the same again:", end=" ")
    print(np.array_equal(*scores))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="+", choices=SETTINGS, default=SETTINGS)
    parser.add_argument("--labels", type=int)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--reverse", action="store_true")
    parser.add_argument("--references", action="store_true")
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--grid", action="store_true")
    options = parser.parse_args()
    if options.references and options.exact:
        parser.error("--exact is for networks; reference images score every pixel.")
    columns = ["data set", "draw", "average precision", "precision at 90 % recall"]
    columns += ["fit / s", "picking / s"]
    columns += ["average precision, every pixel"] * options.exact
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for data_set in options.sets:
        judge(data_set, options)
    if options.grid:
        search_twice(options.data)
