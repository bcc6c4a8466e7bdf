import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from pusklearn.metrics import pu_brier_score_loss

samples = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 8)), min_size=3, max_size=40
).filter(lambda pairs: len({y for y, _ in pairs}) == 2)


@given(samples)
@settings(max_examples=25, deadline=None)
def test_where_every_positive_is_labelled_it_is_the_metric_of_scikit_learn(pairs):
    y, values = np.transpose(pairs)
    values = values / 8
    expected = metrics.brier_score_loss(y, values)
    assert pu_brier_score_loss(y, values, prior=None) == pytest.approx(
        expected, abs=1e-12
    )


def test_the_scheme_says_what_the_population_is():
    y, y_prob = [1, 0, 0, 0], [0.8, 0.6, 0.4, 0.2]
    single = pu_brier_score_loss(y, y_prob, prior=0.5)
    assert single == pytest.approx(1.2 / 4 - 0.8 + 0.5)
    apart = pu_brier_score_loss(y, y_prob, prior=0.5, scheme="case-control")
    assert apart == pytest.approx(0.56 / 3 - 0.8 + 0.5)


def test_no_probabilities_do_better_than_the_true_ones():
    rng = np.random.default_rng(0)
    truth = rng.beta(1, 2, 40_000)
    is_positive = rng.random(len(truth)) < truth
    y = is_positive & (rng.random(len(truth)) < 0.4)
    loss = {
        power: pu_brier_score_loss(y, truth**power, prior=1 / 3)
        for power in (0.5, 0.8, 1, 1.25, 2)
    }
    assert min(loss, key=loss.get) == 1
