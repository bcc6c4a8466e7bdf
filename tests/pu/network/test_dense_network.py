import gc

import numpy as np
import pytest
import torch
from fake_gpu import FakeGpu
from trained_networks import trained_like

from pusklearn.modules import ConvNet, ResNet8, ResNet16
from pusklearn.pu.network._dense_network import (
    DENSE_FORMS,
    dense_form,
    known_dense_form,
    score_map,
)

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    "architecture",
    [
        ConvNet(31, 4),
        ConvNet(31, 4, batch_norm=False, dropout=0.5),
        ConvNet(63, 2),
        ConvNet(127, 2, dropout=0.1),
        ResNet8(2),
        ResNet8(2, batch_norm=False, dropout=0.5),
        ResNet16(2),
        ResNet16(2, batch_norm=False),
    ],
    ids=repr,
)
def test_a_score_map_is_the_network_on_every_region_edges_included(architecture):
    size = architecture.receptive_field
    image = np.random.default_rng(0).normal(size=(size + 3, 22)).astype(np.float32)
    network = trained_like(architecture, size)
    with torch.inference_mode():
        scores = score_map(dense_form(network, architecture, size), image, size, CPU)
        assert scores.shape == image.shape
        padded = np.pad(image, size // 2)
        for y, x in [(0, 0), (0, 21), (size + 2, 0), (size + 2, 21), (9, 11), (5, 1)]:
            region = torch.from_numpy(padded[y : y + size, x : x + size].copy())
            expected = network(region[None, None]).item()
            assert scores[y, x] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("size", [31, 36])
def test_a_score_map_does_not_depend_on_its_tiles(size):
    architecture = ConvNet(31, 4)
    image = np.random.default_rng(0).normal(size=(50, 61)).astype(np.float32)
    image[20:40, 20:40] = 0
    network = trained_like(architecture, size)
    with torch.inference_mode():
        dense = dense_form(network, architecture, size)
        whole = score_map(dense, image, size, CPU)
        for tile in (7, 16, 50):
            tiled = score_map(dense, image, size, CPU, tile=tile)
            np.testing.assert_allclose(tiled, whole, atol=1e-5)


def test_the_dense_form_shares_the_weights_and_draws_no_random_number():
    architecture = ConvNet(31, 4, batch_norm=False)
    network = trained_like(architecture, 31).to(memory_format=torch.channels_last)
    state = torch.get_rng_state()
    dense = dense_form(network, architecture, 31)
    assert torch.equal(torch.get_rng_state(), state)
    ours = {p.data_ptr() for p in network.parameters()}
    assert {p.data_ptr() for p in dense.parameters()} == ours


@pytest.mark.parametrize("architecture", [ConvNet(31, 4), ResNet8(2)], ids=repr)
def test_the_dense_form_has_no_batch_norm_after_a_convolution(architecture):
    size = architecture.receptive_field
    network = trained_like(architecture, size)
    state = {name: values.clone() for name, values in network.state_dict().items()}
    dense = dense_form(network, architecture, size)
    # Those after the sum of a residual block stay.
    left = sum(isinstance(m, torch.nn.BatchNorm2d) for m in dense.modules())
    assert left == (0 if isinstance(architecture, ConvNet) else 3)
    for name, values in network.state_dict().items():
        assert torch.equal(values, state[name])


@pytest.mark.parametrize("tile", [5, 512])
@pytest.mark.parametrize("shape", [(47, 52), (40, 33), (1, 2)])
@pytest.mark.parametrize("step", [2, 4])
def test_with_a_step_some_pixels_are_exact_and_the_others_lie_between(
    step, shape, tile
):
    architecture = ConvNet(31, 4)
    image = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    network = trained_like(architecture, 36)
    with torch.inference_mode():
        exact = score_map(dense_form(network, architecture, 36), image, 36, CPU)
        dense = dense_form(network, architecture, 36, step)
        scores = score_map(dense, image, 36, CPU, step, tile)
    assert scores.shape == shape
    here = np.s_[::step, ::step]
    np.testing.assert_allclose(scores[here], exact[here], atol=1e-5)
    # A cubic through equal values is that value; elsewhere it overshoots a little.
    assert scores.min() > exact.min() - np.ptp(exact) / 2
    assert scores.max() < exact.max() + np.ptp(exact) / 2


def test_a_gpu_builds_the_dense_form_of_a_network_once():
    module, image = ConvNet(31, units=2), torch.ones(1, 1, 40, 40)
    with FakeGpu(), torch.no_grad():
        network, n_known = module.build((31, 31)).cuda().eval(), len(DENSE_FORMS)
        dense = known_dense_form(network, module, 31, 2)
        assert known_dense_form(network, module, 31, 2) is dense
        assert known_dense_form(network, module, 31, 1) is not dense
        before = dense(image.cuda()).cpu()
        network.head.bias += 1
        dense = known_dense_form(network, module, 31, 2)
        torch.testing.assert_close(dense(image.cuda()).cpu(), before + 1)
        network.head.bias.data = network.head.bias.data + 1
        dense = known_dense_form(network, module, 31, 2)
        torch.testing.assert_close(dense(image.cuda()).cpu(), before + 2)
        assert len(DENSE_FORMS) == n_known + 1
        del network
        gc.collect()
        assert len(DENSE_FORMS) == n_known


@pytest.mark.parametrize("inference", [True, False])
def test_a_dense_form_is_built_anew_where_changes_are_not_seen(inference):
    module = ConvNet(31, units=2)
    with FakeGpu(), torch.inference_mode(inference):
        network = module.build((31, 31)).eval()
        network = network.cuda() if inference else network
        first = known_dense_form(network, module, 31, 2)
        assert known_dense_form(network, module, 31, 2) is not first
        assert network not in DENSE_FORMS
