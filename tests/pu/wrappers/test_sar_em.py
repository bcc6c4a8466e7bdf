import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import rel_entr
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn.pu.wrappers._sar_em import (
    balanced_weights,
    clipped,
    expected_classes,
    fit_expected,
    fit_weighted,
    log_likelihood,
    posterior,
    with_mean,
)

chances = st.floats(0.001, 0.999)
X = np.random.default_rng(0).normal(size=(40, 2))
LABELS = (X[:, 0] > 0.5).astype(int)


@given(f=chances, e=chances)
def test_the_posterior_is_that_of_all_that_can_happen(f, e):
    labelled, hidden, negative = f * e, f * (1 - e), 1 - f
    assert labelled + hidden + negative == pytest.approx(1)
    found = posterior(np.array([f]), np.array([e]))[0]
    assert found == pytest.approx(hidden / (hidden + negative), rel=1e-9)


def test_the_posterior_at_the_ends():
    f, e = np.array([0.0, 1.0, 0.3, 1.0]), np.array([0.5, 0.5, 1.0, 1.0])
    np.testing.assert_array_equal(posterior(f, e), [0, 1, 0, 1])


def test_the_likelihood_counts_each_kind_of_sample():
    f, e = np.array([0.5, 0.4, 0.2]), np.array([0.5, 0.25, 0.9])
    is_labeled, unknown = np.array([True, False, False]), np.array([False, True, False])
    found = log_likelihood(f, e, is_labeled, unknown, np.array([1.0, 1, 1]))
    assert found == pytest.approx(np.log([0.25, 0.9, 0.8]).mean())
    found = log_likelihood(f, e, is_labeled, unknown, np.array([1.0, 2, 1]))
    assert found == pytest.approx(np.log([0.25, 0.9, 0.9, 0.8]).mean())


def test_the_likelihood_of_what_cannot_be_is_finite():
    one = np.ones(1)
    assert np.isfinite(log_likelihood(one, one, one < 1, one > 0, one))


@given(seed=st.integers(0, 1000), mean=st.floats(1e-6, 1 - 1e-6))
def test_the_mean_is_the_one_that_is_asked_for(seed, mean):
    rng = np.random.default_rng(seed)
    p, weights = rng.random(20), rng.random(20) + 0.1
    found = with_mean(p, mean, weights)
    assert np.average(found, weights=weights) == pytest.approx(mean, rel=1e-6)
    assert (np.argsort(found) == np.argsort(p)).all()


def test_no_probabilities_with_that_mean_are_closer():
    p = np.array([0.2, 0.7])

    def divergence(first):
        q = np.array([first, 1.0 - first])  # the mean is a half
        return (rel_entr(q, p) + rel_entr(1 - q, 1 - p)).sum()

    closest = minimize_scalar(divergence, bounds=(0, 1), method="bounded").x
    found = with_mean(p, 0.5, np.ones(2))
    np.testing.assert_allclose(found, [closest, 1 - closest], atol=1e-5)


def test_certain_probabilities_can_still_be_shifted():
    found = with_mean(np.array([0.0, 1.0, 0.0]), 0.5, np.ones(3))
    assert found.mean() == pytest.approx(0.5)


def test_no_class_is_certain():
    assert (clipped(np.array([0.0, 0.5, 1.0])) == [1e-10, 0.5, 1 - 1e-10]).all()


def test_both_labels_weigh_the_same():
    weights = np.arange(1.0, 41)
    found = balanced_weights(LABELS, weights)
    assert found.sum() == pytest.approx(weights.sum())
    assert found[LABELS == 1].sum() == pytest.approx(weights.sum() / 2)
    ratios = (found / weights)[LABELS == 1]
    np.testing.assert_allclose(ratios, ratios[0])


def test_expected_classes_are_those_of_copies():
    """A naive Bayes model of weights is one of moments, which can be worked out."""
    expected = np.linspace(0, 1, 40)
    model = fit_expected(GaussianNB(), X, expected, np.ones(40), {})
    np.testing.assert_allclose(model.class_prior_, [0.5, 0.5])
    for k, weights in enumerate((1 - expected, expected)):
        mean = np.average(X, axis=0, weights=weights)
        np.testing.assert_allclose(model.theta_[k], mean)


def test_weights_reach_the_last_step_of_a_pipeline_with_other_parameters():
    class Recorder(LogisticRegression):
        def fit(self, X, y, sample_weight=None, note=None):
            self.note_ = note
            self.weights_ = sample_weight
            return super().fit(X, y, sample_weight)

    model = make_pipeline(StandardScaler(), Recorder())
    weights, note = np.arange(1.0, 41), np.arange(40)
    params = {"recorder__note": note, "recorder__sample_weight": np.ones(40)}
    fitted = fit_weighted(model, X, LABELS, weights, params)[-1]
    np.testing.assert_array_equal(fitted.weights_, weights)
    expected = np.where(note < 30, 1.0, 0.25)
    fitted = fit_expected(model, X, expected, weights, params)[-1]
    np.testing.assert_array_equal(fitted.note_, np.r_[note, note[30:]])
    np.testing.assert_array_equal(
        fitted.weights_, np.r_[expected * weights, 0.75 * weights[30:]]
    )


def test_classes_that_are_known_stay_and_the_others_have_the_given_mean():
    is_labeled = np.array([True, False, False, False])
    unknown = np.array([False, True, True, False])
    settings = {"is_labeled": is_labeled, "unknown": unknown, "weights": np.ones(4)}
    p = np.array([0.2, 0.0, 0.5, 0.9])
    found = expected_classes(p, share=None, **settings)
    np.testing.assert_allclose(found, [1, 0, 0.5, 0], atol=1e-9)
    assert found[1] > 0
    found = expected_classes(p, share=0.4, **settings)
    assert found[[0, 3]].tolist() == [1, 0]
    assert found[unknown].mean() == pytest.approx(0.4)
