from threading import Barrier, Thread

import numpy as np
import pytest
import torch
from skorch.callbacks import Callback
from torch import nn

from pusklearn import PUClassifier
from pusklearn.modules import MLP
from pusklearn.pu.network._seeded import seeded

CPU = torch.device("cpu")


@pytest.fixture
def state():
    """Torch's random state, as it should be after."""
    return torch.random.get_rng_state()


def is_state(expected):
    return torch.equal(torch.random.get_rng_state(), expected)


def test_inside_the_seed_counts_and_outside_nothing_has_changed(state):
    drawn = []
    for _ in range(2):
        with seeded(3, CPU):
            drawn.append(torch.rand(5))
    torch.testing.assert_close(*drawn, rtol=0, atol=0)
    assert is_state(state)


def test_an_error_inside_restores_the_state_too(state):
    with pytest.raises(RuntimeError), seeded(3, CPU):
        torch.rand(1) @ torch.rand(2)
    assert is_state(state)


def test_a_block_within_a_block_leaves_its_draws_alone(state):
    with seeded(3, CPU):
        expected = torch.rand(2)
    with seeded(3, CPU):
        first = torch.rand(1)
        with seeded(4, CPU):
            torch.rand(9)
        torch.testing.assert_close(torch.cat([first, torch.rand(1)]), expected)
    assert is_state(state)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 0, 1), (1, 2, 0)])
def test_blocks_that_overlap_restore_the_state_in_any_order(state, order):
    blocks = [seeded(seed, CPU) for seed in range(3)]
    for block in blocks:
        block.__enter__()
        torch.rand(1)
    for number in order[:-1]:
        blocks[number].__exit__(None, None, None)
    torch.rand(1)
    blocks[order[-1]].__exit__(None, None, None)
    assert is_state(state)


class Meet(Callback):
    """Wait for the other trainings after each epoch, and note the random state."""

    def __init__(self, barrier=None):
        self.barrier = barrier

    def on_epoch_end(self, net, **kwargs):
        self.states_ = [*getattr(self, "states_", []), torch.random.get_rng_state()]
        if self.barrier is not None:
            self.barrier.wait(timeout=60)


def draws_from_torch():
    return nn.Sequential(nn.Dropout(0.5), nn.Linear(2, 1))


def fit(module, callback, max_epochs=2):
    X = np.random.default_rng(0).normal(size=(60, 2))
    return PUClassifier(
        module,
        max_epochs=max_epochs,
        steps_per_epoch=3,
        callbacks=[("meet", callback)],
        random_state=0,
    ).fit(X, np.arange(60) % 3 == 0)


@pytest.mark.parametrize("module", [MLP((4,)), draws_from_torch])
def test_trainings_in_threads_leave_the_state_as_it_was(state, module):
    # They meet twice, and the second goes on alone, so each is amid the other.
    barrier = Barrier(2)
    threads = [Thread(target=fit, args=(module, Meet(barrier))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert is_state(state)


def test_training_a_network_of_this_library_draws_nothing_from_torch():
    meet = Meet()
    fit(MLP((4,), input_dropout=0.5), meet)
    torch.testing.assert_close(*meet.states_, rtol=0, atol=0)
    meet = Meet()
    fit(draws_from_torch, meet)
    assert not torch.equal(*meet.states_)


def test_no_other_thread_seeds_amid_draws_alone(state):
    def other():
        with seeded(4, CPU):
            pass

    with seeded(3, CPU):
        expected = torch.rand(2)
    thread = Thread(target=other)
    with seeded(3, CPU, alone=True):
        first = torch.rand(1)
        thread.start()
        thread.join(0.2)
        torch.testing.assert_close(torch.cat([first, torch.rand(1)]), expected)
    thread.join()
    assert is_state(state)
