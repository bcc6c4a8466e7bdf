import torch
from fake_gpu import FakeGpu

from pusklearn.pu.criteria._kept import KEPT, kept, lasting

MASK = torch.tensor([True, False, True])


class Counted:
    """Counts how often a mask is summed."""

    def __init__(self, mask):
        self.mask = mask
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return self.mask.sum()


def test_a_cpu_computes_each_time():
    count = Counted(MASK)
    assert kept(MASK, "n", count) == kept(MASK, "n", count) == 2
    assert count.calls == 2
    assert MASK not in KEPT


def test_a_cpu_computes_once_from_a_mask_that_lasts_and_from_its_others():
    count = Counted(lasting(MASK.clone()))
    others = [kept(count.mask, "others", lambda: ~count.mask) for _ in range(2)]
    assert others[0] is others[1]
    assert others[0].tolist() == [False, True, False]
    for mask in (count.mask, count.mask, *others):
        assert kept(mask, "n", count) == 2
    assert count.calls == 2


def test_a_lasting_mask_that_torch_changes_is_looked_at_again():
    count = Counted(lasting(MASK.clone()))
    assert kept(count.mask, "n", count) == 2
    count.mask[0] = False
    assert kept(count.mask, "n", count) == 1


def test_a_gpu_computes_once_for_each_key():
    with FakeGpu():
        count = Counted(MASK.to("cuda"))
        for key in ("n", "n", ("n", 1), "n"):
            assert kept(count.mask, key, count).item() == 2
    assert count.calls == 2


def test_what_is_kept_can_be_needed_for_a_gradient():
    with FakeGpu():
        count = Counted(MASK.to("cuda"))
        with torch.inference_mode():
            kept(count.mask, "n", count)
        x = torch.ones((), device="cuda", requires_grad=True)
        (x * kept(count.mask, "n", count)).backward()
        assert count.calls == 1
        assert x.grad.item() == 2


def test_a_mask_that_changes_is_looked_at_again():
    with FakeGpu():
        count = Counted(MASK.to("cuda"))
        kept(count.mask, "n", count)
        count.mask[0] = False
        assert kept(count.mask, "n", count).item() == 1


def test_only_the_last_other_mask_is_known():
    with FakeGpu():
        count = Counted(MASK.to("cuda"))
        others = MASK.to("cuda"), MASK.to("cuda")
        for other in (*others, others[1], others[0]):
            kept(count.mask, "n", count, other)
        assert count.calls == 3
        assert list(KEPT[count.mask]) == ["n"]
