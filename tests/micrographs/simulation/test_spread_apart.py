import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from pusklearn.micrographs.simulation._spread_apart import close_pairs, spread_apart


def in_a_square(side):
    return lambda moved, points: moved.clip(0, side)


@settings(max_examples=30, deadline=None)
@given(share=st.floats(0.05, 0.7), seed=st.integers(0, 2**32 - 1))
def test_points_end_a_distance_apart_where_they_are_allowed(share, seed):
    count = int(share * 100**2 / (np.pi / 4 * 8**2))
    start = np.random.default_rng(seed).uniform(0, 100, (count, 2))
    before = start.copy()
    points = spread_apart(start, 8, in_a_square(100), n_rounds=1000)
    np.testing.assert_array_equal(start, before)
    assert points.shape == (count, 2)
    assert pdist(points).min(initial=np.inf) >= 8
    assert ((points >= 0) & (points <= 100)).all()


def test_points_that_are_apart_stay_where_they_are():
    points = np.array([[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]])
    np.testing.assert_array_equal(spread_apart(points, 8, in_a_square(8)), points)


def test_a_pair_parts_along_its_line_by_equal_steps():
    points = spread_apart(np.array([[4.0, 5.0], [6.0, 5.0]]), 4, in_a_square(10))
    np.testing.assert_allclose(points.mean(axis=0), [5, 5])
    assert 4 <= points[1, 0] - points[0, 0] < 4.2
    np.testing.assert_allclose(points[:, 1], 5)


@pytest.mark.parametrize("n_rounds", [0, 1, 50])
def test_it_stops_after_the_last_round(n_rounds):
    start = np.random.default_rng(0).uniform(0, 10, (30, 2))
    points = spread_apart(start, 5, in_a_square(10), n_rounds=n_rounds)
    assert len(close_pairs(points, 5)) > 0


def test_two_points_at_one_place_bring_no_warning():
    start = np.full((2, 2), 5.0)
    np.testing.assert_array_equal(spread_apart(start, 5, in_a_square(10)), start)


def test_close_pairs_are_those_that_brute_force_finds():
    points = np.random.default_rng(0).uniform(0, 10, (60, 2))
    expected = {
        (i, j)
        for i in range(60)
        for j in range(i + 1, 60)
        if np.hypot(*(points[i] - points[j])) < 2
    }
    assert set(map(tuple, close_pairs(points, 2).tolist())) == expected
    assert len(close_pairs(np.array([[0.0, 0.0], [2.0, 0.0]]), 2)) == 0
