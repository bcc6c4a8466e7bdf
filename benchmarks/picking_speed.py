"""Seconds from a micrograph in memory to its picks, in one run for every way to score.

Each step of the default picker is timed alone, by the clock and as the least of several
rounds, in each of which every way has its turn. ``--threads`` are those of torch.
``--precision float32`` computes as on a processor without bfloat16; if this one has
AVX-512, hold it to AVX2 as well, by the environment variables
``ONEDNN_MAX_CPU_ISA=AVX2 MKL_ENABLE_INSTRUCTIONS=AVX2 ATEN_CPU_CAPABILITY=avx2``.
"""

from itertools import pairwise
from time import perf_counter

import numpy as np
import torch
from resumable import NUMBER, parse

from pusklearn import make_picker
from pusklearn.datasets import make_micrographs

OPTIONS = {
    "--size": NUMBER | {"default": 976},
    "--threads": NUMBER | {"default": 2},
    "--rounds": NUMBER | {"default": 7},
    "--precision": {"choices": ["auto", "float32"], "default": "auto"},
    "--quick": {"action": "store_true", "help": "learn from 20 updates"},
}
WAYS = {
    "default": {},
    "step=2": {"score__low_rank": False},
    "step=4": {"score__low_rank": False, "score__step": 4},
    "exact": {"score__low_rank": False, "score__step": 1},
}
DEFAULT = {"score__low_rank": True, "score__step": 2}
STEPS = {"normalise": slice(0, 2), "score": slice(2, 3), "extract": slice(3, None)}


def learnt_picker(size, precision, quick):
    """Return a default picker that has learnt from 120 labels, and a micrograph."""
    micrographs, particles = make_micrographs(4, size=size, random_state=0)
    picker = make_picker(
        24, particles_per_micrograph=len(particles[0]), calibrate=False, random_state=0
    ).set_params(score__classifier__precision=precision)
    if quick:
        picker.set_params(score__classifier__max_epochs=1)
        picker.set_params(score__classifier__steps_per_epoch=20)
    picker.fit(micrographs[:3], [points[:40] for points in particles[:3]])
    return picker, micrographs[3:]


def seconds_of(picker, micrograph):
    """Return the seconds of each step."""
    times = [perf_counter()]
    for name, part in STEPS.items():
        act = picker[part].predict if name == "extract" else picker[part].transform
        micrograph = act(micrograph)
        times.append(perf_counter())
    return [after - before for before, after in pairwise(times)]


def main(argv=None):
    options = parse(argv, __doc__, OPTIONS)
    torch.set_num_threads(options.threads)
    picker, micrograph = learnt_picker(options.size, options.precision, options.quick)
    least = {name: np.full(len(STEPS), np.inf) for name in WAYS}
    for _ in range(options.rounds):
        for name, changes in WAYS.items():
            picker.set_params(**DEFAULT | changes)
            least[name] = np.minimum(least[name], seconds_of(picker, micrograph))
    print(f"| way | {' | '.join(STEPS)} | all / ms | all / that of step=2 |")
    print("|---" * (len(STEPS) + 3) + "|")
    for name, seconds in least.items():
        shown = " | ".join(f"{1e3 * part:.0f}" for part in seconds)
        ratio = seconds.sum() / least["step=2"].sum()
        print(f"| {name} | {shown} | {1e3 * seconds.sum():.0f} | {ratio:.3f} |")


if __name__ == "__main__":
    main()
