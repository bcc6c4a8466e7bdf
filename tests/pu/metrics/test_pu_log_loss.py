import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from pusklearn.metrics import pu_log_loss

samples = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 8)), min_size=3, max_size=40
).filter(lambda pairs: len({y for y, _ in pairs}) == 2)


@given(samples)
@settings(max_examples=25, deadline=None)
def test_where_every_positive_is_labelled_it_is_the_metric_of_scikit_learn(pairs):
    y, values = np.transpose(pairs)
    values = values / 8
    expected = metrics.log_loss(y, values)
    assert pu_log_loss(y, values, prior=None) == pytest.approx(expected, abs=1e-12)


def test_the_scheme_says_what_the_population_is():
    y, y_prob = [1, 0, 0], [0.8, 0.5, 0.2]
    labelled = 0.5 * (np.log(0.2) - np.log(0.8))
    single = pu_log_loss(y, y_prob, prior=0.5)
    assert single == pytest.approx(labelled - np.log([0.2, 0.5, 0.8]).mean())
    apart = pu_log_loss(y, y_prob, prior=0.5, scheme="case-control")
    assert apart == pytest.approx(labelled - np.log([0.5, 0.8]).mean())


@pytest.mark.parametrize("dtype", [np.float32, np.float64, int])
def test_a_certain_error_is_as_great_as_the_precision_of_the_probabilities(dtype):
    y, y_prob = [1, 1, 0, 0], np.array([1, 0, 0, 0], dtype=dtype)
    epsilon = np.finfo(np.float32 if dtype == np.float32 else float).eps
    found = pu_log_loss(y, y_prob, prior=0.6)
    certain = -np.log(1 - epsilon)
    wrong = -np.log(epsilon)
    as_positive, as_negative = (wrong + certain) / 2, (wrong + 0) / 2
    population = wrong / 4
    assert found == pytest.approx(0.6 * (as_positive - as_negative) + population)
