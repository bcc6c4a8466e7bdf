import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from pusklearn.metrics import match_coordinates
from pusklearn.micrographs.peaks._match_scores import match_scores


def crowd(seed, size, integer, n_scores):
    """Peaks and labels of two micrographs that compete for one another."""
    rng = np.random.default_rng(seed)
    peaks, labels = [], []
    for _ in range(2):
        points = [rng.uniform(0, size, (n, 2)) for n in rng.integers(0, [13, 26])]
        if integer:
            points = [xy.round() for xy in points]
        scores = rng.integers(0, n_scores, len(points[1]))
        labels.append(points[0])
        peaks.append(np.column_stack([points[1], scores]))
    return peaks, labels


def counted_anew(peaks, labels, radius, count):
    """The same scores, from a matching at every threshold."""
    found, before = [], 0
    for score in np.unique(np.concatenate(peaks)[:, 2])[::-1]:
        at_least = [p[p[:, 2] >= score] for p in peaks]
        matched = sum(map(count, labels, at_least, [radius] * len(labels)))
        found += [score] * (matched - before)
        before = matched
    return found


def count_hits(labels, peaks, radius):
    return int(match_coordinates(labels, peaks, radius)[0].sum())


def count_by_dense_assignment(labels, peaks, radius):
    """Among matchings of equal cost, that with more pairs: a pair costs a bit less."""
    squares = cdist(peaks[:, :2], labels, "sqeuclidean")
    cost = np.where(squares < radius**2, squares - radius**2 - 1e-9, 0)
    return int((cost[linear_sum_assignment(cost)] < 0).sum())


@given(
    st.integers(0, 2**32 - 1),
    st.sampled_from([4, 8, 15, 30]),
    st.booleans(),
    st.sampled_from([3, 10, 1000]),
    st.sampled_from([1.0, 2.0, 2.5, 3.0, 5.0, 9.7]),
)
@settings(max_examples=60, deadline=None)
def test_one_pass_counts_as_a_matching_at_every_threshold_does(
    seed, size, integer, n_scores, radius
):
    peaks, labels = crowd(seed, size, integer, n_scores)
    found = match_scores(peaks, labels, radius)
    assert found.dtype == np.float64
    assert found.tolist() == counted_anew(peaks, labels, radius, count_hits)


@pytest.mark.parametrize("seed", range(20))
def test_it_agrees_with_a_dense_assignment(seed):
    peaks, labels = crowd(seed, 12, integer=True, n_scores=50)
    expected = counted_anew(peaks, labels, 3.5, count_by_dense_assignment)
    assert match_scores(peaks, labels, 3.5).tolist() == expected


def test_a_peak_hands_its_label_on_if_that_is_the_cheapest_way():
    # The second peak takes the first label, whose peak takes the second label.
    peaks = [np.array([[1.0, 0, 0.9], [0, 0, 0.8]])]
    assert match_scores(peaks, [np.array([[0.0, 0], [2, 0]])], 1.5).tolist() == [
        0.9,
        0.8,
    ]


def test_two_near_pairs_that_cost_more_than_one_nearest_match_one():
    # One pair at distance 0 is worth more than two at a distance of 0.9 radii.
    peaks = [np.array([[0.0, 0, 0.9], [9, 0, 0.8]])]
    labels = [np.array([[9.0, 0], [18, 0]])]
    assert match_scores(peaks, labels, 10).tolist() == [0.9]


def test_a_peak_of_a_matched_label_may_stay_alone_later():
    # The third peak lies on the label that the first one has: no label more.
    peaks = [np.array([[0.0, 0, 3], [50, 0, 2], [4, 0, 1], [50, 1, 0]])]
    assert match_scores(peaks, [np.array([[4.0, 0], [50, 0]])], 5).tolist() == [3, 2]


def test_nothing_to_match_gives_no_score():
    none, some = np.empty((0, 2)), np.ones((3, 2))
    assert match_scores([np.empty((0, 3))], [some], 5).shape == (0,)
    assert match_scores([np.ones((2, 3))], [none], 5).shape == (0,)


def test_peaks_and_labels_belong_to_the_same_micrographs():
    with pytest.raises(ValueError, match="shorter"):
        match_scores([np.ones((2, 3))] * 2, [np.ones((4, 2))], 5)


def test_a_thousand_micrographs_would_take_seconds():
    """The search of a path stays near the peak, however many peaks there are."""
    rng = np.random.default_rng(0)
    xy = rng.uniform(0, 4000, (20_000, 2))
    peaks = np.column_stack([xy, rng.random(len(xy))])
    labels = xy[:6000] + rng.normal(0, 3, (6000, 2))
    found = match_scores([peaks], [labels], 12.0)
    matched = match_coordinates(labels, peaks, 12.0)[0].sum()
    assert len(found) == matched
