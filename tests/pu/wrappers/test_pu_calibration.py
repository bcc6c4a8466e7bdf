from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from pusklearn.criteria import Priors
from pusklearn.pu.wrappers._pu_calibration import (
    SigmoidCalibrator,
    automatic_method,
    average_calibrator,
    beta_calibrator,
    isotonic_calibrator,
    shrunken_calibrator,
    sigmoid_calibrator,
)

CALIBRATORS = [
    isotonic_calibrator,
    sigmoid_calibrator,
    beta_calibrator,
    average_calibrator,
]


def draw(rng, n, scheme):
    """Log-odds that are three times too great, the priors, and the true ones."""
    y = rng.random(n) < 0.3
    log_odds = np.log(3 / 7) + 2 * (rng.normal(size=n) + 2 * y) - 2
    scores = 3 * log_odds
    if scheme == "case-control":
        above = np.log(3 / 7) + 2 * (rng.normal(size=n // 5) + 2) - 2
        return 3 * above, scores, Priors(0.3)
    labeled = y & (rng.random(n) < 0.4)
    return scores[labeled], scores[~labeled], Priors(0.3, labeled.mean())


@pytest.mark.parametrize("scheme", ["single", "case-control"])
@pytest.mark.parametrize("calibrator", CALIBRATORS)
def test_it_finds_the_true_probabilities(calibrator, scheme):
    data = draw(np.random.default_rng(0), 20_000, scheme)
    log_odds = np.linspace(-4, 4, 50)
    found = calibrator(*data).predict(3 * log_odds)
    assert np.abs(expit(3 * log_odds) - expit(log_odds)).mean() > 0.09
    assert np.abs(found - expit(log_odds)).mean() < 0.03


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(CALIBRATORS),
    st.integers(1, 30),
    st.integers(1, 30),
    st.floats(0.05, 0.95),
    st.floats(0, 1),
    st.integers(0, 2**32 - 1),
)
def test_probabilities_rise_with_the_score_within_0_and_1(
    calibrator, n_positive, n_unlabeled, prior, labeled_share, seed
):
    rng = np.random.default_rng(seed)
    positives = np.round(rng.normal(size=n_positive) + 1, 1)
    unlabeled = np.round(rng.normal(size=n_unlabeled), 1)
    fitted = calibrator(positives, unlabeled, Priors(prior, labeled_share * prior))
    found = fitted.predict(np.linspace(-9, 9, 99))
    assert found.min() >= 0
    assert found.max() <= 1
    assert np.diff(found).min() >= -1e-12


@pytest.mark.parametrize("h", [0.0, 0.2])
def test_isotonic_has_the_least_pu_brier_score(h):
    rng = np.random.default_rng(0)
    positives, unlabeled = rng.normal(1, size=30), rng.normal(size=60)
    fitted = isotonic_calibrator(positives, unlabeled, Priors(0.4, h))
    scores = np.sort(np.concatenate([positives, unlabeled]))

    def brier(values):
        of_p = np.interp(positives, scores, values)
        of_u = np.interp(unlabeled, scores, values)
        population = h * np.mean(of_p**2) + (1 - h) * np.mean(of_u**2)
        return population - 2 * 0.4 * of_p.mean()

    best = fitted.predict(scores)
    for _ in range(300):
        moved = np.sort(np.clip(best + rng.normal(0, 0.03, len(best)), 0, 1))
        assert brier(moved) >= brier(best) - 1e-9
        stretched = np.clip(best * rng.uniform(0.8, 1.2) + rng.normal(0, 0.05), 0, 1)
        assert brier(stretched) >= brier(best) - 1e-9


def test_isotonic_with_every_positive_labelled_is_that_of_the_labels():
    rng = np.random.default_rng(0)
    y = np.r_[np.ones(40), np.zeros(60)]
    scores = rng.normal(size=100) + y
    expected = IsotonicRegression(out_of_bounds="clip").fit(scores, y)
    fitted = isotonic_calibrator(scores[:40], scores[40:], Priors(0.4, 0.4))
    np.testing.assert_allclose(fitted.predict(scores), expected.predict(scores))


def test_isotonic_is_1_above_all_unlabeled_samples():
    fitted = isotonic_calibrator(np.array([1.0, 5.0]), np.arange(4.0), Priors(0.5))
    np.testing.assert_allclose(fitted.predict([5.0, 9.0]), 1)
    # One positive of two, half of all, in the second quarter and below: 1/4 / 2/4.
    np.testing.assert_allclose(fitted.predict([0.0, 1.0]), [0, 1 / 3], atol=1e-6)


def test_sigmoid_with_every_positive_labelled_is_a_logistic_regression():
    rng = np.random.default_rng(0)
    y = np.r_[np.ones(400), np.zeros(600)]
    scores = 5 * rng.normal(size=1000) + 7 * y
    spread = scores.std()
    # The penalty of half the squared slope over n, as scikit-learn counts it.
    expected = LogisticRegression(C=1.0).fit(scores[:, None] / spread, y)
    fitted = sigmoid_calibrator(scores[:400], scores[400:], Priors(0.4, 0.4))
    np.testing.assert_allclose(
        fitted.predict(scores),
        expected.predict_proba(scores[:, None] / spread)[:, 1],
        atol=2e-3,
    )


def test_separable_scores_give_a_finite_slope():
    rng = np.random.default_rng(0)
    positives, unlabeled = 9 + rng.normal(size=50), np.r_[rng.normal(size=99), 9.0]
    fitted = sigmoid_calibrator(positives, unlabeled, Priors(0.5, 0.33))
    assert isinstance(fitted, SigmoidCalibrator)
    assert 0 < fitted.slope < 10


def test_scores_in_the_wrong_order_give_the_prior():
    rng = np.random.default_rng(0)
    positives, unlabeled = rng.normal(-2, size=300), rng.normal(size=900)
    fitted = sigmoid_calibrator(positives, unlabeled, Priors(0.2))
    np.testing.assert_allclose(fitted.predict([-5.0, 5.0]), 0.2, atol=1e-3)


def test_beta_follows_a_long_tail_of_negatives_that_no_straight_line_does():
    rng = np.random.default_rng(0)
    log_odds = rng.normal(-1, 2, size=40_000)
    y = rng.random(len(log_odds)) < expit(log_odds)
    scores = np.where(log_odds < 0, 8 * log_odds, log_odds)
    labeled = y & (rng.random(len(y)) < 0.5)
    data = scores[labeled], scores[~labeled], Priors(y.mean(), labeled.mean())
    straight, bent = (
        np.abs(calibrator(*data).predict(scores) - expit(log_odds)).mean()
        for calibrator in (sigmoid_calibrator, beta_calibrator)
    )
    assert straight > 0.05
    assert bent < 0.6 * straight


@pytest.mark.parametrize("calibrator", CALIBRATORS)
def test_equal_scores_give_the_prior(calibrator):
    fitted = calibrator(np.ones(10), np.ones(30), Priors(0.4, 0.25))
    np.testing.assert_allclose(fitted.predict(np.ones(2)), 0.4, atol=1e-3)


def penalised_log_loss(z, slopes, n_positive, priors):
    """The PU log-loss and the penalty, from their description."""
    of_p, of_u = z[:n_positive], z[n_positive:]
    h = priors.labeled
    population = h * np.mean(np.log1p(np.exp(of_p))) + (1 - h) * np.mean(
        np.log1p(np.exp(of_u))
    )
    penalty = np.sum(np.square(slopes)) / 2 * (1 / len(z) + 0.1 / n_positive)
    return population - priors.population * of_p.mean() + penalty


def descend(loss, start):
    """The least loss over slopes that are not negative and an intercept."""
    bounds = [(0, None)] * (len(start) - 1) + [(None, None)]
    options = {"xatol": 1e-9, "fatol": 1e-14, "maxiter": 20_000, "maxfev": 20_000}
    fit = minimize(loss, start, method="Nelder-Mead", bounds=bounds, options=options)
    return fit.x


@pytest.mark.parametrize("h", [0.0, 0.2])
@pytest.mark.parametrize("seed", [0, 1])
def test_sigmoid_has_the_least_penalised_log_loss(h, seed):
    rng = np.random.default_rng(seed)
    priors = Priors(0.4, h)
    positives, unlabeled = 5 + 3 * rng.normal(1, size=8), 5 + 3 * rng.normal(size=14)
    scores = np.concatenate([positives, unlabeled])
    centre, spread = scores.mean(), scores.std()
    slope, intercept = descend(
        lambda p: penalised_log_loss(
            p[0] * (scores - centre) / spread + p[1], p[:1], 8, priors
        ),
        [1.0, 0.0],
    )
    fitted = sigmoid_calibrator(positives, unlabeled, priors)
    expected = expit(slope * (scores - centre) / spread + intercept)
    np.testing.assert_allclose(fitted.predict(scores), expected, atol=1e-4)
    assert fitted.slope == pytest.approx(slope / spread, rel=1e-3)


@pytest.mark.parametrize("h", [0.0, 0.2])
@pytest.mark.parametrize("seed", [0, 1])
def test_beta_has_the_least_penalised_log_loss(h, seed):
    rng = np.random.default_rng(seed)
    priors = Priors(0.4, h)
    positives, unlabeled = rng.normal(0.7, 2, size=9), rng.normal(-0.5, 2, size=16)
    scores = np.concatenate([positives, unlabeled])
    sides = np.stack([np.log(expit(scores)), -np.log(expit(-scores))], axis=1)
    columns = (sides - sides.mean(axis=0)) / sides.std(axis=0)
    *slopes, intercept = descend(
        lambda p: penalised_log_loss(columns @ p[:2] + p[2], p[:2], 9, priors),
        [0.5, 0.5, 0.0],
    )
    fitted = beta_calibrator(positives, unlabeled, priors)
    expected = expit(columns @ slopes + intercept)
    np.testing.assert_allclose(fitted.predict(scores), expected, atol=1e-4)
    assert fitted.slope_above == pytest.approx(slopes[1] / sides[:, 1].std(), abs=1e-3)


def test_isotonic_regression_of_many_samples_is_that_of_the_masses():
    rng = np.random.default_rng(0)
    positives, unlabeled = rng.normal(1, size=40), rng.normal(size=90)
    scores = np.concatenate([positives, unlabeled])
    mass = np.repeat([0.1 / 40, 0.9 / 90], [40, 90])
    gain = np.repeat([0.3 / 40, 0], [40, 90])
    expected = IsotonicRegression(y_min=0, y_max=1).fit(scores, gain / mass, mass)
    fitted = isotonic_calibrator(positives, unlabeled, Priors(0.3, 0.1))
    np.testing.assert_allclose(fitted.predict(scores), expected.predict(scores))
    assert fitted.predict([scores.min() - 1, scores.max() + 1]).tolist() == [
        *expected.predict([scores.min(), scores.max()])
    ]


def test_the_average_is_that_of_both_and_never_0_or_1():
    rng = np.random.default_rng(0)
    data = rng.normal(2, size=30), rng.normal(size=300), Priors(0.2, 0.09)
    scores = np.linspace(-3, 5, 99)
    isotonic, sigmoid, average, shrunken = (
        calibrator(*data).predict(scores)
        for calibrator in (
            isotonic_calibrator,
            sigmoid_calibrator,
            average_calibrator,
            partial(shrunken_calibrator, are_log_odds=True),
        )
    )
    assert (isotonic.min(), isotonic.max()) == (0, 1)
    np.testing.assert_allclose(average, (isotonic + sigmoid) / 2)
    assert 0 < average.min() < average.max() < 1
    # Of 20 labels and 30, three fifths are those that are held out.
    np.testing.assert_allclose(shrunken, 0.6 * average + 0.4 * expit(scores))
    probability = expit(scores)
    shrunken = shrunken_calibrator(*data, are_log_odds=False).predict(probability)
    expected = 0.6 * average_calibrator(*data).predict(probability) + 0.4 * probability
    np.testing.assert_allclose(shrunken, expected)


def test_the_automatic_method_follows_the_number_of_labels():
    few = [automatic_method(n, has_probabilities=False) for n in (1, 43, 4999)]
    assert few == ["average"] * 3
    few = [automatic_method(n, has_probabilities=True) for n in (1, 43, 4999)]
    assert few == ["shrunken average"] * 3
    many = [automatic_method(5000, has_probabilities=has) for has in (False, True)]
    assert many == ["isotonic"] * 2


def test_few_labels_that_seem_separable_have_no_steep_slope():
    rng = np.random.default_rng(0)
    unlabeled = rng.normal(size=2000)
    few, many = (
        sigmoid_calibrator(np.full(n, 3.5), unlabeled, Priors(0.01)) for n in (3, 3000)
    )
    assert few.slope < 0.6 * many.slope


@pytest.mark.parametrize(("scale", "shift"), [(1e-3, 0), (0.1, 5), (100, -30)])
def test_sigmoid_depends_on_no_unit_of_the_scores(scale, shift):
    rng = np.random.default_rng(0)
    positives, unlabeled = rng.normal(1, size=20), rng.normal(size=40)
    priors = Priors(0.4, 0.1)
    expected = sigmoid_calibrator(positives, unlabeled, priors).predict(positives)
    fitted = sigmoid_calibrator(
        positives * scale + shift, unlabeled * scale + shift, priors
    )
    np.testing.assert_allclose(
        fitted.predict(positives * scale + shift), expected, atol=1e-6
    )


def test_beta_of_log_odds_near_0_is_a_sigmoid_of_half_the_penalty():
    """Both of its columns are then half the score, so two equal slopes share it."""
    rng = np.random.default_rng(0)
    positives, unlabeled = rng.normal(1, size=20), rng.normal(size=40)
    priors = Priors(0.4, 0.1)
    scores = np.concatenate([positives, unlabeled])
    z = (scores - scores.mean()) / scores.std()

    def loss(line):
        return penalised_log_loss(2 * line[0] * z + line[1], line[[0, 0]], 20, priors)

    slope, intercept = descend(loss, [0.5, 0.0])
    fitted = beta_calibrator(1e-3 * positives, 1e-3 * unlabeled, priors)
    expected = expit(2 * slope * z + intercept)
    np.testing.assert_allclose(fitted.predict(1e-3 * scores), expected, atol=1e-3)


def test_beta_of_very_low_log_odds_is_a_sigmoid():
    """One of its columns is then the score, and the other one is 0 everywhere."""
    rng = np.random.default_rng(0)
    positives, unlabeled = rng.normal(-899, size=20), rng.normal(-900, size=40)
    straight, bent = (
        calibrator(positives, unlabeled, Priors(0.4, 0.1)).predict(positives)
        for calibrator in (sigmoid_calibrator, beta_calibrator)
    )
    np.testing.assert_allclose(bent, straight, atol=1e-4)
