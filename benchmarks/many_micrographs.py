"""Memory, and time per micrograph, of ten micrographs and of a thousand.

    python benchmarks/many_micrographs.py [--counts 10 100] [--jobs 1] [--units 32]
        [--save]

Writes that many simulated micrographs of 1024 x 1024 as float32 MRC files to a
temporary folder (with what the fit writes, 8 GB for 1,000; TMPDIR says where), learns
from all of them by a few updates, and picks all of them. Each count has a process of
its own, whose resident memory, with the pages of mapped files, is looked at 20 times a
second (Linux only).
``--save`` writes the table into ``docs/performance.md``.
"""

import argparse
import os
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import mrcfile
import numpy as np
from joblib import parallel_config
from report import machine, save
from sklearn.base import clone

from pusklearn import PUClassifier, io, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.modules import ConvNet

SIZE = 1024
N_SCENES = 4
LABELS_PER_MICROGRAPH = 2
UPDATES = 50


class Watch:
    """Seconds, processor seconds and the most resident GB while the context lasts."""

    def __enter__(self):
        self.gigabytes = 0.0
        self.start = time.perf_counter(), time.process_time()
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()
        return self

    def look(self):
        page = os.sysconf("SC_PAGE_SIZE")
        while not self.done.wait(0.05):
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            self.gigabytes = max(self.gigabytes, pages * page / 1e9)

    def __exit__(self, *error):
        self.seconds = time.perf_counter() - self.start[0]
        self.processor = time.process_time() - self.start[1]
        self.done.set()
        self.thread.join()
        del self.done, self.thread


def write_micrographs(folder, n):
    """Write n micrographs, and return some labels of each.

    They repeat a few scenes, each time under fresh noise.
    """
    scenes, particles = make_micrographs(N_SCENES, size=SIZE, random_state=0)
    rng = np.random.default_rng(0)
    labels = []
    for number in range(n):
        scene = scenes[number % N_SCENES]
        noise = rng.standard_normal(scene.shape, np.float32) * scene.std()
        path = folder / f"grid{number:04d}.mrc"
        mrcfile.write(path, np.float32(scene + noise))
        points = particles[number % N_SCENES]
        labels.append(rng.permutation(points)[:LABELS_PER_MICROGRAPH])
    return labels, np.mean([len(points) for points in particles])


def run(n, jobs, units):
    """Learn from n micrographs and pick them, and watch either."""
    with tempfile.TemporaryDirectory() as folder:
        labels, count = write_micrographs(Path(folder), n)
        classifier = PUClassifier(
            ConvNet(31, units=units), max_epochs=1, steps_per_epoch=UPDATES
        )
        picker = make_picker(
            24, classifier=classifier, particles_per_micrograph=count, random_state=0
        )
        # So that nothing is loaded, built or compiled while we watch.
        few, points = make_micrographs(2, size=256, random_state=0)
        clone(picker).set_params(score__particles_per_micrograph=100).fit(few, points)
        with parallel_config("threading", n_jobs=jobs):
            with Watch() as fit:
                micrographs = io.read_micrographs(folder)
                picker.fit(micrographs, labels)
            with Watch() as picking:
                picks = picker.predict(micrographs)
    updates = sum(picker["score"].classifier_.net_.history[:, "dur"])
    return n, updates, fit, picking, sum(map(len, picks)) / n


def as_table(results):
    """Return the results as a table in Markdown."""
    lines = [
        "| micrographs | fit: updates | fit: rest, per micrograph | fit: peak memory "
        "| pick: per micrograph | pick: CPU time, per micrograph | pick: peak memory "
        "| picks per micrograph |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for n, updates, fit, picking, n_picks in results:
        lines.append(
            f"| {n:,} | {updates:.1f} s | {1e3 * (fit.seconds - updates) / n:.0f} ms "
            f"| {fit.gigabytes:.2f} GB | {1e3 * picking.seconds / n:.0f} ms "
            f"| {1e3 * picking.processor / n:.0f} ms | {picking.gigabytes:.2f} GB "
            f"| {n_picks:.0f} |"
        )
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--counts", type=int, nargs="+", default=[10, 100])
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--units", type=int, default=32)
    parser.add_argument("--save", action="store_true", help="write the page")
    options = parser.parse_args()
    results = []
    for n in options.counts:
        with ProcessPoolExecutor(1, get_context("spawn")) as pool:
            results.append(pool.submit(run, n, options.jobs, options.units).result())
        print(as_table(results[-1:]), flush=True)
    about = f"`ConvNet(31, units={options.units})`, {UPDATES} updates, "
    about += f"{options.jobs} at a time."
    text = f"{as_table(results)}\n{about}\n{machine()}\n"
    print(text)
    if options.save:
        save("scale", text)
