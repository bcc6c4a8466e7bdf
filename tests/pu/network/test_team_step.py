"""A batch whose parts are in several threads."""

import copy

import numpy as np
import pytest
import torch
from torch import nn

from pusklearn import PUClassifier
from pusklearn.modules import MLP, Architecture, ConvNet, ResNet8
from pusklearn.pu.modules._blueprint import Network
from pusklearn.pu.modules._thread_team import ThreadTeam
from pusklearn.pu.network._decoder import Decoder
from pusklearn.pu.network._network import TrainedNetwork
from pusklearn.pu.network._team_step import compute_gradient

NETWORKS = {
    "conv": (ConvNet(31, units=4, input_dropout=0.0), (31, 31)),
    "resnet": (ResNet8(units=4, input_dropout=0.0), (71, 71)),
    "mlp": (MLP((16,), batch_norm=True, input_dropout=0.0), (5,)),
}


@pytest.fixture
def two_threads():
    """Give torch two threads, whatever it had."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def new_network(kind, decoded=False):
    """Return a network in training and a batch of 34 samples for it."""
    torch.manual_seed(0)
    architecture, shape = NETWORKS[kind]
    network = architecture.build(shape)
    images = (1, *shape) if len(shape) == 2 else shape
    decoder = Decoder(network.width, images) if decoded else None
    trained = TrainedNetwork(network, decoder, in_half=False).train()
    return trained, torch.randn(34, *images)


def loss_of(output):
    """Return a loss that no mean over parts of a batch gives."""
    logits, error = output
    loss = (logits.sigmoid().sum() - 5).square() + logits.square().mean()
    return loss if error is None else loss + 0.1 * error.mean()


@pytest.mark.parametrize("kind", NETWORKS)
@pytest.mark.parametrize("decoded", [False, True])
@pytest.mark.parametrize("n_members", [2, 3])
def test_gradient_is_that_of_the_whole_batch(kind, decoded, n_members):
    network, samples = new_network(kind, decoded)
    whole = copy.deepcopy(network)
    whole.double()
    expected = loss_of(whole(samples.double()))
    expected.backward()
    with ThreadTeam(n_members) as team:
        loss, (logits, error) = compute_gradient(team, network, samples, loss_of)
    assert len(logits) == 34
    assert (error is None) != decoded
    assert loss.item() == pytest.approx(expected.item(), rel=1e-4)
    pairs = zip(network.parameters(), whole.parameters(), strict=True)
    for parameter, true in pairs:
        scale = true.grad.abs().max().item()
        np.testing.assert_allclose(
            parameter.grad.numpy(),
            true.grad.numpy(),
            rtol=1e-3,
            atol=1e-4 * scale + 1e-6,
        )
    for buffer, true in zip(network.buffers(), whole.buffers(), strict=True):
        np.testing.assert_allclose(buffer.numpy(), true.numpy(), rtol=1e-4, atol=1e-5)


def new_classifier(module="auto", **kwargs):
    settings = {"max_epochs": 2, "steps_per_epoch": 3, "batch_size": 64}
    return PUClassifier(module, prior=0.4, random_state=0, **settings | kwargs)


@pytest.fixture(scope="module")
def images():
    X = np.random.default_rng(0).normal(size=(100, 31, 31)).astype(np.float32)
    y = np.arange(100) < 20
    X[y] += 0.3
    return X, y


def test_two_threads_learn_the_same_bits_again(two_threads, images):
    X, y = images
    first, second = (new_classifier().fit(X, y).decision_function(X) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert torch.get_num_threads() == 2


def test_two_threads_learn_nearly_what_one_learns(two_threads, images):
    X, y = images
    module = ConvNet(31, units=4, dropout=0.1)
    two = new_classifier(module, precision="float32").fit(X, y).decision_function(X)
    torch.set_num_threads(1)
    one = new_classifier(module, precision="float32").fit(X, y).decision_function(X)
    np.testing.assert_allclose(two, one, atol=1e-3)


class OwnNetwork(nn.Module):
    """A network that is no network of pusklearn.modules, and notes torch's threads."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(31 * 31, 1)
        self.n_threads = 0

    def forward(self, samples):
        self.n_threads = torch.get_num_threads()
        return self.layer(samples.flatten(1))


def test_a_network_of_the_user_keeps_the_threads_of_torch(two_threads, images):
    fitted = new_classifier(OwnNetwork).fit(*images)
    assert fitted.net_.module_.network.n_threads == 2


def test_threads_are_put_back_if_training_fails(two_threads, images):
    with pytest.raises(ValueError, match="diverged"):
        new_classifier(lr=1e30).fit(*images)
    assert torch.get_num_threads() == 2


class OwnArchitecture(Architecture):
    """A network of pusklearn's form, with a layer of torch in it."""

    receptive_field = None
    stride = None

    def __init__(self, layer):
        self.layer = layer

    def build(self, sample_shape, step=None):
        layers = [nn.Flatten(), nn.Linear(31 * 31, 8), self.layer(8), nn.ReLU()]
        return Network(nn.Sequential(*layers), nn.Linear(8, 1), 8)


def dropout(n_features):
    return nn.Dropout(0.5)


@pytest.mark.parametrize("layer", [nn.BatchNorm1d, dropout])
def test_layers_of_torch_that_need_the_whole_batch_get_it(two_threads, images, layer):
    X, y = images
    two = new_classifier(OwnArchitecture(layer)).fit(X, y)
    torch.set_num_threads(1)
    one = new_classifier(OwnArchitecture(layer)).fit(X, y)
    np.testing.assert_allclose(
        two.decision_function(X), one.decision_function(X), atol=1e-3
    )
    if layer is nn.BatchNorm1d:
        norm = two.net_.module_.network.features[2]
        assert norm.num_batches_tracked == 6


class LearntScale(nn.Module):
    """A criterion with a parameter of its own."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, logits, is_positive, priors):
        return (self.scale * logits - is_positive.float()).square().mean()


def test_a_criterion_learns_its_parameters_in_a_team(two_threads, images):
    two, one = LearntScale(), LearntScale()
    new_classifier(MLP((8,)), criterion=two).fit(*images)
    torch.set_num_threads(1)
    new_classifier(MLP((8,)), criterion=one).fit(*images)
    assert two.scale.item() != 1
    assert two.scale.item() == pytest.approx(one.scale.item(), abs=2e-3)


def test_a_loss_that_depends_on_no_logit_leaves_the_network():
    network, samples = new_network("mlp")
    criterion = LearntScale()
    with ThreadTeam(2) as team:
        compute_gradient(team, network, samples, lambda _: criterion.scale.square())
    assert criterion.scale.grad == 2
    assert all((p.grad == 0).all() for p in network.parameters())
