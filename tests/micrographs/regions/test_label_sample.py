import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.regions._label_sample import sample_labels


def labels_on(counts, scale=1.0):
    rng = np.random.default_rng(0)
    micrographs = [Micrograph(np.zeros((50, 50)), scale=scale) for _ in counts]
    return micrographs, [rng.uniform(0, 49 * scale, (n, 2)) for n in counts]


def sample(micrographs, points, most=200):
    return sample_labels(micrographs, points, most, np.random.default_rng(0))


def test_few_labels_are_all_taken():
    micrographs, points = labels_on([3, 0, 5])
    found = sample(micrographs, points)
    assert found.rows == [0, 1, 2]
    assert found.n_labels == 8
    for ours, theirs in zip(found.points, points, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("counts", [[650] * 6, [1000], [5] * 300, [0, 900, 2, 900]])
def test_at_most_as_many_labels_are_taken_as_asked_for(counts):
    micrographs, points = labels_on(counts)
    found = sample(micrographs, points)
    assert 190 <= found.n_labels <= 200 or sum(counts) < 400 or len(counts) == 4
    assert found.n_labels <= 200
    for row, xy in zip(found.rows, found.points, strict=True):
        assert {tuple(p) for p in xy} <= {tuple(p) for p in points[row]}


def test_of_many_micrographs_those_without_labels_are_left_out():
    micrographs, points = labels_on([0, 4] * 20)
    assert sample(micrographs, points).rows == list(range(1, 40, 2))


def test_points_are_in_pixels_of_the_micrographs():
    micrographs, points = labels_on([4], scale=2.0)
    np.testing.assert_allclose(sample(micrographs, points).points[0], points[0] / 2)
