import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from pusklearn.metrics import pu_precision_score

Y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
Y_PRED = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]  # recall 3/4; 5 of 10, 2 of 6 unlabeled

labels = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2)


def test_the_scheme_says_what_the_population_is():
    single = pu_precision_score(Y, Y_PRED, prior=0.6)
    assert single == pytest.approx(0.6 * 0.75 / 0.5)
    apart = pu_precision_score(Y, Y_PRED, prior=0.2, scheme="case-control")
    assert apart == pytest.approx(0.2 * 0.75 * 7 / 3)


@given(labels.filter(lambda pairs: len({y for y, _ in pairs}) == 2))
@settings(max_examples=25, deadline=None)
def test_where_every_positive_is_labelled_it_is_the_metric_of_scikit_learn(pairs):
    y, y_pred = np.transpose(pairs)
    expected = metrics.precision_score(y, y_pred, zero_division=0)
    assert pu_precision_score(y, y_pred, prior=None) == pytest.approx(
        expected, abs=1e-12
    )


def test_nothing_or_everything_found_is_finite():
    assert pu_precision_score(Y, [0] * 10, prior=0.6) == pytest.approx(0)
    assert pu_precision_score(Y, [1] * 10, prior=0.6) == pytest.approx(0.6)


def test_labelled_positives_alone_do_not_make_a_precision_in_the_case_control_scheme():
    y_pred = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert pu_precision_score(Y, y_pred, prior=0.2, scheme="case-control") == 0


def test_noise_may_take_it_above_one():
    y_pred = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
    assert pu_precision_score(Y, y_pred, prior=0.6) == pytest.approx(1.5)
