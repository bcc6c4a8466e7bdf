import numpy as np
import pytest
import torch

from pusklearn import TiledRegions
from pusklearn._samples import MappedSamples, place_samples, random_turns

CPU = torch.device("cpu")
SYMMETRIES = {
    (flip, turns): (lambda image, f=flip, k=turns: np.rot90(image.T if f else image, k))
    for flip in (False, True)
    for turns in range(4)
}


def regions(size=5):
    rng = np.random.default_rng(0)
    return TiledRegions([rng.normal(size=(7, 9)), rng.normal(size=(6, 5))], size)


@pytest.mark.parametrize("size", [1, 4, 5, 8])
def test_gathered_regions_are_the_regions(size):
    X = regions(size)
    rows = np.array([0, 62, 63, 92, 31, 8, 31])
    batch = place_samples(X, CPU).gather(rows)
    np.testing.assert_array_equal(batch[:, 0], np.asarray(X[rows]))


@pytest.mark.parametrize("size", [4, 5])
@pytest.mark.parametrize("turned", [True, False])
def test_large_micrographs_give_the_same_regions(monkeypatch, size, turned):
    X = regions(size)[::2]
    rows = np.array([0, 31, 32, 45, 15, 4, 15])
    turns = random_turns(np.random.default_rng(0), len(rows)) if turned else None
    expected = place_samples(X, CPU).gather(rows, turns)
    monkeypatch.setattr("pusklearn._lazy_rows.MOST_PIXELS", 90)
    samples = place_samples(X, CPU)
    assert isinstance(samples, MappedSamples)
    assert len(samples) == len(X)
    np.testing.assert_array_equal(samples.gather(rows, turns), expected)


def test_gathered_regions_of_a_view_are_its_regions():
    X = regions()[5:80][::3]
    rows = np.array([0, 24, 7])
    batch = place_samples(X, CPU).gather(rows)
    np.testing.assert_array_equal(batch[:, 0], np.asarray(X)[rows])


def test_gathered_images_get_a_channel_axis():
    X = np.random.default_rng(0).normal(size=(6, 4, 3)).astype(np.float32)
    batch = place_samples(X, CPU).gather(np.array([2, 0]))
    np.testing.assert_array_equal(batch[:, 0], X[[2, 0]])


@pytest.mark.parametrize("size", [4, 5])
@pytest.mark.parametrize("lazy", [True, False], ids=["regions", "array"])
def test_turned_samples_are_the_eight_symmetries_of_the_sample(size, lazy):
    X = regions(size)
    row = 40
    original = X[row]
    if not lazy:
        X = np.asarray(X)
    turns = random_turns(np.random.default_rng(0), 200)
    batch = place_samples(X, CPU).gather(np.full(200, row), turns)[:, 0].numpy()
    expected = {s(original).tobytes() for s in SYMMETRIES.values()}
    assert {np.ascontiguousarray(image).tobytes() for image in batch} == expected
    assert len(expected) == 8


def test_every_symmetry_is_drawn_alike():
    turns = random_turns(np.random.default_rng(0), 8000)
    _, counts = np.unique(turns, return_counts=True)
    assert len(counts) == 8
    np.testing.assert_allclose(counts, 1000, rtol=0.12)


def test_channels_are_turned_together():
    X = np.random.default_rng(0).normal(size=(1, 2, 3, 3)).astype(np.float32)
    turns = random_turns(np.random.default_rng(1), 20)
    batch = place_samples(X, CPU).gather(np.zeros(20, int), turns).numpy()
    pairs = {(s(X[0, 0]).tobytes(), s(X[0, 1]).tobytes()) for s in SYMMETRIES.values()}
    for first, second in batch:
        pair = (
            np.ascontiguousarray(first).tobytes(),
            np.ascontiguousarray(second).tobytes(),
        )
        assert pair in pairs
