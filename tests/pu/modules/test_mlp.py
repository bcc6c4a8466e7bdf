import pytest
import torch

from pusklearn.modules import MLP
from pusklearn.pu.modules._fading_dropout import FadingDropout
from pusklearn.pu.modules._seeded_dropout import SeededDropout


def test_images_are_flattened():
    network = MLP((5,)).build((2, 4, 3)).eval()
    assert network(torch.zeros(7, 2, 4, 3)).shape == (7, 1)


def test_without_hidden_layers_it_is_linear():
    network = MLP((), batch_norm=False).build((4,)).eval()
    x = torch.arange(8.0).reshape(2, 4)
    zero = network(torch.zeros(1, 4))
    torch.testing.assert_close(network(x[:1] + x[1:]) + zero, network(x).sum(0)[None])


def test_dropout_acts_in_training_alone():
    network = MLP((50,), dropout=0.5).build((4,))
    x = torch.ones(3, 4)
    network.eval()
    torch.testing.assert_close(network(x), network(x))
    assert any(isinstance(layer, SeededDropout) for layer in network.modules())


@pytest.mark.parametrize(
    ("width", "share"), [(1, 0), (2, 0), (10, 0.28), (784, 0.3491)]
)
def test_more_inputs_are_dropped_where_there_are_many(width, share):
    layers = [
        layer.p
        for layer in MLP().build((width,)).modules()
        if isinstance(layer, FadingDropout)
    ]
    assert layers == ([pytest.approx(share, abs=1e-4)] if share else [])


def test_no_inputs_are_dropped_where_none_shall_be():
    network = MLP(input_dropout=0.0).build((50,))
    assert not any(isinstance(layer, FadingDropout) for layer in network.modules())


@pytest.mark.parametrize("hidden", [16, "16", (16.0,), None])
def test_hidden_is_a_tuple_of_whole_numbers(hidden):
    with pytest.raises(TypeError, match=r"hidden\W? must be "):
        MLP(hidden).build((4,))


@pytest.mark.parametrize("share", ["some", 1.0, -0.1, None])
def test_a_share_that_cannot_be_is_refused(share):
    with pytest.raises(ValueError, match=rf"'auto' or a number .*\. Got {share!r}"):
        MLP(input_dropout=share).build((4,))
