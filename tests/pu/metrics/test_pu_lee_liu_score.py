import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from pusklearn.metrics import pu_lee_liu_score

Y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
Y_PRED = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]  # recall 3/4; 5 of 10, 2 of 6 unlabeled

labels = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=2)


def test_the_scheme_says_what_the_population_is():
    assert pu_lee_liu_score(Y, Y_PRED) == pytest.approx(0.75**2 / 0.5)
    apart = pu_lee_liu_score(Y, Y_PRED, scheme="case-control")
    assert apart == pytest.approx(0.75**2 * 3)


def test_nothing_or_everything_found_is_finite():
    assert pu_lee_liu_score(Y, [0] * 10) == 0
    assert pu_lee_liu_score(Y, [1] * 10) == 1


def test_the_prior_makes_no_difference():
    assert pu_lee_liu_score(Y, Y_PRED, prior=0.6) == pu_lee_liu_score(Y, Y_PRED)


@given(labels.filter(lambda pairs: len({y for y, _ in pairs}) == 2))
@settings(max_examples=25, deadline=None)
def test_where_every_positive_is_labelled_it_is_precision_times_recall_over_prior(
    pairs,
):
    y, y_pred = np.transpose(pairs)
    expected = (
        metrics.precision_score(y, y_pred, zero_division=0)
        * metrics.recall_score(y, y_pred)
        / y.mean()
    )
    assert pu_lee_liu_score(y, y_pred) == pytest.approx(expected, abs=1e-12)
