import copy

import pytest
import torch

from pusklearn.pu.modules._seeded_dropout import SeededDropout
from pusklearn.pu.modules._thread_team import ThreadTeam


def test_it_drops_its_share_and_keeps_the_mean():
    torch.manual_seed(0)
    dropped = SeededDropout(0.3)(torch.ones(100_000))
    assert (dropped == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)
    assert dropped.mean().item() == pytest.approx(1, abs=0.01)


def test_it_acts_in_training_alone():
    x = torch.randn(5, 3)
    assert SeededDropout(0.5).eval()(x) is x


def test_members_of_a_team_drop_other_values_and_the_same_ones_again():
    torch.manual_seed(0)
    layer = SeededDropout(0.5)
    again = copy.deepcopy(layer)
    with ThreadTeam(3) as team:
        first = team.map(layer, [torch.ones(200)] * 3)
        second = team.map(again, [torch.ones(200)] * 3)
    for i in range(3):
        assert torch.equal(first[i], second[i])
        assert not torch.equal(first[i], first[i - 1])
