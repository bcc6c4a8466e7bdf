import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, norm
from sklearn.metrics import roc_auc_score

from pusklearn.pu._label_ranking import few_labels, labels_needed, ranking


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(1, 30), m=st.integers(1, 30))
def test_the_area_is_that_of_scikit_learn(seed, n, m):
    rng = np.random.default_rng(seed)
    positive, unlabeled = rng.integers(5, size=n), rng.integers(5, size=m)
    area, _ = ranking(positive, unlabeled)
    labels = np.repeat([1, 0], [n, m])
    expected = roc_auc_score(labels, np.concatenate([positive, unlabeled]))
    assert area == pytest.approx(expected)


def test_the_error_is_that_of_mann_and_whitney():
    rng = np.random.default_rng(0)
    positive, unlabeled = rng.normal(0.5, 1, 40), rng.normal(size=60)
    area, error = ranking(positive, unlabeled)
    test = mannwhitneyu(positive, unlabeled, method="asymptotic", use_continuity=False)
    z = (area - 0.5) / error
    assert 2 * (1 - norm.cdf(abs(z))) == pytest.approx(test.pvalue, rel=1e-9)


@pytest.mark.parametrize(("share", "n"), [(0.0, 2), (0.5, 6), (0.9, 134)])
def test_so_many_labels_show_that_an_order_is_perfect(share, n):
    assert labels_needed(share) == n
    rng = np.random.default_rng(0)
    many = 20_000
    order = np.arange(many, dtype=float)
    above = order[round(many * (1 - share)) :] if share else order + many
    area, error = np.mean(
        [ranking(rng.choice(above, n), order) for _ in range(200)], axis=0
    )
    assert area - 0.5 == pytest.approx((1 - share) / 2, abs=0.03)
    assert area - 0.5 == pytest.approx(2 * error, rel=0.25)


def test_what_is_needed_is_told():
    text = few_labels(20, 0.9)
    assert "20 labelled positives are too few if 0.9 of the unlabeled" in text
    assert "at least 134" in text
    assert "known_negative" in text


def test_nobody_is_asked_for_a_hundred_thousand_labels():
    text = few_labels(50, 0.996)
    assert "A prior so high is seldom right" in text
    assert "Label at least" not in text
