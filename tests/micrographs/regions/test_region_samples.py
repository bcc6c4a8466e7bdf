import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
import torch
from fake_gpu import FakeGpu

from pusklearn import TiledRegions
from pusklearn.micrographs.regions._region_samples import (
    MappedRegions,
    RegionSamples,
    StackedRegions,
)
from pusklearn.pu._samples import as_samples

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
    batch = as_samples(X).on(CPU).gather(rows)
    np.testing.assert_array_equal(batch[:, 0], np.asarray(X[rows]))


@pytest.mark.parametrize("size", [4, 5])
@pytest.mark.parametrize("turned", [True, False])
def test_large_micrographs_give_the_same_regions(monkeypatch, size, turned):
    X = regions(size)[::2]
    rows = np.array([0, 31, 32, 45, 15, 4, 15])
    turns = np.array([0, 1, 5, 7, 9, 12, 15]) if turned else None
    expected = as_samples(X).on(CPU).gather(rows, turns)
    monkeypatch.setattr("pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", 90)
    samples = as_samples(X).on(CPU)
    assert isinstance(samples, MappedRegions)
    assert len(samples) == len(X)
    np.testing.assert_array_equal(samples.gather(rows, turns), expected)


@pytest.mark.parametrize("turned", [True, False])
def test_a_gpu_holds_micrographs_that_take_half_of_its_free_memory(turned):
    X = regions(3)
    rows = np.array([0, 31, 32, 45, 15, 4, 15])
    turns = np.array([0, 1, 5, 7, 9, 12, 15]) if turned else None
    expected = as_samples(X).on(CPU).gather(rows, turns)
    # A region that is turned by 45 degrees reaches 1 pixel beyond the micrograph.
    n_bytes = 4 * (9 * 11 + 8 * 7)
    kinds = {2 * n_bytes: StackedRegions, 2 * n_bytes - 1: MappedRegions}
    for free, kind in kinds.items():
        with FakeGpu() as gpu:
            gpu.free = free
            samples = as_samples(X).on(torch.device("cuda"))
            assert type(samples) is kind
            batch = samples.gather(rows, turns)
            assert batch.device.type == "cuda"
            np.testing.assert_array_equal(batch.cpu(), expected)


def test_another_device_holds_all_micrographs():
    assert type(as_samples(regions()).on(torch.device("meta"))) is StackedRegions


def test_gathered_regions_of_a_view_are_its_regions():
    X = regions()[5:80][::3]
    rows = np.array([0, 24, 7])
    batch = as_samples(X).on(CPU).gather(rows)
    np.testing.assert_array_equal(batch[:, 0], np.asarray(X)[rows])


@pytest.mark.parametrize("size", [4, 5])
def test_turns_by_right_angles_are_the_eight_symmetries_of_the_region(size):
    X = regions(size)
    row = 40
    original = X[row]
    samples = as_samples(X).on(CPU)
    turns = np.arange(0, samples.n_turns, samples.n_turns // 8)
    batch = samples.gather(np.full(8, row), turns)[:, 0].numpy()
    expected = {s(original).tobytes() for s in SYMMETRIES.values()}
    assert {np.ascontiguousarray(image).tobytes() for image in batch} == expected
    assert len(expected) == 8
    np.testing.assert_array_equal(batch[0], original)


@pytest.mark.parametrize("turn", range(16))
def test_a_turned_region_is_that_of_the_turned_micrograph(turn):
    """A smooth image with no symmetry, turned by its formula."""

    def image(y, x):
        return np.exp(-((y - 3) ** 2 / 50 + (x + 2) ** 2 / 20)) + 0.02 * y

    at = np.arange(61) - 30
    X = TiledRegions([image(*np.meshgrid(at, at, indexing="ij"))], 31)
    row = 30 * 61 + 30
    region = as_samples(X).on(CPU).gather(np.array([row]), np.array([turn]))
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


def test_neighbouring_regions_are_held_out_together():
    X = regions()[10:]
    samples = as_samples(X)
    assert isinstance(samples, RegionSamples)
    np.testing.assert_array_equal(samples.groups, X.groups)
    assert samples.default_augment is True
    assert samples.shape == (5, 5)


WAYS = {
    "classifier first": "from pusklearn import PUClassifier, TiledRegions\n"
    "X = TiledRegions(images, 5)",
    "regions first": "from pusklearn import TiledRegions, PUClassifier\n"
    "X = TiledRegions(images, 5)",
    "unpickled": "import pickle\nX = pickle.load(open(sys.argv[1], 'rb'))",
}
# Each way has a process of its own, and they share the import of what takes seconds.
IN_A_FORK = """
if not os.fork():
    {way}
    from pusklearn.pu._samples import as_samples
    print({name!r}, type(as_samples(X)).__name__, sep=":", flush=True)
    os._exit(0)
os.wait()
"""


@pytest.fixture(scope="module")
def known_as(tmp_path_factory):
    """Return as which samples a classifier knows regions that came in each way."""
    path = tmp_path_factory.mktemp("regions") / "regions.pickle"
    path.write_bytes(pickle.dumps(TiledRegions([np.eye(9)], 5)))
    program = "import os, sys, numpy as np, torch, sklearn.base, skorch\n"
    program += "images = [np.eye(9)]\n"
    for name, way in WAYS.items():
        program += IN_A_FORK.format(name=name, way=way.replace("\n", "; "))
    result = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", program, str(path)],
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(line.split(":") for line in result.stdout.splitlines())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not copied here")
@pytest.mark.parametrize("way", WAYS)
def test_a_classifier_knows_regions_however_they_came(known_as, way):
    assert known_as[way] == "RegionSamples"
