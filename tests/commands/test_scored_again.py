import numpy as np

from pusklearn.commands._scored_again import scores_at, without_gaps

PEAKS = np.array([[10.0, 10.0, 2.5], [13.0, 10.0, 1.0], [30.0, 10.0, -4.0]])


def test_the_nearest_peak_within_the_radius_counts():
    points = np.array([[11.0, 9.0], [12.5, 10.0], [30.0, 14.9], [30.0, 15.1]])
    np.testing.assert_array_equal(scores_at(points, PEAKS, 5), [2.5, 1.0, -4.0, -4.0])
    assert scores_at(np.empty((0, 2)), PEAKS, 5).shape == (0,)


def test_without_a_peak_no_score_is_known():
    assert np.isnan(scores_at(np.ones((2, 2)), np.empty((0, 3)), 5)).all()


def test_picks_on_an_empty_micrograph_have_the_least_score_of_all():
    unknown = np.array([[1.0, 2.0, np.nan]])
    first, second = without_gaps([PEAKS, unknown])
    np.testing.assert_array_equal(first, PEAKS)
    np.testing.assert_array_equal(second, [[1, 2, -4]])
    assert np.isnan(without_gaps([unknown])[0][0, 2])
