import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from pusklearn.metrics import pu_recall_score

Y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
Y_PRED = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]  # recall 3/4; 5 of 10, 2 of 6 unlabeled

labels = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2)


@pytest.mark.parametrize("scheme", ["single", "case-control"])
@pytest.mark.parametrize("prior", [None, 0.6])
def test_it_is_the_share_of_the_labelled_that_is_found(scheme, prior):
    assert pu_recall_score(Y, Y_PRED, prior=prior, scheme=scheme) == 0.75


@given(labels.filter(lambda pairs: len({y for y, _ in pairs}) == 2))
@settings(max_examples=25, deadline=None)
def test_where_every_positive_is_labelled_it_is_the_metric_of_scikit_learn(pairs):
    y, y_pred = np.transpose(pairs)
    expected = metrics.recall_score(y, y_pred)
    assert pu_recall_score(y, y_pred) == pytest.approx(expected, abs=1e-12)
