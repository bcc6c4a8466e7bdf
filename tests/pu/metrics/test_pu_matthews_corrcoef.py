import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from pusklearn.metrics import pu_matthews_corrcoef

Y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
Y_PRED = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]  # recall 3/4; 5 of 10, 2 of 6 unlabeled

labels = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2)


def test_the_scheme_says_what_the_population_is():
    single = pu_matthews_corrcoef(Y, Y_PRED, prior=0.6)
    assert single == pytest.approx(0.6 * 0.25 / np.sqrt(0.6 * 0.4 * 0.5 * 0.5))
    apart = pu_matthews_corrcoef(Y, Y_PRED, prior=0.2, scheme="case-control")
    assert apart == pytest.approx(0.2 * (0.75 - 1 / 3) / np.sqrt(0.2 * 0.8 * 2 / 9))


@given(labels.filter(lambda pairs: len({y for y, _ in pairs}) == 2))
@settings(max_examples=25, deadline=None)
def test_where_every_positive_is_labelled_it_is_the_metric_of_scikit_learn(pairs):
    y, y_pred = np.transpose(pairs)
    expected = metrics.matthews_corrcoef(y, y_pred)
    assert pu_matthews_corrcoef(y, y_pred, prior=None) == pytest.approx(
        expected, abs=1e-12
    )


def test_nothing_or_everything_found_is_finite():
    assert pu_matthews_corrcoef(Y, [0] * 10, prior=0.6) == pytest.approx(0)
    assert pu_matthews_corrcoef(Y, [1] * 10, prior=0.6) == pytest.approx(0)
