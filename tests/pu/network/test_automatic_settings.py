import numpy as np
import pytest
from torch import nn

from pusklearn.modules import MLP, ConvNet
from pusklearn.pu._samples import ArraySamples, as_samples
from pusklearn.pu.network._automatic_settings import (
    resolve_input_dropout,
    resolve_steps,
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
