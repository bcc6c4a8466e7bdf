import torch

from pusklearn.modules import MLP


def test_images_are_flattened():
    network = MLP((5,)).build((2, 4, 3)).eval()
    assert network(torch.zeros(7, 2, 4, 3)).shape == (7, 1)


def test_without_hidden_layers_it_is_linear():
    network = MLP((), batch_norm=False).build((4,))
    x = torch.arange(8.0).reshape(2, 4)
    zero = network(torch.zeros(1, 4))
    torch.testing.assert_close(network(x[:1] + x[1:]) + zero, network(x).sum(0)[None])


def test_dropout_acts_in_training_alone():
    network = MLP((50,), dropout=0.5).build((4,))
    x = torch.ones(3, 4)
    network.eval()
    torch.testing.assert_close(network(x), network(x))
    assert any(isinstance(layer, torch.nn.Dropout) for layer in network.modules())
