import numpy as np
import pandas as pd
import pytest
import torch
from scipy.sparse import csr_array

from pusklearn.pu._samples import ArraySamples, as_samples

CPU = torch.device("cpu")
SYMMETRIES = {
    (flip, turns): (lambda image, f=flip, k=turns: np.rot90(image.T if f else image, k))
    for flip in (False, True)
    for turns in range(4)
}


def test_gathered_images_get_a_channel_axis():
    X = np.random.default_rng(0).normal(size=(6, 4, 3)).astype(np.float32)
    batch = as_samples(X).on(CPU).gather(np.array([2, 0]))
    np.testing.assert_array_equal(batch[:, 0], X[[2, 0]])


def test_channels_are_turned_together():
    X = np.random.default_rng(0).normal(size=(1, 2, 3, 3)).astype(np.float32)
    batch = as_samples(X).on(CPU).gather(np.zeros(8, int), np.arange(8)).numpy()
    pairs = {(s(X[0, 0]).tobytes(), s(X[0, 1]).tobytes()) for s in SYMMETRIES.values()}
    for first, second in batch:
        pair = (
            np.ascontiguousarray(first).tobytes(),
            np.ascontiguousarray(second).tobytes(),
        )
        assert pair in pairs
    assert len(pairs) == 8


@pytest.mark.parametrize("size", [4, 5])
def test_turns_are_the_eight_symmetries_of_the_image(size):
    X = np.random.default_rng(0).normal(size=(3, size, size)).astype(np.float32)
    samples = as_samples(X).on(CPU)
    assert samples.n_turns == 8
    batch = samples.gather(np.full(8, 1), np.arange(8))[:, 0].numpy()
    expected = {s(X[1]).tobytes() for s in SYMMETRIES.values()}
    assert {np.ascontiguousarray(image).tobytes() for image in batch} == expected
    np.testing.assert_array_equal(batch[0], X[1])


@pytest.mark.parametrize(
    "X",
    [[[1, 2], [3, 4]], pd.DataFrame({"a": [1, 2]}), csr_array((2, 3)), np.eye(2)],
    ids=["list", "DataFrame", "sparse", "array"],
)
def test_what_is_not_registered_is_an_array_without_groups(X):
    samples = as_samples(X)
    assert type(samples) is ArraySamples
    assert samples.X is X
    assert samples.groups is None
    assert not samples.turned_by_default
