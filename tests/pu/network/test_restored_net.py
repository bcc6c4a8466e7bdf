import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone

from pusklearn import PUClassifier
from pusklearn.criteria import NNPU
from pusklearn.modules import MLP, ConvNet
from pusklearn.pu.network._restored_net import parts_of_net, restored_net

RNG = np.random.default_rng(0)
TABLE = RNG.normal(size=(80, 4)).astype(np.float32)
IMAGES = RNG.normal(size=(40, 33, 33)).astype(np.float32)
CLASSIFIERS = {
    "perceptron": PUClassifier(MLP((8,), batch_norm=True, dropout=0.2)),
    "auto-encoder": PUClassifier(MLP((8,)), NNPU(), reconstruction_weight=0.1),
    "images": PUClassifier(ConvNet(31, units=4, dropout=0.1)),
    "images back": PUClassifier(ConvNet(31, units=4), reconstruction_weight=0.01),
}
each_classifier = pytest.mark.parametrize("name", CLASSIFIERS)
pytestmark = pytest.mark.filterwarnings(
    "ignore::pusklearn.pu._pu_collapse_warning.PUCollapseWarning"
)


def fitted(name, **params):
    X = IMAGES if name.startswith("images") else TABLE
    y = np.arange(len(X)) < 12
    classifier = clone(CLASSIFIERS[name]).set_params(
        max_epochs=2, steps_per_epoch=2, batch_size=16, random_state=0, **params
    )
    return classifier.fit(X, y), X, y


def restored(classifier):
    other = clone(classifier)
    other.__dict__.update(vars(classifier))
    other.net_ = restored_net(other, parts_of_net(classifier.net_))
    return other


@each_classifier
def test_a_restored_net_predicts_the_same(name):
    classifier, X, _ = fitted(name)
    other = restored(classifier)
    assert other.net_ is not classifier.net_
    expected = classifier.decision_function(X)
    assert np.array_equal(other.decision_function(X), expected)
    again = pickle.loads(pickle.dumps(other))
    assert np.array_equal(again.decision_function(X), expected)
    assert list(other.net_.history) == list(classifier.net_.history)


@each_classifier
def test_a_training_goes_on_from_a_restored_net(name):
    classifier, X, y = fitted(name, warm_start=True)
    other = restored(classifier)
    classifier.fit(X, y)
    other.fit(X, y)
    assert np.array_equal(classifier.decision_function(X), other.decision_function(X))
    assert len(other.net_.history) == 4


def test_making_it_draws_no_random_number():
    classifier, *_ = fitted("images")
    before = torch.get_rng_state()
    restored(classifier)
    assert torch.equal(torch.get_rng_state(), before)


def test_the_optimizer_and_its_settings_are_kept():
    classifier, *_ = fitted("perceptron", optimizer="sgd", weight_decay=0.1)
    other = restored(classifier).net_
    assert other.optimizer_.defaults["momentum"] == 0.9
    assert other.optimizer_.defaults["weight_decay"] == 0.1
    assert other.lr == classifier.lr


def test_a_device_that_is_not_here_is_told(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    classifier, X, _ = fitted("perceptron")
    expected = classifier.decision_function(X)
    classifier.set_params(device="cuda")
    with pytest.warns(UserWarning, match=r"is loaded to the CPU.*no GPU"):
        other = restored(classifier)
    assert np.array_equal(other.decision_function(X), expected)


def test_wrong_parts_are_refused():
    classifier, *_ = fitted("perceptron")
    parts = parts_of_net(classifier.net_)
    name = "head.weight"
    weights = dict(parts.network)
    for changed, message in (
        ({**weights, name: weights[name].double()}, "'head.weight' must be of type"),
        ({**weights, name: weights[name][:, 1:]}, "do not fit the network.*size misma"),
        ({**weights, "more": weights[name]}, "do not fit the network.*Unexpected"),
        ({key: weights[key] for key in list(weights)[1:]}, "do not fit.*Missing"),
    ):
        with pytest.raises(ValueError, match=rf"(?s){message}"):
            restored_net(classifier, parts._replace(network=changed))
    for optimizer in (print, None, "adam"):
        settings = {**parts.settings, "optimizer": optimizer}
        with pytest.raises(ValueError, match="is no optimizer of torch"):
            restored_net(classifier, parts._replace(settings=settings))
    settings = {**parts.settings, "callbacks": []}
    with pytest.raises(ValueError, match=r"A net has no settings .*callbacks"):
        restored_net(classifier, parts._replace(settings=settings))


def test_no_function_is_called_for_the_network():
    classifier, *_ = fitted("perceptron")
    parts = parts_of_net(classifier.net_)
    classifier.module_ = pytest.fail
    with pytest.raises(ValueError, match="cannot be made from"):
        restored_net(classifier, parts)
