import json

import numpy as np
import pytest
from numpy.random import Generator, RandomState, SeedSequence

from pusklearn.saving._codec import pack, unpack
from pusklearn.saving._random_states import BIT_GENERATORS


def round_trip(value):
    document, tensors = pack(value)
    return unpack(json.loads(json.dumps(document)), tensors)


@pytest.mark.parametrize("name", BIT_GENERATORS)
def test_generators_go_on_where_they_were(name):
    generator = Generator(getattr(np.random, name)(3))
    generator.integers(9, size=5, dtype=np.uint8)
    generator.normal()
    generator.spawn(2)
    other = round_trip(generator)
    assert type(other) is Generator
    assert type(other.bit_generator) is type(generator.bit_generator)
    assert np.array_equal(other.normal(size=700), generator.normal(size=700))
    assert np.array_equal(other.spawn(1)[0].random(3), generator.spawn(1)[0].random(3))


@pytest.mark.parametrize("name", ["MT19937", "PCG64"])
def test_old_random_states_go_on_where_they_were(name):
    state = RandomState(getattr(np.random, name)(3))
    state.normal()  # it has drawn a second normal number for the next time
    other = round_trip(state)
    assert type(other) is RandomState
    assert np.array_equal(other.normal(size=701), state.normal(size=701))


def test_one_that_is_shared_stays_shared():
    state, generator = RandomState(0), np.random.default_rng(0)
    first, second, *others = round_trip([state, state, generator, generator])
    assert first is second
    assert others[0] is others[1]
    assert first.random() == state.random()


def test_a_generator_without_a_sequence_of_seeds():
    class Seed(np.random.bit_generator.ISeedSequence):
        def generate_state(self, n_words, dtype=np.uint32):
            return np.ones(n_words, dtype)

    generator = Generator(np.random.PCG64(Seed()))
    assert round_trip(generator).random() == generator.random()


def node_of(value):
    document, tensors = pack(value)
    return document, tensors, document["estimator"]["state"]["values"]


@pytest.mark.parametrize("position", [-1, 625, 2**40, 1.5, None, True])
def test_places_outside_the_numbers_are_refused(position):
    document, tensors, state = node_of(RandomState(0))
    state["state"]["values"]["pos"] = position
    with pytest.raises(ValueError, match="'pos' of a random state cannot be"):
        unpack(document, tensors)
    document, tensors, state = node_of(Generator(np.random.Philox(0)))
    state["buffer_pos"] = position
    with pytest.raises(ValueError, match="'buffer_pos' of a random state cannot be"):
        unpack(document, tensors)


def test_other_bit_generators_are_refused():
    document, tensors, state = node_of(RandomState(0))
    state["bit_generator"] = "SeedSequence"
    with pytest.raises(ValueError, match="no bit generator that is allowed"):
        unpack(document, tensors)


def test_bit_generators_of_others_are_refused():
    class Own(np.random.PCG64):
        pass

    for value in (Generator(Own(3)), RandomState(Own(3))):
        with pytest.raises(TypeError, match=r"cannot carry .* of Own"):
            pack(value)


def test_large_pools_are_refused():
    generator = Generator(np.random.PCG64(SeedSequence(0)))
    document, tensors, _ = node_of(generator)
    document["estimator"]["seed"]["values"]["pool_size"] = 2**40
    with pytest.raises(ValueError, match="The pool of a seed cannot have"):
        unpack(document, tensors)


def test_short_states_are_refused():
    document, tensors, _ = node_of(RandomState(0))
    short = {name: tensor[:-4] for name, tensor in tensors.items()}
    with pytest.raises(ValueError, match="cannot have"):
        unpack(document, short)
    document["estimator"]["state"]["values"]["state"]["values"]["key"]["shape"] = [623]
    with pytest.raises((ValueError, IndexError)):
        unpack(document, short)
