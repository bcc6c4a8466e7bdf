import numpy as np
import pytest
import torch

from pusklearn.pu._turns import reach, turned_offsets


@pytest.mark.parametrize("size", [4, 31])
def test_a_region_turned_by_45_degrees_is_turned_on_by_quarter_turns(size):
    turns = turned_offsets(size, (0, 45))
    for image in turns.unflatten(1, (2, 4, 2))[:, 0].unbind(2):
        for turn in range(4):
            torch.testing.assert_close(image[:, turn], image[:, 0].rot90(-turn, (1, 2)))


@pytest.mark.parametrize("size", [1, 4, 31, 63])
def test_a_turn_reaches_no_further_than_the_corners(size):
    offsets = turned_offsets(size, (0, 45))
    assert size // 2 <= reach(offsets) <= np.ceil((size - 1) / 2**0.5) + 1
    assert reach(turned_offsets(size, (0,))) == size // 2
