import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pusklearn.metrics import match_coordinates, picking_curve


def test_a_hand_made_case_over_two_micrographs():
    true = [[[10, 10], [40, 40]], [[20, 20], [70, 70]]]
    picks = [[[10, 11, 0.9], [90, 90, 0.8]], [[20, 21, 0.7], [69, 70, 0.6]]]
    precision, recall, thresholds = picking_curve(true, picks, radius=5)
    assert thresholds.tolist() == [0.9, 0.8, 0.7, 0.6]
    np.testing.assert_allclose(precision, [1, 1 / 2, 2 / 3, 3 / 4])
    np.testing.assert_allclose(recall, [1 / 4, 1 / 4, 2 / 4, 3 / 4])


def test_equal_scores_of_different_micrographs_are_one_step():
    true = [[[10, 10]], [[20, 20]]]
    picks = [[[10, 10, 0.5], [50, 50, 0.1]], [[20, 20, 0.5], [80, 80, 0.5]]]
    precision, recall, thresholds = picking_curve(true, picks, radius=5)
    assert thresholds.tolist() == [0.5, 0.1]
    np.testing.assert_allclose(precision, [2 / 3, 2 / 4])
    np.testing.assert_allclose(recall, [1, 1])


def test_micrographs_do_not_lend_each_other_particles():
    precision, _, _ = picking_curve([[[10, 10]], []], [[], [[10, 10, 1.0]]], radius=5)
    assert precision.tolist() == [0]


def test_particles_of_a_micrograph_without_picks_count_in_the_recall():
    true = [[[10, 10]], np.zeros((3, 2))]
    _, recall, _ = picking_curve(true, [[[10, 10, 1.0]], []], radius=5)
    assert recall.tolist() == [1 / 4]


def test_no_pick_at_all_gives_an_empty_curve():
    precision, recall, thresholds = picking_curve([[[10, 10]]], [[]], radius=5)
    assert precision.shape == recall.shape == thresholds.shape == (0,)


@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.floats(1, 40))
@settings(max_examples=25, deadline=None)
def test_each_point_counts_the_picks_that_reach_its_threshold(seed, n, radius):
    rng = np.random.default_rng(seed)
    true = [rng.uniform(0, 100, (rng.integers(1, 9), 2)) for _ in range(n)]
    picks = [
        np.column_stack([rng.uniform(0, 100, (k, 2)), rng.integers(0, 4, k)])
        for k in rng.integers(0, 12, n)
    ]
    hits = [
        match_coordinates(*pair, radius)[0] for pair in zip(true, picks, strict=True)
    ]
    precision, recall, thresholds = picking_curve(true, picks, radius)
    hit, score = np.concatenate(hits), np.concatenate(picks)[:, 2]
    assert thresholds.tolist() == sorted(set(score), reverse=True)
    for point, threshold in enumerate(thresholds):
        chosen = score >= threshold
        assert precision[point] == pytest.approx(hit[chosen].mean())
        n_true = sum(map(len, true))
        assert recall[point] == pytest.approx(hit[chosen].sum() / n_true)


def test_lists_of_different_length_are_refused():
    with pytest.raises(ValueError, match=r"one entry per micrograph.*Got 1 and 2"):
        picking_curve([[[1, 1]]], [[], []], radius=5)


@pytest.mark.parametrize("true", [[[], []], []])
def test_no_true_particle_at_all_is_refused(true):
    with pytest.raises(ValueError, match="Recall needs at least 1 true particle"):
        picking_curve(true, [[[1, 1, 1.0]]] * len(true), radius=5)


def test_nan_scores_are_refused_and_the_micrograph_named():
    with pytest.raises(ValueError, match=r"must not be NaN.*number 1"):
        picking_curve([[[1, 1]], []], [[], [[1, 1, np.nan]]], radius=5)


def test_picks_without_a_score_are_refused():
    with pytest.raises(ValueError, match=r"shape \(k, 3\).*number 0.*\(1, 2\)"):
        picking_curve([[[1, 1]]], [[[1, 1]]], radius=5)


@pytest.mark.parametrize("radius", [0, -3])
def test_radius_must_be_positive(radius):
    with pytest.raises(ValueError, match=r"`radius` must be a number in \(0, inf\)"):
        picking_curve([[[1, 1]]], [[[1, 1, 1.0]]], radius)


def test_columns_of_tables_are_known_by_their_names():
    true = pd.DataFrame({"y": [1.0], "x": [50.0]})
    picks = pd.DataFrame({"score": [2.0], "y": [1.0], "x": [50.0]})
    precision, _, thresholds = picking_curve([true], [picks], 5)
    assert precision.tolist() == [1]
    assert thresholds.tolist() == [2]


@pytest.mark.parametrize("dtype", ["uint8", "object"])
def test_scores_are_ordered_as_numbers_whatever_their_type(dtype):
    picks = np.array([[10, 10, 0], [50, 50, 1]], dtype)
    precision, _, thresholds = picking_curve([[[10, 10]]], [picks], radius=5)
    assert thresholds.tolist() == [1, 0]
    assert precision.tolist() == [0, 0.5]
