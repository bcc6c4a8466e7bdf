"""How much faster ``pusklearn pick`` is with two processes than with one.

Simulated micrographs are picked by commands of their own. Their time and the greatest
memory of a process are printed, for some of the micrographs and for all of them: the
memory must not grow, and two processes should be at least 1.7 times as fast. The
processor must have nothing else to do.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import mrcfile
import numpy as np
from resumable import FLAG, NUMBER, parse

import pusklearn
from pusklearn.datasets import make_micrographs

OPTIONS = {
    "--micrographs": NUMBER | {"default": 200},
    "--size": NUMBER | {"default": 1024},
    "--quick": FLAG,
}
COMMAND = "from pusklearn.commands._main import main; main()"
SIMULATED = 4


def write_inputs(folder, n_micrographs, size):
    """Write micrographs, most of them turned copies, and a model of few updates."""
    micrographs, particles = make_micrographs(
        SIMULATED, size=size, snr=0.2, random_state=0
    )
    for number in range(n_micrographs):
        image = np.rot90(micrographs[number % SIMULATED], number // SIMULATED)
        image = np.ascontiguousarray(image)
        mrcfile.write(folder / f"{number:05}.mrc", image, voxel_size=1.5)
    picker = pusklearn.make_picker(
        24, particles_per_micrograph=1 + len(particles[0]), random_state=0
    )
    picker.set_params(
        score__classifier__max_epochs=1, score__classifier__steps_per_epoch=10
    )
    pusklearn.save(picker.fit(micrographs[:1], particles[:1]), folder / "model.pusk")


def measure(folder, n_micrographs, jobs):
    """Return the seconds of a command, and the greatest memory of a process in GB."""
    files = sorted(folder.glob("*.mrc"))[:n_micrographs]
    arguments = [
        *("pick", folder / "model.pusk", *files, "--overwrite"),
        *("--output", folder / "picks", "--jobs", jobs),
    ]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", COMMAND, *map(str, arguments)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = status
    if status:
        raise RuntimeError(f"The command has failed: {arguments}")
    return time.perf_counter() - start, usage.ru_maxrss / 2**20


def main(arguments=None):
    """Measure and print."""
    options = parse(arguments, __doc__, OPTIONS)
    n_all, size = options.micrographs, options.size
    if options.quick:
        n_all, size = 2, 96
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_inputs(folder, n_all, size)
        print("| micrographs | jobs | seconds | GB |\n| --- | --- | --- | --- |")
        seconds = {}
        for number, jobs in [(n_all // 2, 1), (n_all, 1), (n_all, 2)]:
            seconds[jobs], memory = measure(folder, number, jobs)
            print(f"| {number} | {jobs} | {seconds[jobs]:.1f} | {memory:.2f} |")
    print(f"\nTwo processes are {seconds[1] / seconds[2]:.2f} times as fast as one.")


if __name__ == "__main__":
    main()
