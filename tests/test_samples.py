import numpy as np
import pytest
import torch

from pusklearn import TiledRegions
from pusklearn._samples import MappedSamples, place_samples, reach, turned_offsets

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
    turns = np.array([0, 1, 5, 7, 9, 12, 15]) if turned else None
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
def test_turns_by_right_angles_are_the_eight_symmetries_of_the_sample(size, lazy):
    X = regions(size)
    row = 40
    original = X[row]
    samples = place_samples(X if lazy else np.asarray(X), CPU)
    turns = np.arange(0, samples.n_turns, samples.n_turns // 8)
    batch = samples.gather(np.full(8, row), turns)[:, 0].numpy()
    expected = {s(original).tobytes() for s in SYMMETRIES.values()}
    assert {np.ascontiguousarray(image).tobytes() for image in batch} == expected
    assert len(expected) == 8
    np.testing.assert_array_equal(batch[0], original)


def test_channels_are_turned_together():
    X = np.random.default_rng(0).normal(size=(1, 2, 3, 3)).astype(np.float32)
    batch = place_samples(X, CPU).gather(np.zeros(8, int), np.arange(8)).numpy()
    pairs = {(s(X[0, 0]).tobytes(), s(X[0, 1]).tobytes()) for s in SYMMETRIES.values()}
    for first, second in batch:
        pair = (
            np.ascontiguousarray(first).tobytes(),
            np.ascontiguousarray(second).tobytes(),
        )
        assert pair in pairs
    assert len(pairs) == 8


@pytest.mark.parametrize("turn", range(16))
def test_a_turned_region_is_that_of_the_turned_micrograph(turn):
    """A smooth image with no symmetry, turned by its formula."""

    def image(y, x):
        return np.exp(-((y - 3) ** 2 / 50 + (x + 2) ** 2 / 20)) + 0.02 * y

    at = np.arange(61) - 30
    X = TiledRegions([image(*np.meshgrid(at, at, indexing="ij"))], 31)
    row = 30 * 61 + 30
    region = place_samples(X, CPU).gather(np.array([row]), np.array([turn]))
    y, x = np.meshgrid(np.arange(31) - 15, np.arange(31) - 15, indexing="ij")
    if turn >= 8:
        y, x = x, y
    angle = np.pi / 4 * turn
    turned = (
        np.cos(angle) * y - np.sin(angle) * x,
        np.sin(angle) * y + np.cos(angle) * x,
    )
    # The nearest pixel is at most half a pixel off in each direction.
    error = np.abs(region[0, 0].numpy() - image(*turned)).max()
    assert error < (0.15 if turn % 2 else 1e-6)


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
