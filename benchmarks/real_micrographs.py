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
FORMATS = {
    "average precision": "{:.4f}",
    "precision at 90 % recall": "{:.3f}",
    "fit / s": "{:.0f}",
    "picking / s": "{:.1f}",
    "average precision, every pixel": "{:.4f}",
}


def load(folder, data, n_labels, draw):
    """Return micrographs and labels to learn from, and micrographs to judge on."""
    micrographs = io.read_micrographs(folder / data.name / "micrographs")
    table = io.read_coordinates(folder / data.name / "particles.txt")
    train, test = micrographs[: data.n_train], micrographs[data.n_train :]
    known = table[table.micrograph.isin([m.name for m in train])]
    labels = io.coordinates_for(known.sample(n_labels, random_state=draw), train)
    return train, labels, test, io.coordinates_for(table, test)


def new_picker(data):
    """Return the default picker, with a network of 31 pixels for all data sets."""
    return make_picker(
        data.diameter,
        classifier=PUClassifier(ConvNet(31), "ge-binomial"),
        downsample=data.downsample,
        particles_per_micrograph=data.particles_per_micrograph,
        random_state=0,
    )


def measure(data, draw, options):
    """Return a row of the table, without its formats."""
    n_labels = options.labels or N_LABELS[data.name]
    train, labels, test, particles = load(options.data, data, n_labels, draw)
    picker = new_picker(data)
    if options.updates:
        train_briefly(picker, options.updates)
    picks, seconds = fit_and_pick(picker, train, labels, test)
    score, at_90 = judge(particles, picks, data.match_radius, [0.9])
    if not options.exact:
        return score, *at_90, *seconds
    picks = picker.set_params(score__step=1).predict(test)
    return score, *at_90, *seconds, judge(particles, picks, data.match_radius)[0]


def main(argv=None):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--sets", nargs="+", choices=N_LABELS, default=[*N_LABELS])
    parser.add_argument("--labels", type=int)
    parser.add_argument("--draws", type=int, default=3)
    parser.add_argument("--exact", action="store_true")
    parser.add_argument("--updates", type=int, help="instead of the default number")
    options = parser.parse_args(argv)
    formats = list(FORMATS.values())[: 5 if options.exact else 4]
    columns = ["data set", "draw", *list(FORMATS)[: len(formats)]]
    print(f"| {' | '.join(columns)} |\n{'|---' * len(columns)}|")
    for name in options.sets:
        rows = []
        for draw in [*range(options.draws), "mean"]:
            if draw != "mean":
                rows.append(measure(find_data_set(name), draw, options))
            values = np.mean(rows, 0) if draw == "mean" else rows[-1]
            cells = [text.format(x) for text, x in zip(formats, values, strict=True)]
            print("|", " | ".join([name, str(draw), *cells]), "|", flush=True)


if __name__ == "__main__":
    main()
