import numpy as np
import pytest
import torch
from torch import nn
from trained_networks import trained_like

from pusklearn.modules import Architecture, ConvNet, ResNet8
from pusklearn.pu.modules._convolution import Convolution
from pusklearn.pu.network import _strips, _subspaces
from pusklearn.pu.network._dense_network import dense_form
from pusklearn.pu.network._subspaces import (
    Statistics,
    all_logits,
    find_subspace,
    find_subspaces,
    gather_statistics,
)

WIDE = ConvNet(31, 32)


@pytest.fixture(scope="module")
def regions():
    noise = np.random.default_rng(0).normal(size=(200, 31, 31))
    return np.float32(noise)


@pytest.fixture(scope="module")
def network():
    """A network the last features of which have only 20 dimensions."""
    network = trained_like(WIDE, 31)
    last = [m for m in network.modules() if isinstance(m, torch.nn.Conv2d)][2]
    with torch.no_grad():
        flat = last.weight.flatten(1)
        left, values, right = torch.linalg.svd(flat, full_matrices=False)
        values[20:] = 0
        last.weight.copy_((left * values @ right).view_as(last.weight))
    return network


def test_what_has_few_dimensions_is_found_and_logits_stay(network, regions):
    found = find_subspaces(network, WIDE, regions)
    mean, reduce, expand = found[1][1]
    assert (mean.shape, reduce.shape, expand.shape) == ((128,), (32, 128), (128, 32))
    exact = dense_form(network, WIDE, 31, 4)
    near = dense_form(network, WIDE, 31, 4, [(None, None), (None, found[1][1])])
    batch = torch.from_numpy(regions[:, None])
    np.testing.assert_allclose(
        all_logits(near, batch), all_logits(exact, batch), atol=1e-4
    )


def test_residual_blocks_are_confined_in_the_order_of_their_names(monkeypatch):
    architecture = ResNet8(units=64)
    network = trained_like(architecture, 71)
    regions = np.float32(np.random.default_rng(0).normal(size=(60, 71, 71)))
    monkeypatch.setattr(_subspaces, "LOSS_OF_ONE", 0.01)
    monkeypatch.setattr(_subspaces, "LOSS_OF_ALL", np.inf)
    found = find_subspaces(network, architecture, regions)
    assert sum(map(any, found)) > 1
    exact = dense_form(network, architecture, 71, 4)
    near = dense_form(network, architecture, 71, 4, found)
    batch = torch.from_numpy(regions[::2, None])  # those that told the subspaces
    error = all_logits(near, batch) - all_logits(exact, batch)
    assert error.std() < all_logits(exact, batch).std()


def test_it_draws_nothing_and_leaves_the_network_as_it_is(network, regions):
    before = {name: values.clone() for name, values in network.state_dict().items()}
    state = torch.get_rng_state()
    first, again = (find_subspaces(network, WIDE, regions) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), state)
    np.testing.assert_array_equal(first[1][1][2], again[1][1][2])
    for name, values in network.state_dict().items():
        assert torch.equal(values, before[name])
    assert all(weight.grad is None for weight in network.parameters())


def test_a_narrow_network_stays_as_it_is(regions):
    narrow = ConvNet(31, 4)
    assert find_subspaces(trained_like(narrow, 31), narrow, regions) == []


@pytest.mark.parametrize("n_channels", [1, 8, 32])
@pytest.mark.parametrize("n_others", [1, 32])
def test_few_channels_have_no_subspace_that_saves_products(n_channels, n_others):
    convolution = nn.Conv2d(n_channels, n_others, 3)
    inputs, outputs = (
        _subspaces.Statistics(9, torch.zeros(n).double(), *2 * [torch.eye(n).double()])
        for n in (n_channels, n_others)
    )
    found = _subspaces.find_confinement(convolution, inputs, outputs, np.inf)
    assert found == (None, None)


def test_constant_logits_and_a_single_region_tell_nothing(network, regions):
    assert find_subspaces(network, WIDE, np.zeros_like(regions)) == []
    assert find_subspaces(network, WIDE, regions[:1]) == []


def test_logits_that_would_change_too_much_stay_exact(regions, monkeypatch):
    network = trained_like(WIDE, 31)
    monkeypatch.setattr(_subspaces, "LOSS_OF_ONE", 0.1)
    assert find_subspaces(network, WIDE, regions) == []
    monkeypatch.setattr(_subspaces, "LOSS_OF_ALL", np.inf)
    assert find_subspaces(network, WIDE, regions)[1][1] is not None


class Squares(Architecture):
    """An architecture with a layer of its own."""

    receptive_field, stride = 5, 1

    def features(self, channels, step):
        layers = [Convolution(channels, 64, 3), Convolution(64, 64, 3)]
        return torch.nn.Sequential(*layers, Square()), 64


class Square(torch.nn.Module):
    """Nothing tells from outside which rows it sees."""

    def forward(self, images):
        return images**2


def test_a_network_with_layers_of_its_own_stays_exact(regions, monkeypatch):
    monkeypatch.setattr(_subspaces, "LOSS_OF_ONE", 0.1)
    monkeypatch.setattr(_subspaces, "LOSS_OF_ALL", np.inf)
    network = trained_like(Squares(), 5)
    corners = regions[:, :5, :5]
    assert find_subspaces(network, Squares(), corners) == []
    monkeypatch.setattr(_strips, "OF_PIXELS", (*_strips.OF_PIXELS, Square))
    assert find_subspaces(network, Squares(), corners) != []


def test_statistics_are_those_of_one_batch(network, regions, monkeypatch):
    dense = dense_form(network, WIDE, 31, 4)
    batch = torch.from_numpy(regions[:, None])
    _, _, _, outputs = whole = gather_statistics(dense, batch)[0]
    monkeypatch.setattr(_subspaces, "BATCH", 37)
    for known, expected in zip(gather_statistics(dense, batch)[0], whole, strict=True):
        for part, values in zip(known, expected, strict=True):
            np.testing.assert_allclose(part, values, rtol=1e-4, atol=1e-7)
    # Without the head, as the logit is a sum over features that a slope bends.
    features, head = dense[0].features, dense[0].head
    with torch.no_grad():
        values = features[:-1](batch)[:, :, 0, 0]
        np.testing.assert_allclose(outputs.mean, values.mean(0), rtol=1e-4, atol=1e-6)
        slope = torch.where(values > 0, 1, features[-1].weight)
        gradients = (slope * head.weight.flatten()).double()
    expected = gradients.T @ gradients / len(batch)
    np.testing.assert_allclose(outputs.gradients, expected, rtol=1e-4, atol=1e-9)
    assert [known.n_positions for known in whole] == [169, 25, 25, 1]


def test_directions_count_that_move_the_logit():
    rng = np.random.default_rng(0)
    channels = 64
    axes = np.linalg.qr(rng.normal(size=(channels, channels)))[0]
    # The values vary most where no logit depends on them.
    spread = np.r_[np.full(32, 100.0), np.full(32, 1.0)]
    matters = np.r_[np.zeros(32), np.ones(32)]
    known = Statistics(
        1,
        torch.zeros(channels).double(),
        torch.from_numpy(axes * spread @ axes.T),
        torch.from_numpy(axes * matters @ axes.T),
    )
    _, reduce, expand = find_subspace(known, 0.5)
    assert len(reduce) == 32
    values = axes[:, 32:] @ rng.normal(size=(32, 5))
    np.testing.assert_allclose(expand @ (reduce @ values), values, atol=0.05)
    # All of it is kept if nothing may be lost.
    assert len(find_subspace(known, 0.0)[1]) == channels
