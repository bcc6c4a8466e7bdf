import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.regions._label_order import best_order, other_orders
from pusklearn.micrographs.regions._label_sample import sample_labels

RADIUS = 15


def discs(counts, seed=0):
    """Return micrographs of noise with dark discs, and the centres of these."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((160, 160))
    micrographs, points = [], []
    for n in counts:
        image = rng.normal(size=(160, 160)).astype(np.float32)
        xy = rng.uniform(10, 150, (n, 2))
        for px, py in xy:
            image[np.hypot(x - px, y - py) < 8] -= 2
        micrographs.append(Micrograph(image))
        points.append(xy)
    return micrographs, points


def orders(micrographs, points):
    rng = np.random.default_rng(0)
    sample = sample_labels(micrographs, points, 200, rng)
    return sample, list(other_orders(sample, micrographs, points, RADIUS, rng))


def test_lists_that_were_mixed_up_are_put_in_order():
    micrographs, points = discs([5, 6, 7, 0, 8])
    mixed = [points[i] for i in (2, 0, 4, 3, 1)]
    sample, [(transform, moved)] = orders(micrographs, mixed)
    right = eval(transform.code, {"coordinates": mixed})
    assert sample.rows == [0, 1, 2, 3, 4]
    for ours, theirs, expected in zip(moved, right, points, strict=True):
        np.testing.assert_array_equal(ours, expected)
        np.testing.assert_array_equal(theirs, expected)


def test_lists_in_order_and_a_single_list_have_no_other_order():
    assert orders(*discs([5, 6, 7]))[1] == []
    assert orders(*discs([5]))[1] == []


def test_lists_without_labels_stay_where_they_are():
    micrographs, points = discs([6, 0, 0])
    sample = sample_labels(micrographs, points, 200, np.random.default_rng(0))
    assert best_order(sample, RADIUS, np.random.default_rng(0)) == [0, 1, 2]


def test_labels_outside_of_a_smaller_micrograph_do_not_matter():
    micrographs, points = discs([5, 6])
    micrographs[1] = Micrograph(np.asarray(micrographs[1])[:, :100])
    points[1] = points[1][points[1][:, 0] < 99]
    sample, [(_, moved)] = orders(micrographs, points[::-1])
    np.testing.assert_array_equal(moved[1], points[1])
    far = [np.array([[150.0, 5.0]]), points[1]]
    sample = sample_labels(micrographs, far, 200, np.random.default_rng(0))
    assert best_order(sample, RADIUS, np.random.default_rng(0)) == [0, 1]


@pytest.mark.parametrize("step", [1, -1])
def test_many_lists_may_be_off_by_one(step):
    micrographs, points = discs([3] * 14)
    wrong = points[step:] + points[:step]
    sample, found = orders(micrographs, wrong)
    repaired = [eval(t.code, {"coordinates": wrong}) for t, _ in found]
    assert sum(r is not None and _same(r, points) for r in repaired) == 1
    for (_, moved), right in zip(found, repaired, strict=True):
        for row, xy in zip(sample.rows, moved, strict=True):
            assert {tuple(p) for p in xy} <= {tuple(p) for p in right[row]}


def _same(ours, theirs):
    return all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))
