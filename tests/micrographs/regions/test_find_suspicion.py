"""Labels that are wrong are named, and right ones are not suspected."""

import numpy as np
import pytest

from pusklearn import Micrograph, MicrographNormalizer
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.regions._find_suspicion import find_suspicion

SIZE = 192
RADIUS = 15


def simulated(n=3, normal=True, **kwargs):
    settings = {"size": SIZE, "diameter": 20, "random_state": 0, **kwargs}
    micrographs, coordinates = make_micrographs(n, **settings)
    if normal:
        micrographs = MicrographNormalizer(whiten=True).fit_transform(micrographs)
    return micrographs, coordinates


@pytest.fixture(scope="module")
def data():
    return simulated()


def suspicion(micrographs, coordinates):
    return find_suspicion(micrographs, coordinates, RADIUS, np.random.default_rng(0))


def chosen(coordinates, count):
    return [xy[:count] for xy in coordinates]


def inside(coordinates):
    return [xy[((xy >= 0) & (xy < SIZE)).all(axis=1)] for xy in coordinates]


WRONG = {
    "y is counted from the bottom": lambda xy: np.c_[xy[:, 0], SIZE - 1 - xy[:, 1]],
    "x is counted from the right": lambda xy: np.c_[SIZE - 1 - xy[:, 0], xy[:, 1]],
    "x and y are exchanged": lambda xy: xy[:, ::-1],
    "belonged to micrographs after binning by 2": lambda xy: xy / 2,
    "belonged to micrographs after binning by 4": lambda xy: xy / 4,
    "all are moved by": lambda xy: xy + np.array([-14, 14]),
    "are moved by": lambda xy: xy + np.array([37, -25]),
}


@pytest.mark.parametrize("cause", WRONG)
@pytest.mark.parametrize("count", [5, 9])
def test_what_puts_labels_right_is_named(data, cause, count):
    micrographs, points = data
    wrong = inside([WRONG[cause](xy) for xy in chosen(points, count)])
    found = suspicion(micrographs, wrong)
    assert cause in found.transform.name
    names = {"np": np, "micrographs": micrographs, "coordinates": wrong}
    repaired = np.concatenate(eval(found.transform.code, names))
    right = np.concatenate(points)
    apart = np.hypot(*(repaired[:, None] - right[None]).transpose(2, 0, 1))
    assert np.mean(apart.min(axis=1) < 0.375 * 20) > 0.9


def test_coordinates_before_downsampling_are_named():
    half, points = simulated(size=256)
    half = [Micrograph(m, scale=1.0) for m in half]
    first = [xy[(xy < 127).all(axis=1)] * 2 for xy in points]
    found = suspicion(half, first)
    assert (
        "divided by 2, as if they belonged to micrographs before"
        in found.transform.name
    )
    assert found.transform.code.startswith("[xy / 2 for")


def test_the_lists_of_other_micrographs_are_named(data):
    micrographs, points = data
    found = suspicion(micrographs, [points[i] for i in (2, 0, 1)])
    assert "other micrographs" in found.transform.name
    assert found.transform.code == "[coordinates[i] for i in [1, 2, 0]]"


def test_labels_that_nothing_puts_right_are_told(data):
    micrographs, points = data
    rng = np.random.default_rng(0)
    found = suspicion(
        micrographs, [rng.uniform(0, SIZE - 1, xy.shape) for xy in points]
    )
    assert found is not None
    assert found.transform is None


def test_a_few_labels_that_nothing_puts_right_are_not_told(data):
    micrographs, points = data
    rng = np.random.default_rng(0)
    assert (
        suspicion(micrographs, [rng.uniform(0, SIZE - 1, (3, 2)) for _ in points])
        is None
    )


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(
    "kind",
    [{}, {"snr": 0.02}, {"snr": 0.003, "contamination": 1}, {"particle": "thin"}],
    ids=str,
)
def test_right_labels_are_not_suspected(kind, seed):
    micrographs, points = simulated(random_state=seed, **kind)
    for count in (1, 2, 4, 50):
        assert suspicion(micrographs, chosen(points, count)) is None


@pytest.mark.parametrize("how", ["light", "sloppy", "crowded", "uneven", "raw"])
def test_odd_but_right_labels_are_not_suspected(how):
    rng = np.random.default_rng(0)
    kind = {"n_particles": 30, "contamination": 0} if how == "crowded" else {}
    micrographs, points = simulated(normal=how != "raw", **kind)
    if how == "raw":
        micrographs = [(m - m.mean()) / m.std() for m in micrographs]
    if how == "light":
        micrographs = [-m for m in micrographs]
    if how == "sloppy":  # a third of a particle's radius
        angles = [rng.uniform(0, 2 * np.pi, len(xy)) for xy in points]
        points = [
            np.clip(xy + 10 / 3 * np.c_[np.cos(a), np.sin(a)], 0, SIZE - 1)
            for xy, a in zip(points, angles, strict=True)
        ]
    if how == "uneven":
        points = [points[0], points[1][:0], points[2][:2]]
    assert suspicion(micrographs, points) is None


def test_noise_and_small_regions_tell_nothing():
    rng = np.random.default_rng(0)
    noise = [Micrograph(rng.normal(size=(SIZE, SIZE))) for _ in range(3)]
    labels = [rng.uniform(0, SIZE - 1, (20, 2)) for _ in noise]
    assert suspicion(noise, labels) is None
    assert find_suspicion(noise, labels, 3, rng) is None


def test_missing_pixels_decide_nothing(data):
    micrographs, points = data
    holed, kept = [], []
    for m, xy in zip(micrographs, points, strict=True):
        m = m.copy()
        m[:, :60] = 50
        m.mask = np.asarray(m) == 50
        holed.append(m)
        kept.append(xy[xy[:, 0] > 65])
    assert suspicion(holed, kept) is None
    flipped = [np.c_[xy[:, 0], SIZE - 1 - xy[:, 1]] for xy in kept]
    assert "from the bottom" in suspicion(holed, flipped).transform.name


def test_micrographs_of_several_scales_are_not_shifted(data):
    micrographs, points = data
    mixed = [
        Micrograph(m, scale=s) for m, s in zip(micrographs, (1, 2, 1), strict=True)
    ]
    right = [xy * m.scale for m, xy in zip(mixed, points, strict=True)]
    assert suspicion(mixed, right) is None
    flipped = [
        np.c_[xy[:, 0], m.scale * SIZE - 1 - xy[:, 1]]
        for m, xy in zip(mixed, right, strict=True)
    ]
    assert "from the bottom" in suspicion(mixed, flipped).transform.name
