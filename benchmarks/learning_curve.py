"""How soon the default picker finds particles, beside one that learns as it did before.

Both learn from the same draws of labels. A row tells the average precision after so
many updates, as the mean over the draws, and the CPU time of these updates. The last
lines tell when each one first reaches ``--goal``. DATA is as in `real_micrographs.py`.
"""

import time
from copy import deepcopy

import numpy as np
from label_study_methods import DEFAULT, new_picker
from picking_data import DATA_SETS, draw, find_data_set, judge
from resumable import FOLDER, NUMBER, parse
from skorch.callbacks import Callback

OPTIONS = {
    "data": FOLDER,
    "--set": {"choices": [data.name for data in DATA_SETS], "default": "empiar-10017"},
    "--labels": NUMBER | {"default": 100},
    "--draws": NUMBER | {"default": 3},
    "--every": NUMBER | {"default": 50, "help": "updates between two rows"},
    "--goal": {"type": float, "default": 0.9, "help": "average precision"},
}
LEARNING = {
    "before": {"lr": 0.003, "batch_size": 256},
    "default": {},
}


class Snapshots(Callback):
    """Keep the weights after every so many updates, and the CPU time until then."""

    def __init__(self, every):
        self.every = every

    def on_train_begin(self, net, **kwargs):
        self.taken, self.updates, self.seconds = [], 0, 0.0
        self.start = time.process_time()

    def on_batch_end(self, net, training=False, **kwargs):
        self.updates += int(training)
        if training and self.updates % self.every == 0:
            self.seconds += time.process_time() - self.start
            weights = deepcopy(net.module_.state_dict())
            self.taken.append((self.updates, self.seconds, weights))
            self.start = time.process_time()


def learn_and_judge(data, options, seed, settings):
    """Return the updates, CPU seconds and average precision of each snapshot."""
    train, labels, test, particles = draw(data, options.data, options.labels, seed)
    picker = new_picker(DEFAULT, data, seed)
    snapshots = Snapshots(options.every)
    settings = {f"score__classifier__{name}": value for name, value in settings.items()}
    picker.set_params(**settings, score__classifier__callbacks=[snapshots])
    picker.fit(train, labels)
    normal = picker[:2].transform(test)
    [taken] = [
        callback.taken
        for callback in picker["score"].classifier_.net_.callbacks
        if isinstance(callback, Snapshots)
    ]
    rows = []
    for updates, seconds, weights in taken:
        picker["score"].classifier_.net_.module_.load_state_dict(weights)
        [score] = judge(particles, picker[2:].predict(normal), data.match_radius)
        rows.append((updates, seconds, score))
    return rows


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    data = find_data_set(options.set)
    curves = {name: [] for name in LEARNING}
    for seed in range(options.draws):
        for name, settings in LEARNING.items():
            curves[name].append(learn_and_judge(data, options, seed, settings))
    print("| how it learns | updates | CPU time / s | average precision |")
    print("|---|---|---|---|")
    reached = {}
    for name, of_draws in curves.items():
        for updates, seconds, score in np.mean(of_draws, 0):
            print(f"| {name} | {updates:.0f} | {seconds:.1f} | {score:.4f} |")
            if score >= options.goal:
                reached.setdefault(name, seconds)
    for name, seconds in reached.items():
        print(f"{name}: average precision {options.goal} after {seconds:.1f} s of CPU")
    if len(reached) == len(LEARNING):
        print(f"default / before: {reached['default'] / reached['before']:.2f}")


if __name__ == "__main__":
    main()
