"""The convolution of images of kernel size."""

import pytest
import torch
from torch import nn

from pusklearn.pu.modules._convolution import Convolution


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(
    ("size", "options"),
    [((5, 5), {}), ((5, 5), {"stride": 2}), ((9, 9), {"dilation": 2}), ((7, 6), {})],
)
def test_values_and_gradients_are_those_of_torch(size, options, bias):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        ours = Convolution(3, 4, 5, bias=bias, dtype=torch.float64, **options)
        images = torch.randn(6, 3, *size, dtype=torch.float64)
    images = images.to(memory_format=torch.channels_last)
    theirs = nn.Conv2d(3, 4, 5, bias=bias, dtype=torch.float64, **options)
    theirs.load_state_dict(ours.state_dict())
    results = []
    for layer in (ours, theirs):
        inputs = images.clone().requires_grad_()
        outputs = layer(inputs)
        gradients = torch.autograd.grad(
            outputs.square().sum(), [inputs, *layer.parameters()]
        )
        results.append([outputs, *gradients])
    for value, expected in zip(*results, strict=True):
        torch.testing.assert_close(value, expected)
