"""The map from raw scores to log-odds is strictly increasing, and has an inverse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.micrographs.peaks._pick_calibration import PickCalibration

STEPS = st.lists(st.floats(0.01, 5), min_size=2, max_size=6)


def test_it_is_linear_between_knots_and_beyond_them():
    calibration = PickCalibration([0, 1, 3], [-2, 0, 1])
    scores = [-1, 0, 0.5, 1, 2, 3, 5]
    expected = [-4, -2, -1, 0, 0.5, 1, 2]
    np.testing.assert_allclose(calibration(scores), expected)
    np.testing.assert_allclose(calibration.inverse(expected), scores)
    assert calibration(np.empty(0)).shape == (0,)


@given(STEPS, STEPS, st.lists(st.floats(-50, 50), min_size=2, max_size=20))
def test_ranks_stay_and_the_inverse_is_one(wide, high, scores):
    n = min(len(wide), len(high))
    calibration = PickCalibration(np.cumsum(wide[:n]), np.cumsum(high[:n]))
    scores = np.unique(np.round(scores, 3))
    log_odds = calibration(scores)
    assert (np.diff(log_odds) > 0).all()
    np.testing.assert_allclose(calibration.inverse(log_odds), scores, atol=1e-6)


def test_a_draw_says_something_else_of_the_same_peak():
    calibration = PickCalibration([0, 2], [-1, 1], [[-2, 2], [-1, 3]])
    raw = np.array([0.5, 4])
    log_odds = calibration(raw)
    np.testing.assert_allclose(calibration.drawn(log_odds, 0), 2 * (raw - 1))
    np.testing.assert_allclose(calibration.drawn(log_odds, 1), 2 * raw - 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 0], [0, 1]), "`scores` must be finite and strictly ascend"),
        (([0, 1], [0, np.nan]), "`log_odds` must be finite and strictly ascend"),
        (([0, 1], [1, 0]), "`log_odds` must be finite and strictly ascend"),
        (([0, 1], [0, 1], [[1, 0]]), "`draws` must be finite and strictly ascend"),
        (([0, 1], [0, 1, 2]), "the same number of knots, at least 2. Got 2 and 3"),
        (([0], [0]), "at least 2. Got 1 and 1"),
        (([0, 1], [0, 1], [[0, 1, 2]]), r"shape \(n_draws, 2\). Got \(1, 3\)"),
    ],
)
def test_what_is_no_increasing_map_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        PickCalibration(*arguments)


def test_equal_maps_are_equal():
    one, same = (PickCalibration([0, 1], [0, 2]) for _ in range(2))
    assert one == same
    assert one != PickCalibration([0, 1], [0, 2], share_found=0.9)
    assert one != PickCalibration([0, 1], [0, 2], [[0, 1]])
    assert one != "another"
