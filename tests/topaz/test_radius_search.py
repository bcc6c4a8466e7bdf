import numpy as np
import pytest

from pusklearn.topaz._radius_search import find_targets, radii_to_try, search


@pytest.mark.parametrize(
    ("options", "radii"),
    [
        ({"radius": 7.5}, [7.5]),
        ({"radius": 7.5, "min_radius": 1}, [7.5]),
        ({}, list(range(5, 101, 5))),
        ({"min_radius": 4, "max_radius": 10, "step_radius": 3}, [4, 7, 10]),
    ],
    ids=str,
)
def test_radii_are_those_of_the_options(options, radii):
    assert list(radii_to_try(options)) == radii


@pytest.mark.parametrize(
    "options",
    [{"step_radius": 0}, {"min_radius": 9, "max_radius": 8}, {"min_radius": -1}],
    ids=str,
)
def test_no_radius_is_an_error(options):
    with pytest.raises(ValueError, match="--min-radius must be at least 0"):
        radii_to_try(options)


def test_targets_belong_to_their_images(tmp_path):
    (tmp_path / "t.txt").write_text("image_name\tx_coord\ty_coord\na.mrc\t1\t2\n")
    first, second = find_targets(tmp_path / "t.txt", ["b", "a"])
    assert len(first) == 0
    assert second.tolist() == [[1, 2]]


def test_the_radius_of_the_best_ranking_is_found():
    target = np.array([[10.0, 10.0]])
    right, wrong = np.array([[11.0, 10.0, 1.0]]), np.array([[99.0, 10.0, 1.0]])
    picks = [[wrong, right, right]]
    assert search([target], picks, [2, 4, 8], {}) == (1, 1.0)
    # A hit must be nearer than the radius that is given.
    assert search([target], picks, [2, 4, 8], {"assignment_radius": 0.5}) == (0, 0.0)
    assert search([target], picks, [2, 4, 8], {"assignment_radius": -1})[0] == 1
