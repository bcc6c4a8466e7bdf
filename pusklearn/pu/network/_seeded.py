"""Torch's random state, seeded for a while."""

from contextlib import contextmanager, nullcontext
from threading import RLock

import torch

# For each device, the states that blocks found, in the order in which they began.
FOUND = {}
LOCK = RLock()


@contextmanager
def seeded(seed, device, *, alone=False):
    """Seed torch inside, and leave its random state outside as it was.

    The state is one for all threads. Where blocks overlap, the last one to end
    restores what was there before any of them.

    Parameters
    ----------
    seed : int
        Of the CPU's state, and of that of the device if it is a GPU.
    device : torch.device
        Where there is something to draw.
    alone : bool, default=False
        Let no block in another thread begin or end before this one has ended, so that
        what is drawn inside follows from the seed.
    """
    generators = [torch.random.default_generator]
    if device.type == "cuda":
        torch.cuda.init()
        index = torch.cuda.current_device() if device.index is None else device.index
        generators.append(torch.cuda.default_generators[index])
    block = object()
    with LOCK if alone else nullcontext():
        with LOCK:
            for generator in generators:
                found = FOUND.setdefault(generator.device, {})
                found[block] = generator.get_state()
                generator.manual_seed(seed)
        try:
            yield
        finally:
            with LOCK:
                for generator in generators:
                    give_back(block, generator)


def give_back(block, generator):
    """Restore the state that a block found, or leave that to the block after it."""
    found = FOUND[generator.device]
    blocks = list(found)
    later = blocks[blocks.index(block) + 1 :]
    state = found.pop(block)
    if later:
        found[later[0]] = state
    else:
        generator.set_state(state)
