import threading

import numpy as np
import pytest
import torch
from torch import nn

from pusklearn import PUClassifier
from pusklearn.modules import MLP, ConvNet, ResNet8
from pusklearn.pu._samples import PlacedArray
from pusklearn.pu.network._batch_scores import score_alone, score_batches

CPU = torch.device("cpu")
QUICK = {"max_epochs": 1, "steps_per_epoch": 10, "batch_size": 32, "random_state": 0}


class Mixed(nn.Module):
    """A network that computes in float32 alone."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)

    def forward(self, X):
        return self.layer(X.float() + torch.ones(3, dtype=torch.float32))


@pytest.mark.parametrize(
    ("module", "shape"),
    [
        (MLP(()), (3,)),
        (MLP((50,), batch_norm=True), (3,)),
        (MLP((300, 300)), (40,)),
        (Mixed, (3,)),
        (ConvNet(31, units=4), (28, 28)),
        (ResNet8(2), (3, 20, 24)),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(64, 1)), (8, 8)),
    ],
)
def test_probabilities_do_not_depend_on_the_other_samples(module, shape):
    rng = np.random.default_rng(0)
    X = 2 * rng.normal(size=(70, *shape))
    y = X.reshape(70, -1)[:, 0] > 0.5
    classifier = PUClassifier(module, **QUICK).fit(X, y)
    order = rng.permutation(70)
    for method in (classifier.predict_proba, classifier.decision_function):
        expected = method(X)
        shuffled = method(X[order])
        alone = np.concatenate([method(X[i : i + 1]) for i in range(0, 70, 7)])
        close = {"rtol": 1e-7, "atol": 1e-9}
        np.testing.assert_allclose(shuffled, expected[order], **close)
        np.testing.assert_allclose(alone, expected[::7], **close)


@pytest.mark.parametrize(("shape", "n"), [((3,), 50), ((1, 5, 5), 50), ((3,), 0)])
def test_the_two_ways_agree_to_the_precision_of_float32(shape, n):
    samples = torch.randn(n, *shape, generator=torch.Generator().manual_seed(0))
    network = nn.Sequential(nn.Flatten(), nn.LazyLinear(1))
    network(torch.zeros(1, *shape))
    placed = PlacedArray(samples.numpy(), CPU)
    with torch.inference_mode():
        alone = score_alone(network, placed, CPU, 16)
        batches = score_batches(network, placed, 16)
    assert alone.dtype == batches.dtype == np.float32
    np.testing.assert_allclose(alone, batches, rtol=1e-5, atol=1e-6)
    assert next(network.parameters()).dtype == torch.float32


def test_a_device_without_float64_gets_float32():
    network, X = nn.Linear(3, 1), np.ones((5, 3), np.float32)
    placed = PlacedArray(X, CPU)
    with torch.inference_mode():
        alone = score_alone(network, placed, torch.device("mps"), 16)
        np.testing.assert_array_equal(alone, score_batches(network, placed, 16))


class Locked(nn.Module):
    """A network that cannot be copied."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 1)
        self.lock = threading.Lock()

    def forward(self, X):
        with self.lock:
            return self.layer(X)


def test_a_network_that_cannot_be_copied_predicts():
    X = np.random.default_rng(0).normal(size=(60, 3))
    classifier = PUClassifier(Locked, **QUICK).fit(X, X[:, 0] > 1)
    layer = classifier.net_.module_.network.layer
    expected = X @ layer.weight.detach().numpy().T + layer.bias.item()
    np.testing.assert_allclose(
        classifier.decision_function(X), expected[:, 0], atol=1e-5
    )
