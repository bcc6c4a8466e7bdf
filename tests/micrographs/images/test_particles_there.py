import warnings

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._gaps import find_gaps
from pusklearn.micrographs.images._particles_there import (
    labels_there,
    particles_there,
)

POINTS = np.array([[2.0, 3.0], [7, 1], [8, 8]])
NAMES = ["a", None, "c", "d", "e"]


def gaps(*missing):
    """Gaps of a micrograph of 10 x 10 pixels with some of its columns missing."""
    mask = np.zeros((10, 10), bool)
    mask[:, list(missing)] = True
    return find_gaps(Micrograph(np.ones((10, 10)), mask=mask))


def test_particles_on_missing_pixels_are_left_out():
    there = particles_there([POINTS, POINTS, POINTS[:0]], [gaps(7, 8), gaps(), gaps(1)])
    np.testing.assert_array_equal(there[0], POINTS[:1])
    assert there[1] is POINTS
    assert there[2].shape == (0, 2)


def test_one_warning_counts_them_and_names_their_micrographs():
    with pytest.warns(UserWarning, match="missing pixels") as caught:
        there = labels_there(
            [POINTS] * 5, [gaps(7, 8), gaps(2), gaps(), gaps(2, 7), gaps(8)], NAMES
        )
    assert [len(points) for points in there] == [1, 2, 3, 1, 2]
    (message,) = [str(w.message) for w in caught]
    assert message.startswith("6 of 15 labelled particles lie on missing pixels, ")
    assert "2 of micrograph a (such as x=7, y=1)" in message
    assert "1 of micrograph number 1 (such as x=2, y=3)" in message
    assert "2 of micrograph d (such as x=2, y=3) and others of 1 more" in message
    assert "invert" not in message


def test_labels_that_are_there_bring_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert labels_there([POINTS], [gaps(0, 5)], NAMES[:1])[0].shape == (3, 2)


def test_a_mask_that_holds_most_labels_may_mean_the_opposite():
    with pytest.warns(UserWarning, match="invert it"):
        labels_there([POINTS], [gaps(7, 8)], ["a"])
    with pytest.raises(ValueError, match=r"3 of 3 labelled.*invert.*No label is left"):
        labels_there([POINTS], [gaps(2, 7, 8)], ["a"])
