from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pusklearn.micrographs.suggestions._diverse_choice import (
    diverse_choice,
    standardized,
)


@pytest.mark.parametrize("n_chosen", [1, 3, 7, 12])
def test_groups_are_chosen_from_in_turn(n_chosen):
    rng = np.random.default_rng(0)
    groups = np.repeat([0, 1, 2], [5, 1, 4])
    chosen = diverse_choice(np.ones(10), rng.normal(size=(10, 2)), groups, n_chosen)
    assert len(set(chosen)) == len(chosen) == min(n_chosen, 10)
    counts = np.bincount(groups[chosen], minlength=3)
    expected = {1: [1, 0, 0], 3: [1, 1, 1], 7: [3, 1, 3], 12: [5, 1, 4]}
    assert counts.tolist() == expected[n_chosen]


def test_the_first_has_the_greatest_weight():
    weights = np.array([0.5, 1.0, 0.7])
    assert diverse_choice(weights, np.zeros((3, 1)), np.zeros(3, int), 1) == [1]


def test_weight_and_distance_are_weighed_against_each_other():
    features = np.array([[0.0], [1.0], [1.5], [-0.1]])
    groups = np.zeros(4, int)
    weights = np.array([1.0, 1.0, 0.5, 1.0])
    assert diverse_choice(weights, features, groups, 2).tolist() == [0, 1]
    weights[2] = 0.7
    assert diverse_choice(weights, features, groups, 2).tolist() == [0, 2]


@given(st.integers(0, 1000), st.integers(2, 5))
def test_no_candidate_is_left_far_from_all_that_are_chosen(seed, n_chosen):
    """The greedy way is at most twice as far as the best choice of all."""
    points = np.random.default_rng(seed).normal(size=(9, 2))
    features = standardized(points)
    distances = np.linalg.norm(features[:, None] - features, axis=2)

    def reach(some):
        return distances[:, list(some)].min(axis=1).max()

    chosen = diverse_choice(np.ones(9), points, np.zeros(9, int), n_chosen)
    best = min(map(reach, combinations(range(9), n_chosen)))
    assert reach(chosen) <= 2 * best + 1e-9


def test_equal_candidates_are_chosen_in_their_order():
    chosen = diverse_choice(np.ones(3), np.zeros((3, 2)), np.zeros(3, int), 3)
    assert chosen.tolist() == [0, 1, 2]


@pytest.mark.parametrize("spread", [2.2e-308, 5e-324])
def test_a_value_far_beyond_a_tiny_spread_is_clipped(spread):
    found = standardized(np.array([[4.0], [-4.0], [spread], [-spread], [0.0]]))
    assert found[:, 0].tolist() == [4, -4, 1, -1, 0]


def test_there_may_be_no_candidates():
    chosen = diverse_choice(np.empty(0), np.empty((0, 7)), np.empty(0, int), 3)
    assert chosen.shape == (0,)


GAPPED = arrays(float, (7, 2), elements=st.floats(-100, 100) | st.just(np.nan))


@given(GAPPED)
def test_features_have_one_middle_and_one_spread(features):
    found = standardized(features)
    assert np.isfinite(found).all()
    for given_, column in zip(features.T, found.T, strict=True):
        known = np.isfinite(given_)
        assert (column[~known] == 0).all()
        if not known.any():
            continue
        middle = np.median(given_[known])
        spread = np.median(np.abs(given_[known] - middle))
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            places = (given_[known] - middle) / spread  # may be infinite
        expected = np.clip(places, -4, 4) if spread else 0
        np.testing.assert_allclose(column[known], expected, rtol=1e-6, atol=1e-9)
