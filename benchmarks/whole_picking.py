"""What picking costs from the pixels to the picks, with fewer and fewer products."""

from time import perf_counter, process_time

import numpy as np
import torch
from picking_data import train_briefly

from pusklearn import make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.pu.network._devices import has_bfloat16

# Settings of the scorer.
WAYS = {
    "default": {"step": 2, "low_rank": True},
    "step_2": {"step": 2, "low_rank": False},
    "step_4": {"step": 4, "low_rank": False},
}
PICKING_COLUMNS = [
    *("arithmetic", "pixels"),
    *(f"{way}{unit}" for unit in ("_s", "_cpu_s") for way in WAYS),
]


def picking(quick):
    """Measure the normalisation, the scores and the picks of one micrograph together.

    The ways are measured by turns, so that whatever else the machine does slows each of
    them as much as the others.
    """
    size = 128 if quick else 976
    train, particles = make_micrographs(3, size=min(size, 512), random_state=0)
    [micrograph], _ = make_micrographs(1, size=size, random_state=1)
    picker = make_picker(
        24, particles_per_micrograph=len(particles[0]), calibrate=False, random_state=0
    )
    instructions = torch.backends.cpu.get_cpu_capability()
    # What the variables of the environment switch off counts as not being there.
    half = instructions == "AVX512" and has_bfloat16(torch.device("cpu"))
    precision = "bfloat16" if half else "float32"
    picker.set_params(score__classifier__precision=precision)
    if quick:
        train_briefly(picker, 3)
    picker.fit(train, [points[:40] for points in particles])
    rounds = [
        [timed(picker, way, micrograph) for way in WAYS.values()]
        for _ in range(2 if quick else 6)
    ]
    # The first call of each way is not counted.
    yield f"{precision}, {instructions}", size, *np.min(rounds[1:], 0).T.ravel()


def timed(picker, way, micrograph):
    """Return the seconds of picking one way, and those that all processors worked."""
    picker["score"].set_params(**way)
    start, cpu = perf_counter(), process_time()
    picker.predict([micrograph])
    return perf_counter() - start, process_time() - cpu
