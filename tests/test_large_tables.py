"""A table in a file is learnt and predicted in the same memory, however long it is."""

import subprocess
import sys

import pytest

CHILD = """
import sys
from pathlib import Path
import numpy as np
from pusklearn import PUClassifier

def memory(name):
    return int(Path("/proc/self/status").read_text().partition(name)[2].split()[0])

def measure(path, n):
    X = np.lib.format.open_memmap(path, "w+", np.float32, (n, 100))
    rng, y = np.random.default_rng(0), np.arange(n) % 10 == 0
    for start in range(0, n, 5000):
        rows = slice(start, start + 5000)
        X[rows] = rng.normal(size=X[rows].shape) + y[rows, None]
    del X
    X = np.load(path, mmap_mode="r")
    classifier = PUClassifier(
        prior=0.2, validation_fraction=0.1, max_epochs=1, steps_per_epoch=100
    )
    Path("/proc/self/clear_refs").write_text("5")  # the peak starts from here
    start = memory("VmRSS:")
    classifier.fit(X, y).predict_proba(X)
    return (memory("VmHWM:") - start) / 1024

measure(sys.argv[1], 2000)  # so that everything is loaded
print(measure(sys.argv[1], int(sys.argv[2])))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the memory from /proc")
def test_the_memory_does_not_grow_with_the_rows(tmp_path):
    peaks = []
    for n in (100_000, 500_000):  # 40 and 200 MB
        command = [sys.executable, "-c", CHILD, str(tmp_path / "table.npy"), str(n)]
        peaks.append(float(subprocess.check_output(command, text=True)))
    assert peaks[1] < peaks[0] + 60  # labels and predictions of 40 bytes a row
    assert peaks[1] < 130
