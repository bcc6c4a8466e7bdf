import pickle

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from skorch.callbacks import Callback, EarlyStopping

from pusklearn import PUClassifier, TiledRegions
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.regions import _region_samples
from pusklearn.modules import MLP, ConvNet

QUICK = {"max_epochs": 2, "steps_per_epoch": 4, "batch_size": 16, "random_state": 0}


def test_the_same_seed_gives_the_same_bits_and_touches_no_global_state(images):
    X, y = images(3)
    torch_state = torch.get_rng_state()
    classifier = PUClassifier(ConvNet(units=2, dropout=0.2), **QUICK)
    first = classifier.fit(X, y).decision_function(X)
    np.testing.assert_array_equal(
        clone(classifier).fit(X, y).decision_function(X), first
    )
    other = clone(classifier).set_params(random_state=1).fit(X, y).decision_function(X)
    assert not np.array_equal(other, first)
    assert torch.equal(torch.get_rng_state(), torch_state)


def test_the_samples_are_not_kept(images):
    X, y = images(2)
    small = PUClassifier(MLP((4,)), **QUICK).fit(X, y)
    large = PUClassifier(MLP((4,)), **QUICK).fit(np.tile(X, (100, 1)), np.tile(y, 100))
    extra = len(pickle.dumps(large)) - len(pickle.dumps(small))
    assert extra < 100 * X.nbytes / 5


def test_an_interrupt_is_not_swallowed(images):
    class Interrupt(Callback):
        def on_batch_end(self, net, **kwargs):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        PUClassifier(MLP((4,)), callbacks=[Interrupt()], **QUICK).fit(*images(2))


def test_a_callback_that_has_seen_enough_ends_the_training(images):
    stop = EarlyStopping(monitor="train_loss", patience=2, threshold=10)
    classifier = PUClassifier(
        MLP((4,)), callbacks=[stop], **{**QUICK, "max_epochs": 9}
    ).fit(*images(2))
    assert len(classifier.net_.history) == 3
    assert classifier.predict(images(2)[0]).shape == (80,)


def test_divergence_is_not_passed_over_in_silence(images):
    classifier = PUClassifier(MLP(()), "upu", lr=1e38, optimizer="sgd", **QUICK)
    with pytest.raises(ValueError, match=r"Training diverged: .* lower `lr` than 1e"):
        classifier.fit(*images(2))


def test_a_fit_that_failed_leaves_nothing_to_predict_with(images):
    X, y = images(2)
    classifier = PUClassifier(MLP((4,)), prior=0.01, **QUICK)
    with pytest.raises(ValueError, match="must exceed"):
        classifier.fit(X, y)
    with pytest.raises(NotFittedError):
        classifier.predict(X)


def test_a_bar_shows_while_it_trains(images, capsys):
    PUClassifier(MLP((4,)), verbose=1, **QUICK).fit(*images(2))
    bar = capsys.readouterr().err
    assert "training" in bar
    assert "8/8" in bar


@pytest.fixture
def double():
    usual = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(usual)


@pytest.mark.parametrize("module", [MLP((4,)), ConvNet(units=2)])
def test_it_computes_in_float32_whatever_the_default_of_torch_is(
    images, double, module
):
    X, y = images(3)
    classifier = PUClassifier(
        module, max_epochs=1, steps_per_epoch=2, reconstruction_weight=1.0
    )
    check_single(classifier.fit(X, y), X)


def test_regions_too_are_in_float32(double):
    (micrograph,), (points,) = make_micrographs(1, size=64, random_state=0)
    regions = TiledRegions([micrograph], 31)
    classifier = PUClassifier(ConvNet(units=2), max_epochs=1, steps_per_epoch=2)
    classifier.fit(regions, regions.labels([points], 2))
    check_single(classifier, regions)
    assert np.isfinite(classifier.score_map(micrograph)).all()


def check_single(classifier, X):
    scores = classifier.decision_function(X)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_a_network_of_the_user_keeps_its_precision(images):
    class Double(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = torch.nn.Linear(64, 1, dtype=torch.float64)

        def forward(self, samples):
            return self.layer(samples.double())

    X, y = images(2)
    classifier = PUClassifier(Double, max_epochs=1, steps_per_epoch=2).fit(X, y)
    check_single(classifier, X)


class Rates(Callback):
    """Keep the learning rate of every update."""

    def on_train_begin(self, net, **kwargs):
        self.rates = []

    def on_batch_begin(self, net, **kwargs):
        self.rates.append(net.optimizer_.param_groups[0]["lr"])


@pytest.mark.parametrize(("lr", "highest"), [("auto", 3), (0.01, 6)])
def test_the_automatic_high_rate_rises_sooner(lr, highest, monkeypatch):
    monkeypatch.setattr(_region_samples, "LEAST_FOR_HIGH_RATES", 1)
    regions = TiledRegions([np.random.default_rng(0).normal(size=(40, 40))], 31)
    labels = regions.labels([[(9, 9), (30, 20)]], radius=1)
    classifier = PUClassifier(
        ConvNet(units=2),
        lr=lr,
        prior=0.1,
        max_epochs=2,
        steps_per_epoch=10,
        callbacks=[Rates()],
    ).fit(regions, labels)
    [rates] = [c.rates for c in classifier.net_.callbacks if isinstance(c, Rates)]
    # It is highest after 0.15 or 0.3 of the 20 updates.
    assert np.argmax(rates) == highest
    assert max(rates) == pytest.approx(0.01, rel=0.05)
