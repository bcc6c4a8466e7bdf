"""Memory, and time per micrograph, of ten micrographs and of a thousand.

Simulated micrographs are written to a temporary folder (with what the fit writes, 8 GB
for 1,000; TMPDIR says where), learnt from and picked, in a process of their own for
each number. Peaks of resident memory, with the pages of mapped files, are those that
Linux counts.
"""

import re
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import mrcfile
import numpy as np
import pandas as pd
import torch
from pages import save_conditions
from resumable import new_parser, output_folder
from sklearn.base import clone
from speed import report

from pusklearn import PUClassifier, io, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.modules import ConvNet


def watched(function):
    """Return a result, its seconds and processor seconds, and the peak memory in GB."""
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    start = time.perf_counter(), time.process_time()
    result = function()
    seconds = time.perf_counter() - start[0], time.process_time() - start[1]
    [peak] = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return result, *seconds, round(int(peak) * 1024 / 1e9, 2)


def write_micrographs(folder, n, size):
    """Write n micrographs: four scenes again and again, each time under fresh noise.

    Return two labels of each, and the mean number of particles.
    """
    scenes, particles = make_micrographs(4, size=size, random_state=0)
    rng = np.random.default_rng(0)
    labels = []
    for number in range(n):
        scene = scenes[number % 4]
        noise = rng.standard_normal(scene.shape, np.float32) * scene.std()
        mrcfile.write(f"{folder}/grid{number:04d}.mrc", np.float32(scene + noise))
        labels.append(rng.permutation(particles[number % 4])[:2])
    return labels, np.mean([len(points) for points in particles])


def measure(n, size):
    """Learn from n micrographs and pick them; return a row of the table."""
    network = ConvNet(31, units=4)
    classifier = PUClassifier(network, max_epochs=1, steps_per_epoch=50)
    with TemporaryDirectory() as folder:
        labels, count = write_micrographs(folder, n, size)
        picker = make_picker(
            24, classifier=classifier, particles_per_micrograph=count, random_state=0
        )
        # So that nothing is loaded, built or compiled while we watch.
        few, points = make_micrographs(2, size=256, random_state=0)
        clone(picker).set_params(score__particles_per_micrograph=100).fit(few, points)
        micrographs = io.read_micrographs(folder)
        _, fit, _, fit_peak = watched(lambda: picker.fit(micrographs, labels))
        picks, pick, cpu, pick_peak = watched(lambda: picker.predict(micrographs))
    updates = sum(picker["score"].classifier_.net_.history[:, "dur"])
    return {
        "micrographs": n,
        "updates_s": round(updates, 1),
        "rest_of_fit_ms": round(1e3 * (fit - updates) / n),
        "fit_peak_gb": fit_peak,
        "pick_ms": round(1e3 * pick / n),
        "pick_cpu_ms": round(1e3 * cpu / n),
        "pick_peak_gb": pick_peak,
        "picks": round(sum(map(len, picks)) / n),
    }


def main(argv=None):
    parser = new_parser(__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 100, 1000])
    options = parser.parse_args(argv)
    size, rows = 256 if options.quick else 1024, []
    with output_folder(options, "performance.md") as out:
        for n in [] if options.report else options.counts:
            if options.quick:
                rows.append(measure(n, size))
                continue
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                rows.append(pool.submit(measure, n, size).result())
        if rows:
            path = out / "many_micrographs.csv"
            pd.DataFrame(rows).to_csv(path, index=False)
            save_conditions(path, threads=torch.get_num_threads())
        report(out)


if __name__ == "__main__":
    main()
