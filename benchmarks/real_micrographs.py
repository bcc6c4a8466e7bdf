"""Average precision on real micrographs, from a few labels, over draws of labels.

DATA holds a folder per data set, see ``README.md``. ``--exact`` picks once more with
every pixel scored, instead of every second one of every second row.
"""

import argparse
from pathlib import Path

import numpy as np
from picking_data import find_data_set, fit_and_pick, judge, train_briefly

from pusklearn import PUClassifier, io, make_picker
from pusklearn.modules import ConvNet

N_LABELS = {"empiar-10017": 100, "empiar-10146": 50}
COLUMNS = [
    *("data set", "draw", "average precision", "precision at 90 % recall"),
    *("fit / s", "picking / s"),
]


def load(folder, data, n_labels, draw):
    """Return micrographs and labels to learn from, and micrographs to judge on."""
    micrographs = io.read_micrographs(folder / data.name / "micrographs")
    table = io.read_coordinates(folder / data.name / "particles.txt")
    train, test = micrographs[: data.n_train], micrographs[data.n_train :]
    known = table[table.micrograph.isin([m.name for m in train])]
    labels = io.coordinates_for(known.sample(n_labels, random_state=draw), train)
    return train, labels, test, io.coordinates_for(table, test)


def measure(data, draw, options):
    """Return the scores and the seconds of a draw of labels."""
    n_labels = options.labels or N_LABELS[data.name]
    train, labels, test, particles = load(options.data, data, n_labels, draw)
    picker = make_picker(
        data.diameter,
        classifier=PUClassifier(ConvNet(31), "ge-binomial"),
        downsample=data.downsample,
        particles_per_micrograph=data.particles_per_micrograph,
        random_state=0,
    )
    if options.updates:
        train_briefly(picker, options.updates)
    picks, seconds = fit_and_pick(picker, train, labels, test)
    score, at_90 = judge(particles, picks, data.match_radius, [0.9])
    exact = []
    if options.exact:
        picks = picker.set_params(score__step=1).predict(test)
        exact.append(judge(particles, picks, data.match_radius)[0])
    return [score, *at_90, *seconds, *exact]


def print_row(name, draw, values):
    score, at_90, fit, picking, *exact = values
    texts = [f"{score:.4f}", f"{at_90:.3f}", f"{fit:.0f}", f"{picking:.1f}"]
    texts += [f"{score:.4f}" for score in exact]
    print("|", " | ".join([name, str(draw), *texts]), "|", flush=True)


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="+", choices=N_LABELS, default=[*N_LABELS])
    parser.add_argument("--labels", type=int)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--updates", type=int, help="instead of the default number")
    options = parser.parse_args(argv)
    columns = COLUMNS + ["average precision, every pixel"] * options.exact
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for name in options.sets:
        rows = []
        for draw in range(options.draws):
            rows.append(measure(find_data_set(name), draw, options))
            print_row(name, draw, rows[-1])
        print_row(name, "mean", np.mean(rows, 0))


if __name__ == "__main__":
    main()
