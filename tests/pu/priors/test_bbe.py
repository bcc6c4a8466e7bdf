from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pusklearn.pu.priors._bbe import ERROR_RATE, bbe, dkw_interval, upper_bounds
from pusklearn.pu.priors._few_labels import FEW_LABELS, interval_of_few

scores = st.lists(st.integers(-20, 20), min_size=1, max_size=40).map(np.array)


def slow_bbe(positive, unlabeled, confidence):
    """Every score as a threshold, in plain Python."""

    def reach(n, strength):
        return sqrt(strength / (2 * n))

    candidates = []
    for threshold in sorted(set(positive), reverse=True):
        q_p = np.mean(positive >= threshold)
        q_u = np.mean(unlabeled >= threshold)
        n_p, n_u, strength = len(positive), len(unlabeled), log(40)
        bernstein = sqrt(4 * strength * q_u * (1 - q_u) / n_u) + strength / n_u / 1.5
        e_p, e_u = reach(n_p, strength), min(reach(n_u, strength), bernstein)
        bounds = [(q_u + e_u + e_p) / q_p]
        if q_p > e_p:
            bounds.append((q_u + e_u) / (q_p - e_p))
        candidates.append((min(bounds), q_p, q_u))
    _, q_p, q_u = min(candidates, key=lambda candidate: candidate[0])
    strength = log(4 / (1 - confidence))
    e_p, e_u = reach(len(positive), strength), reach(len(unlabeled), strength)
    high = (q_u + e_u) / (q_p - e_p) if q_p > e_p else 1
    low = (q_u - e_u) / (q_p + e_p)
    return min(1, q_u / q_p), (max(0, low), min(1, high))


@settings(max_examples=50, deadline=None)
@given(scores, scores, st.sampled_from([0.5, 0.9, 0.99]))
def test_it_agrees_with_a_slow_search_through_all_thresholds(positive, unlabeled, c):
    share, interval = bbe(positive, unlabeled, confidence=c)
    expected_share, expected_interval = slow_bbe(positive, unlabeled, c)
    assert share == pytest.approx(expected_share)
    if len(positive) < FEW_LABELS:
        expected_interval = interval_of_few(share, positive, unlabeled, c)
    assert interval == pytest.approx(expected_interval)


@settings(max_examples=25, deadline=None)
@given(scores, scores)
def test_a_monotone_map_of_the_scores_changes_nothing(positive, unlabeled):
    mapped = bbe(np.exp(positive / 10), np.exp(unlabeled / 10))
    assert mapped == bbe(positive, unlabeled)


@settings(max_examples=25, deadline=None)
@given(scores, scores)
def test_the_interval_holds_the_share_and_lies_between_0_and_1(positive, unlabeled):
    share, (low, high) = bbe(positive, unlabeled)
    assert 0 <= low <= share <= high <= 1


@pytest.mark.parametrize("share", [0.01, 0.05, 0.3, 0.9])
def test_separated_scores_give_the_share_of_the_pool(share):
    rng = np.random.default_rng(0)
    n = round(2000 * share)
    unlabeled = np.concatenate([rng.normal(9, size=n), rng.normal(0, size=2000 - n)])
    found, _ = bbe(rng.normal(9, size=500), unlabeled)
    assert found == pytest.approx(share, rel=0.05)


def test_the_interval_holds_the_truth_as_often_as_promised():
    rng = np.random.default_rng(1)
    hits = 0
    for _ in range(100):
        is_positive = rng.random(200) < 0.4
        unlabeled = rng.normal(4 * is_positive)
        _, (low, high) = bbe(rng.normal(4, size=100), unlabeled, confidence=0.5)
        hits += low <= 0.4 <= high
    assert hits >= 50


def test_fewer_positives_widen_the_interval():
    rng = np.random.default_rng(2)
    positive, unlabeled = rng.normal(4, size=300), rng.normal(size=300)
    _, (low, high) = bbe(positive, unlabeled)
    _, (lower, higher) = bbe(positive[:20], unlabeled)
    assert higher - lower > high - low


def test_a_share_of_a_percent_is_not_drowned_by_the_bound_of_the_many():
    """The bound of Dvoretzky, Kiefer and Wolfowitz alone would go for q_p near 1."""
    rng = np.random.default_rng(3)
    positive = rng.normal(2.5, size=300)
    unlabeled = np.r_[rng.normal(2.5, size=50), rng.normal(0, size=4950)]
    share, _ = bbe(positive, unlabeled)
    assert share == pytest.approx(0.01, abs=0.01)


@pytest.mark.parametrize("seed", range(20))
def test_many_samples_give_the_share_of_the_slow_search(seed):
    """Bernstein's margin decides here; that of the inequality decides above."""
    rng = np.random.default_rng(seed)
    n_positive, n_unlabeled = rng.integers(50, 300), rng.integers(500, 3000)
    n = round(rng.uniform(0.01, 0.5) * n_unlabeled)
    positive = rng.normal(2, size=n_positive)
    unlabeled = np.r_[rng.normal(2, size=n), rng.normal(size=n_unlabeled - n)]
    share, interval = bbe(positive, unlabeled, confidence=0.8)
    expected_share, expected_interval = slow_bbe(positive, unlabeled, 0.8)
    assert share == pytest.approx(expected_share, rel=1e-9)
    assert interval == pytest.approx(expected_interval, rel=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_few_positives_among_the_unlabeled_give_the_share_of_the_slow_search(seed):
    """The part of Bernstein's margin that does not depend on the share counts here."""
    rng = np.random.default_rng(seed)
    n_positive, n_unlabeled = rng.integers(100, 400), rng.integers(50, 150)
    n = rng.integers(1, 6)
    positive = rng.normal(2, size=n_positive)
    unlabeled = np.r_[rng.normal(2, size=n), rng.normal(size=n_unlabeled - n)]
    expected, _ = slow_bbe(positive, unlabeled, 0.9)
    assert bbe(positive, unlabeled)[0] == pytest.approx(expected, rel=1e-9)


def test_a_share_that_equals_its_margin_bounds_nothing():
    """A division by `q_p - e_p` would be one by 0."""
    margin = sqrt(log(4 / ERROR_RATE) / (2 * 10))
    bound = upper_bounds(np.array([margin]), np.array([0.0]), 10, 100)
    bernstein = 2 * log(40) / 300
    assert bound == pytest.approx((bernstein + margin) / margin)
    margin = sqrt(log(4 / (1 - 0.9)) / (2 * 10))
    assert dkw_interval(margin, 0.0, 10, 100, 0.9) == (0, 1)
