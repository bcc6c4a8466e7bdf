import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pusklearn.micrographs.images._distance_to_nearest import distance_to_nearest

POINTS = st.integers(0, 5).flatmap(
    lambda n: arrays(float, (n, 2), elements=st.floats(0, 100, width=32))
)


@given(points=POINTS, others=POINTS)
def test_it_is_the_smallest_of_all_distances(points, others):
    distances = np.linalg.norm(points[:, None] - others[None], axis=2)
    expected = distances.min(axis=1, initial=np.inf)
    np.testing.assert_allclose(distance_to_nearest(points, others), expected, atol=1e-9)


def test_scores_do_not_count():
    picks = np.array([[3.0, 4.0, 100.0]])
    assert distance_to_nearest(picks, np.zeros((1, 2))).tolist() == [5]
