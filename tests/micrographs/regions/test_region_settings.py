import numpy as np
import pytest

from pusklearn import PUClassifier, TiledRegions
from pusklearn.modules import ConvNet, ResNet8, ResNet16
from pusklearn.pu._samples import as_samples
from pusklearn.pu.modules._fading_dropout import FadingDropout
from pusklearn.pu.network._automatic_settings import (
    resolve_input_dropout,
    resolve_steps,
)


def resolved(module, X, positives):
    samples = as_samples(X)
    return resolve_input_dropout(module, samples, samples.count_labels(positives))


@pytest.mark.parametrize(
    ("n", "updates"), [(1, 20), (4, 40), (10, 60), (100, 100), (400, 200), (625, 200)]
)
def test_regions_allow_updates_by_the_root_of_the_labelled_particles(n, updates):
    regions, positives = labelled_particles(n)
    samples = as_samples(regions)
    n_labels = samples.count_labels(positives)
    assert n_labels == n
    assert resolve_steps(None, samples, n_labels) == updates
    assert resolve_steps(7, samples, n_labels) == 7


@pytest.mark.parametrize("make", [ConvNet, ResNet8, ResNet16])
@pytest.mark.parametrize(
    ("n", "share"), [(1, 0.5), (8, 0.5), (32, 0.25), (50, 0.2), (100, 0.2), (625, 0.2)]
)
def test_fewer_labelled_particles_drop_more_pixels(make, n, share):
    module = resolved(make(units=4), *labelled_particles(n))
    assert module.get_params() == make(units=4, input_dropout=share).get_params()


def test_the_network_drops_what_is_found():
    regions, positives = labelled_particles(8)
    classifier = PUClassifier(ConvNet(units=2), max_epochs=1, steps_per_epoch=2)
    y = np.isin(np.arange(len(regions)), positives).astype(int)
    network = classifier.fit(regions, y).net_.module_.network
    (layer,) = [m for m in network.modules() if isinstance(m, FadingDropout)]
    assert layer.p == classifier.module_.input_dropout == 0.5


def labelled_particles(n):
    """Return regions, and rows of the 5 of each of n particles."""
    regions = TiledRegions([np.zeros((100, 100), np.float32)] * 3, 5)
    y, x = np.divmod(np.arange(n), 25)
    marks = [4 * np.column_stack([x, y]) + 2, np.empty((0, 2)), np.empty((0, 2))]
    positives = np.flatnonzero(regions.labels(marks, 1))
    return regions, positives


@pytest.mark.parametrize(
    ("n", "bears"), [(10, False), (79, False), (80, True), (300, True), (301, False)]
)
def test_a_high_rate_suits_about_a_hundred_particles(n, bears):
    samples = as_samples(TiledRegions([np.zeros((9, 9))], size=3))
    assert samples.bears_high_rates(n) == bears
