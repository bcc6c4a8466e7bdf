import pytest
import torch

from pusklearn.pu.network._load_state import load_state

STATE = {"weight": torch.ones(3, 2), "bias": torch.arange(3.0)}


@pytest.fixture
def network():
    with torch.device("meta"):
        return torch.nn.Linear(2, 3)


def test_a_network_computes_with_the_weights(network):
    load_state(network, STATE)
    result = network(torch.tensor([[1.0, 2.0]]))
    assert result.tolist() == [[3.0, 4.0, 5.0]]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"weight": torch.ones(2, 3)}, "do not fit the network"),
        ({"weight": torch.ones(3, 2).double()}, "must be of type torch.float32"),
        ({"more": torch.ones(1)}, "do not fit the network"),
    ],
)
def test_what_does_not_fit_is_refused(network, wrong, message):
    with pytest.raises(ValueError, match=message):
        load_state(network, STATE | wrong)


def test_a_weight_that_is_missing_is_refused(network):
    with pytest.raises(ValueError, match="do not fit the network"):
        load_state(network, {"weight": STATE["weight"]})
