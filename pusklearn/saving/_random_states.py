"""Random states in a document."""

from typing import Any

import numpy as np

from pusklearn.saving._kind import Kind, Reader, Writer, take

BIT_GENERATORS = ("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64")
# Places in numbers that are drawn ahead. NumPy does not check them.
PLACES = {"pos": 624, "buffer_pos": 4}
SEED = ("entropy", "spawn_key", "pool_size", "n_children_spawned")
MOST_POOL = 64


def is_random_state(value: Any) -> bool:
    """Tell whether a value is a random state of NumPy, old or new."""
    return type(value) in (np.random.RandomState, np.random.Generator)


def encode_random_state(value: Any, writer: Writer) -> dict[str, Any]:
    """Return the node of a random state; one that several objects share comes once."""
    number, is_new = writer.number(value)
    if not is_new:
        return {"number": number}
    seed = None
    if type(value) is np.random.RandomState:
        state: Any = value.get_state(legacy=False)
    else:
        state = value.bit_generator.state
        sequence = value.bit_generator.seed_seq  # that `spawn` goes on from
        if type(sequence) is np.random.SeedSequence:
            seed = {name: getattr(sequence, name) for name in SEED}
    if state["bit_generator"] not in BIT_GENERATORS:
        raise writer.refuse(value, f" of {state['bit_generator']}")
    return {
        "number": number,
        "class": type(value).__name__,
        "seed": writer.write(seed, ".seed_seq"),
        "state": writer.write(state, ".state"),
    }


def decode_random_state(node: dict[str, Any], reader: Reader) -> Any:
    """Return the random state."""
    number = take(node, "number", int)
    if "state" not in node:
        return reader.shared[number]
    state, seed = reader.read(node["state"]), reader.read(node.get("seed"))
    name = state["bit_generator"]
    if name not in BIT_GENERATORS:
        raise ValueError(f"{name!r} is no bit generator that is allowed.")
    for place, end in PLACES.items():
        at = state.get(place, state["state"].get(place, 0))
        if type(at) is not int or not 0 <= at <= end:
            raise ValueError(f"{place!r} of a random state cannot be {at!r}.")
    if seed is not None and not 4 <= seed["pool_size"] <= MOST_POOL:
        raise ValueError(f"The pool of a seed cannot have {seed['pool_size']!r} words.")
    sequence = None if seed is None else np.random.SeedSequence(**seed)
    bits = getattr(np.random, name)(sequence)
    value: Any = np.random.Generator(bits)
    if take(node, "class", str) == "RandomState":
        value = np.random.RandomState(bits)
        value.set_state(state)
    else:
        bits.state = state
    reader.shared[number] = value
    return value


RANDOM_STATES = (
    Kind("random state", is_random_state, encode_random_state, decode_random_state),
)
