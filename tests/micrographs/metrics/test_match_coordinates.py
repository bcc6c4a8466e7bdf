import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from pusklearn.metrics import match_coordinates


def dense_assignment(true, predicted, radius):
    """Total cost and number of hits of the assignment on the full matrix."""
    cost = np.minimum(cdist(predicted, true, "sqeuclidean") - radius**2, 0)
    rows, columns = linear_sum_assignment(cost)
    return cost[rows, columns].sum(), int((cost[rows, columns] < 0).sum())


def cost_of_hits(distance, radius):
    return np.sum(distance[np.isfinite(distance)] ** 2 - radius**2)


scenes = st.tuples(
    st.integers(0, 2**32 - 1),
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([8.0, 30.0, 200.0]),
    st.floats(0.5, 20.0),
)


@given(scenes)
@settings(max_examples=25, deadline=None)
def test_cost_and_number_of_hits_equal_the_dense_assignment(scene):
    seed, n_true, n_predicted, size, radius = scene
    rng = np.random.default_rng(seed)
    true = rng.uniform(0, size, (n_true, 2))
    predicted = rng.uniform(0, size, (n_predicted, 2))
    cost, n_hits = dense_assignment(true, predicted, radius)
    hit, distance = match_coordinates(true, predicted, radius)
    assert cost_of_hits(distance, radius) == pytest.approx(cost, rel=1e-9, abs=1e-9)
    assert hit.sum() == n_hits


@given(scenes)
@settings(max_examples=25, deadline=None)
def test_at_ties_the_cost_is_the_dense_one_and_order_leaves_the_hits_alone(scene):
    seed, n_true, n_predicted, size, radius = scene
    radius = np.ceil(radius)
    rng = np.random.default_rng(seed)
    true = rng.integers(0, size, (n_true, 2))
    predicted = rng.integers(0, size, (n_predicted, 2))
    cost, n_hits = dense_assignment(true, predicted, radius)
    hit, distance = match_coordinates(true, predicted, radius)
    assert cost_of_hits(distance, radius) == pytest.approx(cost, rel=1e-6)
    assert hit.sum() >= n_hits
    shuffled, _ = match_coordinates(
        rng.permutation(true), rng.permutation(predicted), radius
    )
    assert shuffled.sum() == hit.sum()


def test_a_thousand_on_a_thousand_equal_the_dense_assignment():
    rng = np.random.default_rng(0)
    true = rng.uniform(0, 1000, (1000, 2))
    predicted = np.concatenate(
        [true[:600] + rng.normal(0, 4, (600, 2)), rng.uniform(0, 1000, (400, 2))]
    )
    cost, n_hits = dense_assignment(true, predicted, 15.0)
    hit, distance = match_coordinates(true, predicted, 15.0)
    assert hit.sum() == n_hits
    assert cost_of_hits(distance, 15.0) == pytest.approx(cost, rel=1e-9)


def test_nearer_prediction_takes_the_particle_even_from_one_listed_first():
    hit, distance = match_coordinates([[0, 0]], [[3, 0], [0, 1]], radius=5)
    assert hit.tolist() == [False, True]
    assert distance.tolist() == [np.inf, 1.0]


@pytest.mark.parametrize("step", [1, -1])
def test_of_two_assignments_of_equal_cost_the_one_with_more_hits_is_taken(step):
    # At squared distances 8 and 2 two pairs cost -1 - 7, as the pair at 1 does alone.
    true, predicted = [[4, 4], [1, 2]], [[2, 2], [0, 3]]
    hit, distance = match_coordinates(true[::step], predicted[::step], radius=3)
    assert hit.tolist() == [True, True]
    np.testing.assert_allclose(np.sort(distance**2), [2, 8])


def test_a_particle_is_hit_once_at_most():
    hit, _ = match_coordinates([[0, 0]], np.zeros((5, 2)), radius=5)
    assert hit.sum() == 1


@pytest.mark.parametrize("offset", [(5, 0), (3, 4), (0, -5)])
def test_a_prediction_at_exactly_the_radius_is_no_hit(offset):
    hit, distance = match_coordinates([[7, 9]], [np.add([7, 9], offset)], radius=5)
    assert not hit[0]
    assert distance[0] == np.inf


def test_a_prediction_just_within_the_radius_is_a_hit():
    hit, distance = match_coordinates([[7, 9]], [[12 - 1e-9, 9]], radius=5)
    assert hit[0]
    assert distance[0] == pytest.approx(5)


@pytest.mark.parametrize("empty", [[], np.empty((0, 2)), np.empty((0, 3))])
def test_no_coordinates_are_allowed_on_either_side(empty):
    hit, distance = match_coordinates(empty, [[1, 2], [3, 4]], radius=5)
    assert hit.tolist() == [False, False]
    assert np.isinf(distance).all()
    hit, distance = match_coordinates([[1, 2]], empty, radius=5)
    assert hit.shape == distance.shape == (0,)
    assert hit.dtype == bool


def test_further_columns_are_ignored_also_where_they_are_nan():
    predicted = [[1, 2, np.nan], [3, 4, 7.0]]
    hit, distance = match_coordinates([[1, 3, 100]], predicted, radius=1.5)
    assert hit.tolist() == [True, False]
    assert distance[0] == 1


@pytest.mark.parametrize("radius", [0, -1.0, np.nan, np.inf])
def test_radius_must_be_positive_and_finite(radius):
    with pytest.raises(
        ValueError, match=r"`radius` must be a number in \(0, inf\)\. Got"
    ):
        match_coordinates([[0, 0]], [[0, 0]], radius)


def test_a_coordinate_that_is_not_finite_is_refused_by_name():
    with pytest.raises(ValueError, match="predicted contains NaN"):
        match_coordinates([[0, 0]], [[0, np.nan]], 5)
    with pytest.raises(ValueError, match="true contains NaN"):
        match_coordinates([[0, np.nan]], [[0, 0]], 5)


@pytest.mark.parametrize("dtype", ["uint8", "object"])
def test_distances_are_those_of_the_numbers_whatever_their_type(dtype):
    true, predicted = np.array([[3, 1]], dtype), np.array([[1, 1], [9, 9]], dtype)
    hit, distance = match_coordinates(true, predicted, 5)
    assert hit.tolist() == [True, False]
    assert distance.tolist() == [2, np.inf]


def test_coordinates_need_two_columns():
    with pytest.raises(ValueError, match=r"1 feature\(s\).*minimum of 2"):
        match_coordinates([[0], [1]], [[0, 0]], 5)


def test_columns_of_a_table_are_known_by_their_names():
    true = pd.DataFrame({"score": [9.0], "y": [1.0], "x": [50.0]})
    hit, _ = match_coordinates(true, [[50, 1]], 5)
    assert hit.all()
    with pytest.raises(ValueError, match=r"must have columns x, y\. Got \['a', 'y'\]"):
        match_coordinates(true.set_axis(["a", "y", "b"], axis=1)[["a", "y"]], [], 5)
