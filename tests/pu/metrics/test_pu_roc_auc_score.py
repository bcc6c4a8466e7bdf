import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from pusklearn.metrics import pu_roc_auc_score

samples = st.lists(
    st.tuples(st.integers(0, 1), st.integers(-4, 4)), min_size=3, max_size=40
).filter(lambda pairs: len({y for y, _ in pairs}) == 2)


@given(samples)
@settings(max_examples=25, deadline=None)
def test_where_every_positive_is_labelled_it_is_the_metric_of_scikit_learn(pairs):
    y, values = np.transpose(pairs)
    expected = metrics.roc_auc_score(y, values)
    assert pu_roc_auc_score(y, values, prior=None) == pytest.approx(expected, abs=1e-12)


def test_the_unlabeled_are_taken_with_their_share_of_positives():
    y, y_score = [1, 1, 0, 0, 0, 0, 0, 0], [7, 5, 8, 6, 4, 3, 2, 1]
    area = 9 / 12  # 5 and 4 pairs of six each in order
    single = pu_roc_auc_score(y, y_score, prior=0.5)  # 2 of 6 are positives
    assert single == pytest.approx((area - 1 / 6) / (2 / 3))
    apart = pu_roc_auc_score(y, y_score, prior=0.5, scheme="case-control")
    assert apart == pytest.approx((area - 0.25) / 0.5)


def test_scores_that_are_all_equal_are_worth_a_half():
    assert pu_roc_auc_score([1, 0, 0, 0], [3] * 4, prior=0.6) == pytest.approx(0.5)
