import pytest
import torch
from torch import nn

from pusklearn.modules import MLP, ConvNet, ResNet8
from pusklearn.pu.network._output_bias import output_bias


@pytest.mark.parametrize(
    ("module", "shape"),
    [(MLP((4,)), (6,)), (ConvNet(31, units=2), (31, 31)), (ResNet8(units=2), (9, 9))],
)
def test_it_moves_every_logit_alike(module, shape):
    network = module.build(shape).eval()
    samples = torch.rand(3, *((1, *shape) if len(shape) > 1 else shape))
    with torch.no_grad():
        before = network(samples)
        output_bias(network).add_(2)
        torch.testing.assert_close(network(samples), before + 2)


@pytest.mark.parametrize(
    "network",
    [nn.Flatten(), nn.Linear(4, 2), nn.Linear(4, 1, bias=False)],
    ids=["no layer", "two outputs", "no bias"],
)
def test_there_may_be_none(network):
    assert output_bias(network) is None
