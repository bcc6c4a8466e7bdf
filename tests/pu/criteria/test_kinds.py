import gc

import numpy as np
import pytest
import torch
from fake_gpu import FakeGpu

from pusklearn.pu.criteria._kept import KEPT
from pusklearn.pu.criteria._kinds import kinds_of

IS_POSITIVE = torch.tensor([True, False, False, False])
IS_NEGATIVE = torch.tensor([0.0, 2.0, 0.0, -1.0])


def test_kinds_are_masks_on_the_cpu():
    kinds = kinds_of(IS_POSITIVE, IS_NEGATIVE)
    assert kinds.positives.tolist() == [True, False, False, False]
    assert kinds.negatives.tolist() == [False, True, False, False]
    assert kinds.unlabeled.tolist() == [False, False, True, True]
    assert kinds.rest.tolist() == [True, False, True, True]
    assert kinds.is_positive.tolist() == [True, False, False]


def rows_on_gpu(is_positive, is_negative):
    """Return the rows of each kind as lists."""
    kinds = kinds_of(is_positive, is_negative)
    is_rest_positive = kinds.rest[kinds.is_positive].tolist()
    assert is_rest_positive == kinds.positives.tolist()
    return [rows.tolist() for rows in kinds[:4]]


def test_kinds_are_rows_on_a_gpu():
    with FakeGpu():
        is_positive, is_negative = IS_POSITIVE.to("cuda"), IS_NEGATIVE.to("cuda")
        assert rows_on_gpu(is_positive, is_negative) == [[0], [1], [2, 3], [0, 2, 3]]
        assert rows_on_gpu(is_positive, None) == [[0], [], [1, 2, 3], [0, 1, 2, 3]]


def test_a_gpu_is_waited_for_once_for_the_same_masks():
    with FakeGpu() as gpu:
        is_positive, is_negative = IS_POSITIVE.to("cuda"), IS_NEGATIVE.to("cuda")
        kinds_of(is_positive, is_negative)
        n_waits = len(gpu.waits)
        kinds = kinds_of(is_positive, is_negative)
        assert len(gpu.waits) == n_waits
        assert kinds is kinds_of(is_positive, is_negative)
        assert kinds is not kinds_of(is_positive, is_negative.clone())


@pytest.mark.parametrize("changed", [0, 1])
def test_masks_that_change_are_looked_at_again(changed):
    with FakeGpu():
        masks = [IS_POSITIVE.to("cuda"), IS_NEGATIVE.to("cuda")]
        kinds_of(*masks)
        masks[changed][2] = 1
        rows = [[0, 2], [1], [3], [0, 2, 3]], [[0], [1, 2], [3], [0, 3]]
        assert rows_on_gpu(*masks) == rows[changed]


def test_masks_whose_changes_are_not_counted_are_looked_at_each_time():
    with FakeGpu(), torch.inference_mode():
        masks = [IS_POSITIVE.to("cuda"), IS_NEGATIVE.to("cuda")]
        assert kinds_of(*masks) is not kinds_of(*masks)


def test_rows_are_forgotten_with_their_masks():
    with FakeGpu():
        is_positive = IS_POSITIVE.to("cuda")
        n_before = len(KEPT)
        kinds_of(is_positive, None)
        assert len(KEPT) == n_before + 1
        del is_positive
        gc.collect()
        assert len(KEPT) == n_before


@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_a_sample_of_two_kinds_is_told(device):
    with FakeGpu():
        mask = IS_POSITIVE.to(device)
        with pytest.raises(ValueError, match="Got 1 that are both"):
            kinds_of(mask, mask)
        with pytest.raises(ValueError, match=r"Got \(3,\) and \(4,\)"):
            kinds_of(mask, mask[:3])


@pytest.mark.parametrize("seed", range(3))
def test_rows_select_what_masks_select(seed):
    rng = np.random.default_rng(seed)
    kind = torch.from_numpy(rng.integers(3, size=50))
    values = torch.from_numpy(rng.normal(size=50))
    expected = [values[mask].tolist() for mask in kinds_of(kind == 0, kind == 1)[:4]]
    with FakeGpu():
        kind, values = kind.to("cuda"), values.to("cuda")
        kinds = kinds_of(kind == 0, kind == 1)[:4]
        assert [values[rows].tolist() for rows in kinds] == expected
