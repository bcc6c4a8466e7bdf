"""Scores of folds are brought to the scale of the classifier of all samples."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pusklearn.pu.splits._common_scale import (
    MOST_SAMPLES,
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


@pytest.mark.parametrize("n", [1, MOST_SAMPLES, MOST_SAMPLES + 1, 3 * MOST_SAMPLES])
def test_the_samples_to_compare_are_unlabeled_and_not_too_many(n):
    is_positive = np.zeros(n + 3, bool)
    is_positive[[0, 1, -1]] = True
    rows = rows_to_compare(is_positive)
    assert not is_positive[rows].any()
    assert min(n, MOST_SAMPLES) / 2 <= len(rows) <= MOST_SAMPLES
    assert np.ptp(rows) > 0.9 * (n - 1) - 1
