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


@pytest.mark.parametrize("n_members", [1, 2, 3])
def test_a_team_drops_what_one_thread_drops(n_members):
    torch.manual_seed(0)
    layer = SeededDropout(0.5)
    again = copy.deepcopy(layer)
    batch = torch.ones(20, 7)
    with ThreadTeam(n_members) as team:
        for _ in range(3):
            parts = team.map(layer, team.split(batch))
            assert torch.equal(torch.cat(parts), again(batch))
