import copy

import numpy as np
import pytest
import torch
from torch import nn

from pusklearn.pu.modules._batch_norm import BatchNorm1d, BatchNorm2d
from pusklearn.pu.modules._thread_team import ThreadTeam

SHAPES = [(BatchNorm1d, (23, 4)), (BatchNorm2d, (23, 4, 5, 3))]


def new_layer(kind):
    """Return a layer in training whose weights are not those of the start."""
    torch.manual_seed(0)
    layer = kind(4, momentum=0.3)
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias)
    return layer


def moments_far_apart(shape):
    """Return values whose parts have other means and deviations, as float32."""
    values = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    return torch.cat([values[:9] * 3 + 5, values[9:] - 2])


@pytest.mark.parametrize(("kind", "shape"), SHAPES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("n_members", [1, 2, 3])
def test_it_is_torchs_batch_norm_of_the_whole_batch(kind, shape, dtype, n_members):
    layer = new_layer(kind)
    whole = copy.deepcopy(layer).double()
    values = moments_far_apart(shape).to(dtype)
    back = torch.randn(shape, generator=torch.Generator().manual_seed(2)).to(dtype)
    parts = [part.clone().requires_grad_() for part in values.tensor_split(n_members)]
    with ThreadTeam(n_members) as team:
        normal = team.map(layer, parts)
        grads = team.map(
            lambda n, part, b: torch.autograd.grad(n, [part, *layer.parameters()], b),
            *(normal, parts, back.tensor_split(n_members)),
        )
    exact = values.double().requires_grad_()
    expected = whole(exact)
    expected.backward(back.double())
    tolerance = 1e-4 if dtype == torch.float32 else 3e-2
    of_values, of_weight, of_bias = (list(g) for g in zip(*grads, strict=True))
    for got, true in (
        (torch.cat(normal), expected),
        (torch.cat(of_values), exact.grad),
        (sum(of_weight), whole.weight.grad),
        (sum(of_bias), whole.bias.grad),
        (layer.running_mean, whole.running_mean),
        (layer.running_var, whole.running_var),
    ):
        got, true = got.detach().double().numpy(), true.detach().double().numpy()
        np.testing.assert_allclose(got, true, atol=tolerance * np.abs(true).max())
    assert layer.num_batches_tracked == 1


@pytest.mark.parametrize(("kind", "shape"), SHAPES)
@pytest.mark.parametrize("training", [False, True])
def test_without_a_team_it_is_torchs_own_to_the_bit(kind, shape, training):
    layer = new_layer(kind).train(training)
    own = getattr(nn, kind.__name__)(4, momentum=0.3).train(training)
    own.load_state_dict(layer.state_dict())
    values = moments_far_apart(shape)
    assert torch.equal(layer(values), own(values))
    assert torch.equal(layer.running_var, own.running_var)


def test_outside_of_training_the_members_need_not_meet():
    layer = new_layer(BatchNorm1d).eval()
    values = moments_far_apart((23, 4))
    with ThreadTeam(2) as team:
        parts = team.map(layer, values.tensor_split(2))
    assert torch.equal(torch.cat(parts), layer(values))
