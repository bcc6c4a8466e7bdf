"""What happens while a GPU learns."""

import time
import warnings
from contextlib import contextmanager
from unittest.mock import patch

import torch
from torch.autograd import DeviceType
from torch.profiler import ProfilerActivity, profile, supported_activities

from pusklearn.pu.network._batches import PUBatches


def count_waits(function):
    """Count what a GPU waits for in a call."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        function()
        torch.cuda.set_sync_debug_mode("default")
    return sum("called a synchroniz" in str(warning.message) for warning in caught)


@contextmanager
def timed_loader():
    """Give a list of the seconds that each pass over the batches is waited for."""
    seconds, real = [], PUBatches.__iter__

    def iterate(batches):
        seconds.append(0.0)
        ready, start = real(batches), time.perf_counter()
        for batch in ready:
            seconds[-1] += time.perf_counter() - start
            yield batch
            start = time.perf_counter()

    with patch.object(PUBatches, "__iter__", iterate):
        yield seconds


def kernels_of(function):
    """Return the seconds of each kernel in a call, and how many were started.

    Without a GPU, these are the operations of the CPU.
    """
    kinds = supported_activities()
    with profile(activities=kinds) as profiler:
        function()
    place, clock = DeviceType.CPU, "self_cpu_time_total"
    if ProfilerActivity.CUDA in kinds:
        place, clock = DeviceType.CUDA, "self_device_time_total"
    events = [e for e in profiler.key_averages() if e.device_type == place]
    seconds = {event.key: 1e-6 * getattr(event, clock) for event in events}
    return seconds, sum(event.count for event in events)
