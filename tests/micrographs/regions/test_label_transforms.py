import re

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.regions._label_transforms import (
    TRANSFORMS,
    inside,
    shift,
    transformed,
)

SHAPE = (40, 60)
ALONE = [t for t in TRANSFORMS if not re.search("binning by ., and", t.name)]


@pytest.mark.parametrize("transform", [*TRANSFORMS, shift(3, -4)], ids=lambda t: t.name)
def test_the_code_does_what_the_transform_does(transform):
    xy = np.array([[3.0, 5.0], [7, 1]])
    micrographs, coordinates = [Micrograph(np.zeros(SHAPE))], [xy]
    names = {"np": np, "micrographs": micrographs, "coordinates": coordinates}
    (given,) = eval(transform.code, names)
    np.testing.assert_allclose(given, transform.apply(xy, *SHAPE))


@pytest.mark.parametrize("transform", ALONE, ids=lambda t: t.name)
def test_each_transform_undoes_another_of_them(transform):
    """Whatever went wrong, what puts it right is a candidate too."""
    xy = np.array([[3.0, 5.0], [7, 1]])
    wrong = transform.apply(xy, 48, 48)
    undone = [other.apply(wrong, 48, 48) for other in ALONE]
    assert min(np.abs(u - xy).max() for u in undone) < 1e-9


def test_a_flip_takes_the_height_of_the_original():
    half = Micrograph(np.zeros((20, 30)), scale=2.0)
    flip = next(t for t in TRANSFORMS if t.name.startswith("y is counted"))
    (moved,) = transformed(flip, [half], [np.array([[4.0, 2.0]])])
    np.testing.assert_allclose(moved, [[4, (39 - 4) / 2]])


def test_a_transform_that_throws_labels_out_is_no_candidate():
    image = Micrograph(np.zeros(SHAPE))
    twice = next(t for t in TRANSFORMS if "2 * xy for" in t.code)
    most_inside = np.array([[5.0, 5], [10, 10], [20, 15], [50, 30]])
    (moved,) = transformed(twice, [image], [most_inside])
    np.testing.assert_array_equal(moved, 2 * most_inside[:3])
    assert transformed(twice, [image], [most_inside[2:]]) is None


def test_pixels_of_the_edge_are_inside():
    points = np.array([[0.0, 0], [59, 39], [59.5, 3], [3, -1]])
    np.testing.assert_array_equal(inside(np.zeros(SHAPE), points), points[:2])
