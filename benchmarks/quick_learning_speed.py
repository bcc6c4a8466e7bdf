"""Time of `fit` until picks of other micrographs reach an average precision of 0.70.

    python benchmarks/quick_learning_speed.py [DATA]

DATA holds ``empiar-10017`` with ``micrographs/*.mrc`` and ``particles.txt``. 100
particles of 8 micrographs are labelled; 4 others are judged on. Each number of updates
is a fit of its own, whose learning rate rises and falls once.
"""

import argparse
from pathlib import Path

from real_micrographs import SETTINGS, load, new_picker
from resumable import data_folder
from speed_row import Row, as_table, timed

from pusklearn.metrics import picking_average_precision

NAME = "empiar-10017"
GOAL = 0.70


def measure(data=None):
    """Return a row for the fewest updates of a list that reach the goal."""
    folder = (data or data_folder()) / NAME
    if not folder.exists():
        return []
    setting = SETTINGS[NAME]
    train, labels, test, particles = load(
        folder, setting["n_train"], setting["n_labels"], 0
    )
    for updates in (50, 100, 200, 400):
        picker = new_picker(setting).set_params(
            score__classifier__max_epochs=10,
            score__classifier__steps_per_epoch=updates // 10,
        )
        _, fit = timed(lambda picker=picker: picker.fit(train, labels))
        picks, _ = timed(lambda picker=picker: picker.predict(test))
        precision = picking_average_precision(particles, picks, setting["match_radius"])
        if precision >= GOAL:
            break
    return [
        Row(
            f"`fit` to average precision {GOAL:.2f}, 100 labels of {NAME} "
            f"({updates} updates, {len(train)} micrographs)",
            fit,
            goal="<= 8 s",
            agreement=f"average precision {precision:.3f}",
        )
    ]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=Path, nargs="?")
    print(as_table(measure(parser.parse_args().data)))
