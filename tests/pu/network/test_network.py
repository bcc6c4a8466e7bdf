import numpy as np
import pytest
import torch
from torch import nn

from pusklearn import PUClassifier
from pusklearn.modules import ConvNet
from pusklearn.pu.network._decoder import Decoder
from pusklearn.pu.network._network import TrainedNetwork


@pytest.mark.parametrize(("n", "step"), [(2, 1), (127, 1), (128, 2), (256, 4)])
def test_evenly_spaced_samples_of_a_large_batch_are_decoded(n, step):
    samples = torch.randn(n, 1, 31, 31)
    network = ConvNet(units=2).build((31, 31))
    trained = TrainedNetwork(
        network, Decoder(network.width, (1, 31, 31)), in_half=False
    )
    with torch.inference_mode():
        logits, error = trained.eval()(samples)
        expected = trained.decoder(network.features(samples)) - samples
    assert len(logits) == n
    expected = expected.square().sum((1, 2, 3))[::step]
    torch.testing.assert_close(error, expected)


def fit(module, shape=(3,)):
    """Train a network of the user for a few updates."""
    X = np.random.default_rng(0).normal(size=(40, *shape)).astype(np.float32)
    classifier = PUClassifier(
        module, prior=0.3, max_epochs=1, steps_per_epoch=2, batch_size=8, random_state=0
    )
    return classifier.fit(X, np.arange(40) < 10)


class Mean(nn.Module):
    """A network without parameters."""

    def forward(self, x):
        return x.mean(1)


class Detached(nn.Linear):
    """A network whose output has no gradient."""

    def forward(self, x):
        return super().forward(x).detach()


def frozen():
    """Return a network whose parameters are all frozen."""
    return nn.Linear(3, 1).requires_grad_(False)


@pytest.mark.parametrize(
    ("module", "error", "words"),
    [
        (Mean, ValueError, "parameters to train. Got a Mean; it has none"),
        (frozen, ValueError, "the 2 that it has are frozen by `requires_grad=False`"),
        (lambda: Detached(3, 1), TypeError, "logits that depend on its parameters"),
    ],
    ids=["no parameters", "frozen", "detached"],
)
def test_a_network_that_cannot_learn_is_named(module, error, words):
    with pytest.raises(error, match=words):
        fit(module)


def test_a_network_of_which_a_part_is_frozen_is_trained():
    network = fit(lambda: nn.Sequential(frozen(), nn.Linear(1, 1))).net_.module_.network
    assert not network[0].weight.requires_grad


@pytest.mark.parametrize(
    ("module", "shape", "expected"),
    [
        (lambda: nn.Linear(4, 1), (3,), r"\(n, 3\), as the samples are. The Linear"),
        (lambda: nn.Conv2d(3, 1, 16), (16, 16), r"\(n, 1, 16, 16\)"),
        (lambda: nn.Conv2d(3, 1, 31), (3, 16, 16), r"\(n, 3, 16, 16\)"),
        (
            lambda: nn.Sequential(nn.BatchNorm2d(3), nn.Linear(3, 1)),
            (3,),
            r"\(n, 3\).*Sequential does not: expected 4D input",
        ),
    ],
    ids=["width", "channels", "kernel", "batch norm"],
)
def test_a_network_for_samples_of_another_shape_is_named(module, shape, expected):
    with pytest.raises(ValueError, match=expected):
        fit(module, shape)


def test_an_error_of_the_criterion_is_not_blamed_on_the_network():
    X = np.random.default_rng(0).normal(size=(40, 3))

    def criterion(logits, is_positive, priors):
        raise RuntimeError("mine")

    classifier = PUClassifier(lambda: nn.Linear(3, 1), criterion, prior=0.3)
    with pytest.raises(RuntimeError, match=r"^mine$"):
        classifier.fit(X, np.arange(40) < 10)
