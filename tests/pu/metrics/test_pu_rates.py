import numpy as np
import pytest

from pusklearn.criteria import Priors
from pusklearn.pu.metrics._pu_rates import precision_of_selected, pu_rates
from pusklearn.pu.metrics._values_by_label import ValuesByLabel

Y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
Y_PRED = [1, 1, 1, 0, 1, 1, 0, 0, 0, 0]


def test_rates_of_one_sample_count_the_labelled_with_the_population():
    rates = pu_rates(Y, Y_PRED, 0.6, "single", None)
    assert rates.recall == 0.75
    assert rates.predicted == pytest.approx(5 / 10)
    assert rates.false_positive_rate == pytest.approx((0.5 - 0.45) / 0.4)


def test_rates_of_the_case_control_scheme_leave_the_labelled_out():
    rates = pu_rates(Y, Y_PRED, 0.2, "case-control", None)
    assert rates.recall == 0.75
    assert rates.predicted == pytest.approx(2 / 6)
    assert rates.false_positive_rate == pytest.approx((2 / 6 - 0.15) / 0.8)


@pytest.mark.parametrize("labeled", [0.0, 0.25])
def test_rows_of_choices_are_worked_out_apart(labeled):
    rng = np.random.default_rng(0)
    positives, unlabeled = rng.random((3, 10)) < 0.6, rng.random((3, 30)) < 0.3
    priors = Priors(0.4, labeled)
    together = precision_of_selected(
        ValuesByLabel(positives, unlabeled, priors), empty=0
    )
    for row, share in enumerate(together):
        samples = ValuesByLabel(positives[row], unlabeled[row], priors)
        assert precision_of_selected(samples, empty=0) == share


def test_the_inverse_of_a_rate_has_no_bias_in_the_case_control_scheme():
    rng = np.random.default_rng(0)
    found = rng.random((20_000, 60)) < 0.15
    positives = np.ones((20_000, 1), dtype=bool)
    shares = precision_of_selected(
        ValuesByLabel(positives, found, Priors(0.1)), empty=0
    )
    assert shares.mean() == pytest.approx(0.1 / 0.15, abs=0.01)
    with np.errstate(divide="ignore"):
        plain = 0.1 / found.mean(axis=1)
    assert plain[np.isfinite(plain)].mean() > 0.1 / 0.15 + 0.05


@pytest.mark.parametrize("empty", [0.0, np.nan])
def test_choices_without_a_sample_of_the_population_get_the_value_asked_for(empty):
    positives, unlabeled = np.ones((2, 3), bool), np.array([[0, 0], [0, 1]], bool)
    samples = ValuesByLabel(positives, unlabeled, Priors(0.3))
    shares = precision_of_selected(samples, empty=empty)
    np.testing.assert_array_equal(shares[0], empty)
    assert shares[1] == pytest.approx(0.3 * 3 / 2)


def test_a_prior_is_needed_unless_told_otherwise():
    """A prior of None then says that every positive is labelled."""
    assert pu_rates(Y, Y_PRED, None, "single", None).prior == 0.4
    needless = pu_rates(Y, Y_PRED, None, "single", None, needs_prior=False)
    assert np.isnan(needless.prior)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_the_precision_of_a_selection_is_bayes_rule(scheme, seed):
    rng = np.random.default_rng(seed)
    positives, unlabeled = rng.random(12) < 0.7, rng.random(40) < 0.4
    priors = Priors(0.5, 12 / 52) if scheme == "single" else Priors(0.5)
    recall = positives.sum() / 12
    if scheme == "single":
        rate = (positives.sum() + unlabeled.sum()) / 52
    else:
        rate = (unlabeled.sum() + 1) / 41
    value = precision_of_selected(ValuesByLabel(positives, unlabeled, priors), empty=0)
    assert value == pytest.approx(0.5 * recall / rate, rel=1e-12)
