import numpy as np
import pytest
from torch import nn

from pusklearn import PUClassifier, TiledRegions
from pusklearn._automatic_settings import resolve_input_dropout, resolve_steps
from pusklearn.modules import MLP, ConvNet, ResNet8, ResNet16
from pusklearn.modules._fading_dropout import FadingDropout


@pytest.mark.parametrize(
    ("n", "updates"), [(1, 100), (250, 100), (400, 160), (1000, 200)]
)
def test_samples_allow_more_updates_the_more_are_labelled(n, updates):
    assert resolve_steps(None, np.zeros((2000, 2)), np.arange(n)) == updates


@pytest.mark.parametrize(
    ("n", "updates"), [(1, 20), (4, 40), (10, 60), (100, 100), (400, 200), (625, 200)]
)
def test_regions_allow_updates_by_the_root_of_the_labelled_particles(n, updates):
    regions, positives = labelled_particles(n)
    assert resolve_steps(None, regions, positives) == updates
    assert resolve_steps(7, regions, positives) == 7


@pytest.mark.parametrize("make", [ConvNet, ResNet8, ResNet16])
@pytest.mark.parametrize(
    ("n", "share"), [(1, 0.5), (8, 0.5), (32, 0.25), (50, 0.2), (100, 0.2), (625, 0.2)]
)
def test_fewer_labelled_particles_drop_more_pixels(make, n, share):
    module = resolve_input_dropout(make(units=4), *labelled_particles(n))
    assert module.get_params() == make(units=4, input_dropout=share).get_params()


def test_the_users_module_stays_as_it_is():
    module = ConvNet()
    assert resolve_input_dropout(module, *labelled_particles(8)) is not module
    assert module.input_dropout == "auto"


class Named(nn.Module):
    receptive_field = 5
    input_dropout = "auto"


@pytest.mark.parametrize(
    "module", [ConvNet(input_dropout=0.0), MLP(), Named, lambda: nn.Linear(25, 1)]
)
def test_what_names_no_dropout_of_its_pixels_is_taken_as_it_is(module):
    assert resolve_input_dropout(module, *labelled_particles(8)) is module


def test_the_number_of_images_leaves_the_dropout():
    X, module = np.zeros((20, 31, 31)), ConvNet()
    assert resolve_input_dropout(module, X, np.arange(3)) is module


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
