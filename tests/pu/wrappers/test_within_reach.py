import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from pusklearn.criteria import Priors
from pusklearn.pu.wrappers._pu_thresholds import (
    HeldOut,
    OutOfReachError,
    fdr_threshold,
    recall_threshold,
)
from pusklearn.pu.wrappers._within_reach import (
    RATES,
    greatest_recall,
    is_fdr_within_reach,
    is_recall_within_reach,
    least_fdr,
    positives_for_fdr,
)


@given(st.integers(1, 500), st.sampled_from([None, 0.5, 0.9, 0.99]))
def test_the_greatest_recall_is_within_reach_and_a_greater_one_is_not(n, confidence):
    recall = greatest_recall(n, confidence)
    if recall > 0:
        assert is_recall_within_reach(n, recall, confidence)
    if recall < 0.999:
        assert not is_recall_within_reach(n, recall + 0.001, confidence)


def test_the_greatest_recall_is_that_of_the_lowest_score_alone():
    # Of 15 positives, all are found with the probability 0.857 ** 15.
    assert greatest_recall(15, 0.9) == 0.857
    assert binom.pmf(15, 15, 0.857) <= 0.1 < binom.pmf(15, 15, 0.858)
    assert greatest_recall(19, None) == 0.95
    recall_threshold(np.zeros(15), 0.857, 0.9)
    with pytest.raises(OutOfReachError):
        recall_threshold(np.zeros(15), 0.858, 0.9)


def draw(seed, n=400, prior=0.3, n_labeled=20, distance=2.0):
    rng = np.random.default_rng(seed)
    y = np.arange(n) < round(prior * n)
    scores = rng.normal(size=n) + distance * y
    labeled, rest = scores[:n_labeled], scores[n_labeled:]
    return labeled, rest, Priors(prior, n_labeled / n), n


@pytest.mark.parametrize("seed", range(12))
def test_the_least_rate_is_the_first_that_has_a_threshold(seed):
    positives, unlabeled, priors, n = draw(seed, n_labeled=10 + 10 * (seed % 3))
    least = least_fdr(positives, unlabeled, priors, 0.02, 0.9, n)
    for rate in RATES:
        settings = priors, rate, 0.9, n
        if rate == least:
            assert np.isfinite(fdr_threshold(positives, unlabeled, *settings))
            break
        if 0.02 < rate < 0.7:
            assert not is_fdr_within_reach(positives, unlabeled, *settings)
    else:
        assert least is None


def test_a_rate_of_all_samples_is_not_called_within_reach():
    positives, unlabeled, priors, n = draw(0, distance=0.0)
    assert least_fdr(positives, unlabeled, priors, 0.1, 0.9, n) is None
    assert least_fdr(positives[:1], unlabeled, priors, 0.1, 0.9, n) is None


@pytest.mark.parametrize("level", [0.1, 0.2, 0.4])
@pytest.mark.parametrize("priors", [Priors(0.3), Priors(0.3, 0.05), Priors(0.1, 0.02)])
def test_a_classifier_without_errors_needs_as_many_positives_as_are_told(priors, level):
    n_unlabeled = 5000
    needed = positives_for_fdr(priors, level, 0.9, HeldOut(1, n_unlabeled, 10_000))

    def flawless(n_positive):
        n_above = round(priors.unlabeled * n_unlabeled)
        unlabeled = np.r_[np.linspace(1, 2, n_above), np.zeros(n_unlabeled - n_above)]
        positives = np.linspace(1, 2, n_positive + 2)[1:-1]
        return is_fdr_within_reach(positives, unlabeled, priors, level, 0.9, 10_000)

    assert needed > 2
    # Just there whole numbers of samples decide.
    assert not flawless(needed // 3)
    assert flawless(2 * needed)


def test_few_unlabeled_samples_show_no_small_rate_whatever_is_labelled():
    numbers = HeldOut(15, 50, 1000)
    assert positives_for_fdr(Priors(0.05), 0.01, 0.9, numbers) is None
