import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.pu._samples import PlacedArray
from pusklearn.pu.network._batches import PUBatches
from pusklearn.pu.network._held_out_batches import HeldOutBatches, same_batches


@given(
    st.integers(1, 20),
    st.integers(2, 40),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(1, 4),
)
def test_every_batch_has_the_same_make_up_and_every_sample_counts_alike(
    n_all_positive, n_all_unlabeled, n_positive, n_unlabeled, n_batches
):
    n = n_all_positive + n_all_unlabeled
    placed = PlacedArray(np.arange(n, dtype=np.float32)[:, None], torch.device("cpu"))
    large = PUBatches(
        placed,
        n_batches * (n_positive + n_unlabeled),
        positives=np.arange(n_all_positive),
        n_positive=n_batches * n_positive,
        n_batches=1,
        augment=False,
        seed=0,
    )
    batches = HeldOutBatches(large, n_batches)
    assert same_batches(batches, 7) is batches
    assert batches.X is batches
    assert len(batches) == len(batches.y) == n_batches * (n_positive + n_unlabeled)
    rows, kinds = map(torch.cat, zip(*batches, strict=True))
    rows = rows[:, 0].int().numpy()
    np.testing.assert_array_equal(batches.y, kinds)
    np.testing.assert_array_equal(rows < n_all_positive, kinds)
    for _, kind in batches:
        assert kind.sum() == n_positive
    counts = np.bincount(rows, minlength=n)
    for part in np.split(counts, [n_all_positive]):
        assert part.max() - part.min() <= 1
    torch.testing.assert_close(
        torch.cat([r for r, _ in batches])[:, 0].int().numpy().tolist(), rows.tolist()
    )
