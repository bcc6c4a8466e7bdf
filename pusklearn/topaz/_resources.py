"""Threads and devices that a subcommand may use."""

import os
import sys
from typing import Any

from pusklearn.topaz._messages import say

POOLS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def find_threads(options: dict[str, Any], *, is_one_of_many: bool = False) -> int:
    """Return how many threads may compute, 0 if that is left to torch.

    Parameters
    ----------
    options : dict of str to object
        The options; ``num_threads`` counts before ``num_workers``. A negative number is
        all cores, 0 the same as none.
    is_one_of_many : bool, default=False
        Whether the caller probably runs several of these processes at a time. They
        would stand in each other's way with more than one thread each, which is what
        they get if the options and OMP_NUM_THREADS say nothing.
    """
    for name in ("num_threads", "num_workers"):
        number = options.get(name, 0)
        if number:
            return number if number > 0 else n_cores()
    if is_one_of_many and not os.environ.get(POOLS[0]):
        return 1
    return 0


def n_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def limit_threads(number: int) -> None:
    """Let NumPy and torch compute with so many threads; 0 changes nothing."""
    if not number:
        return
    if "numpy" not in sys.modules:
        # NumPy starts its threads when it is imported.
        os.environ.update(dict.fromkeys(POOLS, str(number)))
    import torch

    torch.set_num_threads(number)


def find_device(number: int | None) -> str:
    """Return the device of torch by the number of a GPU.

    A negative number is the CPU. None is the GPU if there is one. If there is no such
    GPU, this is said, and the CPU computes.
    """
    import torch

    if number is None:
        return "cuda" if torch.cuda.is_available() else "cpu"
    if number < 0:
        return "cpu"
    if number < torch.cuda.device_count():
        return f"cuda:{number}"
    say(f"There is no GPU {number} that torch can use; the CPU computes.")
    return "cpu"
