import numpy as np
import pytest
from torch import nn

from pusklearn import PUClassifier
from pusklearn.criteria import GEBinomial
from pusklearn.modules import MLP, ConvNet, ResNet8
from pusklearn.pu._samples import ArraySamples, as_samples
from pusklearn.pu.network._automatic_settings import (
    FAST,
    USUAL,
    resolve_input_dropout,
    resolve_learning,
    resolve_steps,
    scoring_batch,
)


class WithDropout(ArraySamples):
    """Samples that want half of their pixels dropped."""

    def default_dropout(self, n_labels):
        return 0.5


@pytest.mark.parametrize(
    ("n", "updates"), [(1, 100), (250, 100), (400, 160), (1000, 200)]
)
def test_samples_allow_more_updates_the_more_are_labelled(n, updates):
    samples = as_samples(np.zeros((2000, 2)))
    assert samples.count_labels(np.arange(n)) == n
    assert resolve_steps(None, samples, n) == updates
    assert resolve_steps(7, samples, n) == 7


def test_the_users_module_stays_as_it_is():
    module = ConvNet()
    assert resolve_input_dropout(module, WithDropout(None), 8) is not module
    assert module.input_dropout == "auto"


class Named(nn.Module):
    receptive_field = 5
    input_dropout = "auto"


@pytest.mark.parametrize(
    "module", [ConvNet(input_dropout=0.0), MLP(), Named, lambda: nn.Linear(25, 1)]
)
def test_what_names_no_dropout_of_its_pixels_is_taken_as_it_is(module):
    assert resolve_input_dropout(module, WithDropout(None), 8) is module


def test_the_number_of_images_leaves_the_dropout():
    X, module = np.zeros((20, 31, 31)), ConvNet()
    assert resolve_input_dropout(module, as_samples(X), 3) is module


class Particles(ArraySamples):
    """Images of which 100 labels are enough for a high learning rate."""

    def bears_high_rates(self, n_labels):
        return n_labels >= 100


IMAGES = Particles(np.zeros((3, 31, 31), np.float32))


def learning(*, n_labels=100, samples=IMAGES, weight=0.0, **parameters):
    parameters = {
        "module": ConvNet(31),
        "lr": "auto",
        "batch_size": "auto",
    } | parameters
    classifier = PUClassifier(**parameters)
    classifier.reconstruction_weight_ = weight
    return resolve_learning(classifier, classifier.module, samples, n_labels)


def test_many_labels_are_learnt_at_a_high_rate():
    assert learning() == FAST
    assert FAST[:2] == (0.01, 128)
    assert learning(module=ConvNet(63, halve=True)) == FAST
    assert learning(criterion=GEBinomial(slack=1.0)) == FAST


@pytest.mark.parametrize(
    "change",
    [
        {"n_labels": 99},
        {"samples": ArraySamples(IMAGES.X)},
        {"module": ConvNet(31, batch_norm=False)},
        {"module": ResNet8()},
        {"optimizer": "sgd"},
        {"criterion": "pn"},
        {"weight": 0.1},
        {"initial": PUClassifier()},
    ],
    ids=[
        *("few labels", "an array", "no batch norm", "another network"),
        *("another optimizer", "another criterion", "an autoencoder", "a start"),
    ],
)
def test_whatever_was_not_measured_is_learnt_as_usual(change):
    assert learning(**change) == USUAL
    assert USUAL[:2] == (PUClassifier().lr, PUClassifier().batch_size)
    assert USUAL[2:] == (0.3, False)


def test_what_is_given_is_taken():
    assert learning(lr=0.5) == (0.5, 128, *USUAL[2:])
    assert learning(batch_size=7) == (0.01, 7, *FAST[2:])
    assert learning(lr=1e-4, batch_size=9) == (1e-4, 9, *USUAL[2:])
    assert scoring_batch("auto") == PUClassifier().batch_size
    assert scoring_batch(7) == 7
