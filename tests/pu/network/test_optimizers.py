from functools import partial

import pytest
import torch

from pusklearn.pu.network._optimizers import (
    as_optimizer,
    decay_parameters,
    quick_parameters,
)


@pytest.mark.parametrize("name", ["adam", "AdamW", "sgd"])
def test_optimizers_have_names(name):
    assert as_optimizer(name)([torch.zeros(1)], lr=0.1).param_groups[0]["lr"] == 0.1


@pytest.mark.parametrize(
    ("optimizer", "error"), [("lbfgs", ValueError), (torch.nn.Linear, TypeError)]
)
def test_what_is_no_optimizer_is_an_error(optimizer, error):
    with pytest.raises(error, match="`optimizer` must be one of"):
        as_optimizer(optimizer)


class WithAny(torch.optim.SGD):
    def __init__(self, params, **kwargs):
        super().__init__(params, **kwargs)


class Silent:
    """An optimizer that tells no arguments."""

    __signature__ = "unknown"

    def __call__(self, params, **kwargs):
        return torch.optim.SGD(params, **kwargs)


@pytest.mark.parametrize(
    "optimizer",
    [torch.optim.AdamW, partial(torch.optim.SGD, momentum=0.9), WithAny, Silent()],
)
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_the_weight_decay_is_given_to_optimizers_that_have_one(optimizer, decay):
    found = decay_parameters(optimizer, decay)
    assert found == {"optimizer__weight_decay": decay}


def test_an_optimizer_without_weight_decay_is_used_without():
    assert decay_parameters(torch.optim.Rprop, 0.0) == {}
    with pytest.raises(ValueError, match=r"the optimizer Rprop has none\. Got 0\.1"):
        decay_parameters(torch.optim.Rprop, 0.1)


@pytest.mark.parametrize("name", ["adam", "AdamW", "sgd"])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_an_optimizer_of_a_name_is_fused(name, device):
    options = quick_parameters(name, torch.device(device))
    # The weights may be loaded where there is no GPU.
    weights = torch.ones(2, requires_grad=True)
    optimizer = as_optimizer(name)(
        [weights], lr=0.1, fused=options.pop("optimizer__fused")
    )
    assert not options
    weights.sum().backward()
    optimizer.step()
    assert (weights < 1).all()


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_an_optimizer_of_the_user_is_left_as_it_is(device):
    assert quick_parameters(torch.optim.Adam, torch.device(device)) == {}


def test_an_optimizer_of_a_name_is_left_as_it_is_on_other_devices():
    assert quick_parameters("adam", torch.device("mps")) == {}
