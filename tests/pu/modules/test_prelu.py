"""The rectifier with one slope."""

import pytest
import torch
from torch import nn

from pusklearn.pu.modules._prelu import PReLU


@pytest.mark.parametrize("slope", [0.25, 0.0, 1.0, -0.5])
def test_values_and_gradients_are_those_of_torch(slope):
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(6, 3, 4, 5, dtype=torch.float64, generator=generator)
    images[0] = 0
    results = []
    for layer in (PReLU(init=slope).double(), nn.PReLU(init=slope).double()):
        inputs = images.clone().requires_grad_()
        outputs = layer(inputs)
        gradients = torch.autograd.grad(
            outputs.exp().sum(), [inputs, *layer.parameters()]
        )
        results.append([outputs, *gradients])
    for value, expected in zip(*results, strict=True):
        torch.testing.assert_close(value, expected)


def test_second_derivatives_are_refused_not_wrong():
    images = torch.linspace(-1, 1, 5)[None, None, None].requires_grad_()
    loss = PReLU()(images).square().sum()
    (gradient,) = torch.autograd.grad(loss, images, create_graph=True)
    with pytest.raises(RuntimeError, match="once_differentiable"):
        gradient.sum().backward()
