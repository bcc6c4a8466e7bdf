"""Average precision on real micrographs, from a few labels, over draws of labels.

DATA holds a folder per data set, see ``README.md``. ``--exact`` picks once more with
every pixel scored, instead of every second one of every second row. ``--reverse``
learns from the last micrographs and judges on the first ones. ``--references`` picks
by reference images, and ``--general`` starts from the general network.
"""

import numpy as np
from label_study_methods import REFERENCE, START, new_picker
from picking_data import find_data_set, fit_and_pick, judge, train_briefly
from resumable import FLAG, FOLDER, NUMBER, parse

from pusklearn import io

N_LABELS = {"empiar-10017": 100, "empiar-10146": 50}
COLUMNS = [
    *("data set", "draw", "average precision", "precision at 90 % recall"),
    *("fit / s", "picking / s"),
]
OPTIONS = {
    "data": FOLDER,
    "--sets": {"nargs": "+", "choices": N_LABELS, "default": [*N_LABELS]},
    "--labels": NUMBER,
    "--draws": NUMBER | {"default": 3},
    "--exact": FLAG,
    "--reverse": FLAG,
    "--references": FLAG,
    "--general": FLAG,
    "--updates": NUMBER | {"help": "instead of the default number"},
}


def load(data, draw, options):
    """Return micrographs and labels to learn from, and micrographs to judge on."""
    micrographs = list(io.read_micrographs(options.data / data.name / "micrographs"))
    if options.reverse:
        micrographs.reverse()
    table = io.read_coordinates(options.data / data.name / "particles.txt")
    train, test = micrographs[: data.n_train], micrographs[data.n_train :]
    known = table[table.micrograph.isin([m.name for m in train])]
    labels = known.sample(options.labels or N_LABELS[data.name], random_state=draw)
    labels, particles = (
        io.coordinates_for(labels, train),
        io.coordinates_for(table, test),
    )
    return train, labels, test, particles


def measure(data, draw, options):
    """Return the scores and the seconds of a draw of labels."""
    train, labels, test, particles = load(data, draw, options)
    method = START if options.general else "no halving"
    picker = new_picker(REFERENCE if options.references else method, data, 0)
    if options.updates:
        train_briefly(picker, options.updates)
    picks, seconds = fit_and_pick(picker, train, labels, test)
    scores = judge(particles, picks, data.match_radius, [0.9])
    if not options.exact:
        return [*scores, *seconds]
    picks = picker.set_params(score__step=1).predict(test)
    return [*scores, *seconds, *judge(particles, picks, data.match_radius)]


def print_row(name, draw, values):
    score, at_90, fit, picking, *exact = values
    texts = [f"{score:.4f}", f"{at_90:.3f}", f"{fit:.0f}", f"{picking:.1f}"]
    texts += [f"{score:.4f}" for score in exact]
    print("|", " | ".join([name, str(draw), *texts]), "|", flush=True)


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    if options.references and options.exact:
        raise SystemExit("--exact is for networks; reference images score every pixel.")
    if options.references and options.general:
        raise SystemExit("--general is for networks; reference images have none.")
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
