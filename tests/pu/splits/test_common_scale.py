"""Scores of folds are brought to the scale of the classifier of all samples."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pusklearn.pu.splits._common_scale import (
    MOST_SAMPLES,
    has_scale_of,
    on_common_scale,
    on_scale_of,
    rows_to_compare,
)

scores_of = arrays(float, 30, elements=st.floats(-1e3, 1e3, width=32))


@given(scores_of, st.floats(0.01, 100), st.floats(-100, 100))
def test_a_linear_change_of_the_scores_is_undone(own, slope, shift):
    low, high = np.quantile(own, (0.1, 0.9))
    assume(high - low > 1e-3)
    other = slope * own + shift
    np.testing.assert_allclose(on_scale_of(own, own, other), other, atol=1e-3)


@given(scores_of, scores_of, scores_of)
def test_the_order_of_the_scores_stays(scores, own, other):
    changed = on_scale_of(scores, own, other)
    order = np.argsort(scores, kind="stable")
    assert (np.diff(changed[order]) >= 0).all()


@pytest.mark.parametrize(
    ("own", "other"),
    [
        (np.zeros(9), np.arange(9.0)),
        (np.arange(9.0), np.ones(9)),
        (np.append(np.arange(9.0), -np.inf), np.arange(10.0)),
        (np.arange(9.0), np.full(9, np.inf)),
    ],
    ids=["no spread", "no spread of the other", "infinite", "all infinite"],
)
def test_scores_without_a_scale_stay(own, other):
    scores = np.array([0.5, 3.0])
    assert on_scale_of(scores, own, other) is scores


def test_folds_of_one_scale_stay_as_they_are():
    other = np.arange(11.0)
    parts = [(np.array([1.0, 7.0]), other + 1), (np.array([2.0]), other - 1.5)]
    same = on_common_scale(parts, other)
    assert all(scores is part[0] for scores, part in zip(same, parts, strict=True))


def test_one_fold_of_another_scale_changes_all():
    other = np.arange(11.0)
    parts = [(np.array([1.0, 7.0]), other + 1), (np.array([2.0]), 3 * other + 50)]
    first, second = on_common_scale(parts, other)
    np.testing.assert_allclose(first, [0, 6])
    np.testing.assert_allclose(second, [-16])


def test_infinite_scores_have_no_other_scale():
    assert has_scale_of(np.array([0, np.inf]), np.arange(2.0))


@pytest.mark.parametrize("n", [1, MOST_SAMPLES, MOST_SAMPLES + 1, 3 * MOST_SAMPLES])
def test_the_samples_to_compare_are_unlabeled_and_not_too_many(n):
    is_positive = np.zeros(n + 3, bool)
    is_positive[[0, 1, -1]] = True
    rows = rows_to_compare(is_positive)
    assert not is_positive[rows].any()
    assert min(n, MOST_SAMPLES) / 2 <= len(rows) <= MOST_SAMPLES
    assert np.ptp(rows) > 0.9 * (n - 1) - 1
