import numpy as np
import pytest
from scipy.spatial.distance import pdist
from scipy.spatial.transform import Rotation

from pusklearn.micrographs.simulation._orbits import (
    nearest_orbit,
    point_group,
    spread_orbits,
)


@pytest.mark.parametrize(
    ("symmetry", "order"),
    [("C1", 1), ("C5", 5), ("D1", 2), ("D7", 14), ("T", 12), ("O", 24), ("I", 60)],
)
def test_a_point_group_is_closed_and_has_the_order_of_its_name(symmetry, order):
    group = point_group(symmetry)
    assert group.shape == (order, 3, 3)
    np.testing.assert_allclose(np.linalg.det(group), 1)
    products = np.einsum("aij,bjk->abik", group, group).reshape(-1, 9)
    gaps = np.abs(products[:, None] - group.reshape(1, -1, 9)).max(axis=2)
    assert gaps.min(axis=1).max() < 1e-9
    assert (gaps < 1e-9).sum() == order**2


@pytest.mark.parametrize("symmetry", ["C0", "D", "Q", "c4", "C2 ", "", None, 7])
def test_another_name_is_refused(symmetry):
    with pytest.raises(ValueError, match=r"`symmetry` must be Cn or Dn .* Got"):
        point_group(symmetry)


def test_orbits_are_the_copies_of_their_first_points_and_lie_apart():
    rng = np.random.default_rng(0)
    parts = []

    def draw(n, start, stop):
        parts.append((start, stop))
        return rng.uniform(-1, 1, (n, 3))

    group = point_group("D2")
    cloud = spread_orbits(draw, group, 10)
    assert cloud.shape == (40, 3)
    for first, *copies in cloud.reshape(10, 4, 3):
        expected = Rotation.create_group("D2").apply(first)
        np.testing.assert_allclose([first, *copies], expected)
    assert parts == [(k / 10, (k + 1) / 10) for k in range(10)]
    at_random = [
        pdist(np.vstack([group @ p for p in rng.uniform(-1, 1, (10, 3))])).min()
        for _ in range(20)
    ]
    assert pdist(cloud).min() > 1.5 * np.mean(at_random)


def test_the_nearest_of_the_first_orbits_is_found_among_all_copies():
    rng = np.random.default_rng(1)
    cloud = np.vstack([point_group("T") @ p for p in rng.uniform(-1, 1, (9, 3))])
    found = nearest_orbit(cloud, 12, 4)
    for orbit in range(9):
        gaps = [
            min(
                np.linalg.norm(cloud[12 * orbit] - cloud[12 * k + i]) for i in range(12)
            )
            for k in range(4)
        ]
        assert found[orbit] == np.argmin(gaps)
    np.testing.assert_array_equal(found[:4], np.arange(4))
