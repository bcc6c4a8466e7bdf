import copy

import pytest
import torch

from pusklearn.pu.modules._fading_dropout import FadingDropout


@pytest.mark.parametrize(
    ("progress", "share"), [(0, 0.4), (0.8, 0.4), (0.9, 0.2), (1, 0)]
)
def test_it_ends_over_the_last_fifth(progress, share):
    torch.manual_seed(0)
    layer = FadingDropout(0.4)
    layer.fade(progress)
    dropped = (layer(torch.ones(100_000)) == 0).float().mean()
    assert dropped.item() == pytest.approx(share, abs=0.01)


def test_the_mean_stays():
    torch.manual_seed(0)
    assert FadingDropout(0.3)(torch.ones(100_000)).mean() == pytest.approx(1, abs=0.01)


def test_it_acts_in_training_alone():
    x = torch.randn(5, 3)
    assert FadingDropout(0.5).eval()(x) is x


def test_a_state_dict_does_not_hold_it():
    assert FadingDropout(0.5).state_dict() == {}


def test_it_draws_from_a_state_of_its_own():
    torch.manual_seed(0)
    first, second = FadingDropout(0.5), FadingDropout(0.5)
    before = torch.get_rng_state()
    x = torch.ones(1000)
    assert not torch.equal(first(x), second(x))
    assert torch.equal(torch.get_rng_state(), before)


def test_a_copy_drops_too():
    layer = FadingDropout(0.5)
    layer(torch.ones(10))
    assert (copy.deepcopy(layer)(torch.ones(1000)) == 0).any()
