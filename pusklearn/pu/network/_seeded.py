"""Torch's random state, seeded for a while."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from threading import RLock

import torch

# For each device, the state before each block, in the order in which the blocks began.
STATES_BEFORE: dict[torch.device, dict[object, torch.Tensor]] = {}
LOCK = RLock()


@contextmanager
def seeded(seed: int, device: torch.device, *, alone: bool = False) -> Iterator[None]:
    """Seed torch inside, and leave its random state outside as it was.

    All threads share one random state. If blocks overlap, the last one to end restores
    the state before the first of them.

    Parameters
    ----------
    seed : int
        Seeds the state of the CPU, and that of the device if it is a GPU.
    device : torch.device
        The device on which random numbers are drawn.
    alone : bool, default=False
        Whether no block in another thread may begin or end before this one has ended.
        What is drawn inside then follows from the seed.
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
                states = STATES_BEFORE.setdefault(generator.device, {})
                states[block] = generator.get_state()
                generator.manual_seed(seed)
        try:
            yield
        finally:
            with LOCK:
                for generator in generators:
                    restore_state(block, generator)


def restore_state(block: object, generator: torch.Generator) -> None:
    """Restore the state before a block, or leave that to the block that began next.

    While a later block is still open, it uses the random state. So it takes over the
    state before this block, and restores that when it ends itself.
    """
    states = STATES_BEFORE[generator.device]
    blocks = list(states)
    later = blocks[blocks.index(block) + 1 :]
    state = states.pop(block)
    if later:
        states[later[0]] = state
    else:
        generator.set_state(state)
