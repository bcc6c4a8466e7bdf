import numpy as np
import pytest
import torch

from pusklearn import PUClassifier, TiledRegions
from pusklearn.criteria import PN
from pusklearn.modules import MLP, ConvNet, ResNet8
from pusklearn.pu.criteria._registry import CRITERIA

QUICK = {"max_epochs": 2, "steps_per_epoch": 4, "batch_size": 16, "random_state": 0}


@pytest.mark.parametrize("ndim", [2, 3, 4])
@pytest.mark.parametrize("module", [MLP((6,)), ConvNet(units=2), ResNet8(units=2)])
def test_any_network_on_any_samples_takes_a_decoder(images, ndim, module):
    if ndim == 2 and not isinstance(module, MLP):
        pytest.skip("convolutions take images")
    X, y = images(ndim)
    quick = {**QUICK, "max_epochs": 1, "steps_per_epoch": 1}
    classifier = PUClassifier(module, reconstruction_weight=0.1, **quick).fit(X, y)
    assert np.isfinite(classifier.decision_function(X)).all()


@pytest.mark.parametrize("criterion", sorted(CRITERIA))
def test_any_criterion_takes_a_decoder(images, criterion):
    X, y = images(3)
    plain, coded = (
        PUClassifier(
            ConvNet(units=2),
            criterion,
            prior=0.5,
            reconstruction_weight=weight,
            max_epochs=1,
            steps_per_epoch=1,
            random_state=0,
        ).fit(X, y)
        for weight in (0.0, 0.1)
    )
    losses = [c.net_.history[-1, "train_loss"] for c in (plain, coded)]
    # The same networks see the same batch.
    assert np.isfinite(losses).all()
    assert losses[1] > losses[0]


@pytest.mark.parametrize("module", [ConvNet(units=4), ResNet8(units=2)])
def test_the_decoder_learns_to_reconstruct(module):
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:32, :32][:, None] - rng.uniform(8, 24, (2, 200, 1, 1))
    X = np.exp(-(x**2 + y**2) / 40).astype(np.float32)
    classifier = PUClassifier(
        module,
        PN(),
        reconstruction_weight=1.0,
        max_epochs=1,
        steps_per_epoch=150,
        batch_size=16,
        lr=5e-3,
        random_state=0,
    ).fit(X, np.arange(200) < 50)
    with torch.inference_mode():
        _, error = classifier.net_.module_.eval()(torch.from_numpy(X[:, None]))
    spread = ((X - X.mean(0)) ** 2).sum((1, 2)).mean()
    assert error.mean() < 0.7 * spread


def test_a_reconstruction_weight_of_zero_is_exactly_off(images):
    X, y = images(3)
    classifier = PUClassifier(ConvNet(units=2), **QUICK).fit(X, y)
    assert classifier.net_.module_.decoder is None


def test_the_automatic_reconstruction_weight_goes_down_with_the_labels(images):
    X, y = images(3)
    classifier = PUClassifier(
        ConvNet(31, units=2), reconstruction_weight="auto", **QUICK
    ).fit(X, y)
    assert classifier.reconstruction_weight_ == 10 / y.sum()


def test_labelled_regions_that_touch_are_one_label():
    rng = np.random.default_rng(0)
    regions = TiledRegions(list(rng.normal(size=(2, 40, 40)).astype(np.float32)), 31)
    labels = regions.labels([[[10, 10], [30, 30]], [[5, 20]]], 3)
    classifier = PUClassifier(
        ConvNet(31, units=2), reconstruction_weight="auto", **QUICK
    ).fit(regions, labels)
    assert classifier.reconstruction_weight_ == 10 / 3


def test_another_word_for_the_reconstruction_weight_is_refused(images):
    with pytest.raises(ValueError, match=r"'auto' or a number .*\. Got 'much'"):
        PUClassifier(reconstruction_weight="much", **QUICK).fit(*images(2))
