import numpy as np
import pytest
import torch
from trained_networks import trained_like

from pusklearn.modules import ConvNet, ResNet8
from pusklearn.pu.modules._thread_team import ThreadTeam
from pusklearn.pu.network._dense_network import dense_form
from pusklearn.pu.network._strips import ROWS, in_strips


@pytest.mark.parametrize("n_rows", [1, ROWS, 3 * ROWS + 5])
@pytest.mark.parametrize(
    ("architecture", "size", "step"),
    [
        (ConvNet(31, 2), 31, 2),
        (ConvNet(31, 2), 36, 4),
        (ConvNet(63, 2, halve=True), 63, 2),
        (ResNet8(2), 71, 2),
    ],
    ids=repr,
)
def test_strips_give_what_the_layers_give(architecture, size, step, n_rows):
    network = trained_like(architecture, size)
    images = torch.randn(1, 1, size + step * (n_rows - 1), size + 7)
    n_threads = torch.get_num_threads()
    with torch.inference_mode():
        dense = dense_form(network, architecture, size, step)
        expected = dense(images)
        found = []
        for n_members in (1, 3):
            with ThreadTeam(n_members) as team:
                found.append(in_strips(dense, team)(images))
    np.testing.assert_allclose(found[0], expected, atol=1e-5)
    # Each strip is the work of one thread, however many there are.
    np.testing.assert_array_equal(*found)
    assert torch.get_num_threads() == n_threads


def test_all_threads_compute_in_the_precision_of_the_caller():
    architecture = ConvNet(31, 2)
    dense = dense_form(trained_like(architecture, 31), architecture, 31, 2)
    images = torch.randn(1, 1, 31 + 10 * ROWS, 40)
    with torch.inference_mode(), ThreadTeam(2) as team:
        with torch.autocast("cpu", torch.bfloat16):
            assert in_strips(dense, team)(images).dtype == torch.bfloat16
        assert in_strips(dense, team)(images).dtype == torch.float32
