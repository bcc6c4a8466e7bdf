import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pusklearn.micrographs.images._distinct_points import distinct_points


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=25),
    st.sampled_from([0, 1, 2.5, 5]),
)
@settings(max_examples=60, deadline=None)
def test_a_point_stays_if_no_earlier_one_that_stays_is_near(points, radius):
    expected = []
    for point in points:
        apart = [np.hypot(*np.subtract(point, other)) for other in expected]
        if all(d >= radius and d > 0 for d in apart):
            expected.append(point)
    found = distinct_points(np.array(points, float).reshape(-1, 2), radius)
    np.testing.assert_array_equal(found, np.reshape(expected, (-1, 2)))


def test_points_apart_are_the_same_array():
    points = np.array([[0.0, 0.0], [3.0, 0.0]])
    assert distinct_points(points, 3) is points
    assert distinct_points(points, 3.01).tolist() == [[0, 0]]


@pytest.mark.parametrize("radius", [0.0, 2.0])
def test_no_points_are_no_points(radius):
    assert distinct_points(np.empty((0, 2)), radius).shape == (0, 2)
