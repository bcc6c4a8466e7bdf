"""Share of particle pixels that is estimated from a few labels, over the true share.

    python benchmarks/prior_of_micrographs.py [--labels 100] [--seeds 1]

The data sets are those of ``label_study.py``. The true share counts all particles of
the micrographs that are learnt from. A row per fit of
``make_picker(prior="estimate")``.
"""

import argparse
from pathlib import Path

import numpy as np
from resumable import data_folder
from study_data import DATA_SETS, available, draw, read
from study_methods import default, train_briefly


def share(picker, micrographs, labels):
    """Return the share of positives among the pixels that a fitted picker took."""
    classifier = picker.fit(micrographs, labels)["score"].classifier_
    return classifier.prior_, classifier.prior_interval_


def measure(data, folder, n_labels, seed):
    """Return the estimated share and its interval, and the true share."""
    micrographs, labels, *_ = draw(data, folder, n_labels, seed)
    count = np.mean([len(points) for points in read(data, folder)[1][: data.n_train]])
    told = train_briefly(default(data, seed, particles_per_micrograph=count))
    asked = default(data, seed, particles_per_micrograph=None, prior="estimate")
    return *share(asked, micrographs, labels), share(told, micrographs, labels)[0]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, default=data_folder())
    parser.add_argument("--labels", type=int, default=100)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    print("| particles | draw | true share | estimated | interval | ratio |")
    print("|---|---|---|---|---|---|")
    for name in available(options.folder):
        for seed in range(options.seeds):
            found, interval, true = measure(
                DATA_SETS[name], options.folder, options.labels, seed
            )
            low, high = interval
            print(
                f"| {name} | {seed} | {true:.4f} | {found:.4f} | {low:.4f} to "
                f"{high:.4f} | {found / true:.2f} |",
                flush=True,
            )
