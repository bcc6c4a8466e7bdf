import numpy as np
import pytest
from scipy.stats import binom, norm
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.svm import LinearSVC
from sklearn.utils.estimator_checks import (
    estimator_checks_generator,
    parametrize_with_checks,
)

from pusklearn import PUCalibratedClassifier, PUClassifier, PUThresholdClassifier
from pusklearn.datasets import make_pu
from pusklearn.modules import MLP

SCHEMES = ["single", "case-control"]
NETWORK = PUClassifier(
    MLP((20,)), "pn", max_epochs=2, lr=0.1, steps_per_epoch=25, random_state=0
)
CHECKED = [
    PUThresholdClassifier(LogisticRegression()),
    PUThresholdClassifier(LogisticRegression(), threshold="prior"),
    PUThresholdClassifier(NETWORK),
]


# One check has the labels 1 and 2, of which neither is plainly positive.
@pytest.mark.filterwarnings("ignore:The labels are:UserWarning")
@parametrize_with_checks(CHECKED)
def test_scikit_learn_check(estimator, check):
    check(estimator)


@pytest.mark.parametrize("estimator", CHECKED)
def test_scikit_learn_has_many_checks_for_it(estimator):
    assert len(list(estimator_checks_generator(estimator))) >= 50


def gaussian(rng, n, prior, scheme, label_frequency=0.5, distance=3):
    """One feature, normal, of which the positives have more; PU labels; the truth."""
    y = rng.random(n) < prior
    X = rng.normal(size=n) + distance * y
    if scheme == "single":
        return X[:, None], y & (rng.random(n) < label_frequency), y
    n_labeled = int(label_frequency * prior * n)
    X = np.r_[rng.normal(distance, size=n_labeled), X]
    y = np.r_[np.ones(n_labeled, bool), y]
    return X[:, None], np.arange(len(X)) < n_labeled, y


def true_rates(classifier, prior, distance=3):
    """Recall and false discovery rate in the population, from the distributions."""
    line = classifier.estimator_
    x = (classifier.threshold_ - line.intercept_[0]) / line.coef_[0, 0]
    recall = norm.sf(x - distance)
    predicted = prior * recall + (1 - prior) * norm.sf(x)
    return recall, 1 - prior * recall / predicted


def simulate(threshold, scheme, n_draws, n=4000, prior=0.4, **params):
    """True rates of the classifiers of many draws; draws out of reach are left out."""
    rates = []
    for seed in range(n_draws):
        X, y, _ = gaussian(np.random.default_rng(seed), n, prior, scheme)
        classifier = PUThresholdClassifier(
            LogisticRegression(),
            threshold=threshold,
            prior=prior,
            scheme=scheme,
            random_state=seed,
            **params,
        )
        try:
            rates.append(true_rates(classifier.fit(X, y), prior))
        except ValueError as error:
            assert "out of reach" in str(error)  # noqa: PT017
    return np.array(rates).T


# Promises


@pytest.mark.parametrize("scheme", SCHEMES)
def test_recall_and_rate_are_kept_with_the_confidence(scheme):
    most = binom.ppf(0.999, 60, 0.1)
    recall, _ = simulate("recall:0.95", scheme, 60, n=1500)
    assert np.sum(recall < 0.95) <= most
    assert recall.mean() < 0.98
    _, rate = simulate("fdr:0.1", scheme, 60)
    assert len(rate) > 40
    assert np.sum(rate > 0.1) <= most
    assert rate.mean() > 0.04


@pytest.mark.slow
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("confidence", [0.8, 0.9])
def test_in_500_draws_recall_and_rate_are_kept_in_the_promised_share(
    scheme, confidence
):
    # The confidence in the recall is close to exact, so that chance takes the share
    # of 500 draws to either side of it; that in the rate has something to spare.
    recall, _ = simulate("recall:0.95", scheme, 500, confidence=confidence)
    assert np.sum(recall < 0.95) <= binom.ppf(0.99, 500, 1 - confidence)
    _, rate = simulate("fdr:0.1", scheme, 500, confidence=confidence)
    assert len(rate) > 250
    assert np.mean(rate <= 0.1) >= confidence
    recall, _ = simulate("recall:0.95", scheme, 500, confidence=None)
    assert recall.mean() == pytest.approx(0.95, abs=0.005)


MEAN = np.array([2.4, 2.0])
SPREADS = np.array([[1, 0.3], [0.3, 1]]), np.array([[1.2, -0.2], [-0.2, 0.8]])


def overlapping(rng, n, prior, scheme):
    """Two correlated features; half of the positives are labelled."""
    y = rng.random(n) < prior
    X = rng.multivariate_normal([0, 0], SPREADS[0], n)
    X[y] = rng.multivariate_normal(MEAN, SPREADS[1], y.sum())
    if scheme == "single":
        return X, y & (rng.random(n) < 0.5)
    n_labeled = int(prior * n / 2)
    apart = rng.multivariate_normal(MEAN, SPREADS[1], n_labeled)
    return np.r_[apart, X], np.repeat([True, False], [n_labeled, n])


def exact_rates(classifier, prior):
    """Recall and false discovery rate of a line, which normal tails give exactly."""
    weights = classifier.estimator_.coef_[0]
    cut = classifier.threshold_ - classifier.estimator_.intercept_[0]
    false, found = (
        norm.sf((cut - weights @ mean) / np.sqrt(weights @ spread @ weights))
        for mean, spread in zip((np.zeros(2), MEAN), SPREADS, strict=True)
    )
    return found, 1 - prior * found / (prior * found + (1 - prior) * false)


def learned_anew(threshold, scheme, prior, n, n_draws):
    """Exact rates of a classifier learned in each draw, but for those out of reach."""
    rates = []
    for seed in range(n_draws):
        X, y = overlapping(np.random.default_rng(seed), n, prior, scheme)
        classifier = PUThresholdClassifier(
            LogisticRegression(),
            threshold=threshold,
            prior=prior,
            scheme=scheme,
            random_state=seed,
        )
        try:
            rates.append(exact_rates(classifier.fit(X, y), prior))
        except ValueError as error:
            assert "out of reach" in str(error)  # noqa: PT017
    return np.array(rates).reshape(-1, 2).T


@pytest.mark.parametrize("scheme", SCHEMES)
def test_promises_of_a_classifier_learned_anew_are_kept_in_few_draws(scheme):
    recall, _ = learned_anew("recall:0.95", scheme, 0.3, 1500, 40)
    assert len(recall) == 40
    assert np.sum(recall < 0.95) <= binom.ppf(0.999, 40, 0.1)
    assert np.median(recall) < 0.99
    found, rate = learned_anew("fdr:0.05", scheme, 0.7, 4000, 40)
    assert len(found) > 15
    assert np.sum(rate > 0.05) <= binom.ppf(0.999, 40, 0.1)
    assert np.median(found) > 0.8


@pytest.mark.slow
@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("prior", "n"), [(0.05, 20_000), (0.3, 6000), (0.7, 4000)])
def test_promises_of_a_classifier_learned_anew_are_kept_in_500_draws(scheme, prior, n):
    # The promised recall is close to exact: chance takes 500 draws to either side.
    most = binom.ppf(0.99, 500, 0.1)
    recall, _ = learned_anew("recall:0.95", scheme, prior, n, 500)
    assert len(recall) == 500
    assert np.sum(recall < 0.95) <= most
    assert np.median(recall) < 0.975
    # Draws out of reach break no promise. They are many where positives are few.
    _, rate = learned_anew("fdr:0.05", scheme, prior, n, 500)
    assert np.sum(rate > 0.05) <= most


@pytest.mark.slow
@pytest.mark.parametrize("scheme", SCHEMES)
def test_with_enough_positives_the_rate_is_within_reach_and_made_use_of(scheme):
    found, rate = learned_anew("fdr:0.05", scheme, 0.7, 20_000, 200)
    assert len(rate) > 190
    assert np.sum(rate > 0.05) <= binom.ppf(0.99, 200, 0.1)
    assert np.median(rate) > 0.03
    assert np.median(found) > 0.9


def test_the_confidence_matters():
    rng = np.random.default_rng(0)
    X, y, _ = gaussian(rng, 4000, 0.4, "single")
    thresholds = [
        PUThresholdClassifier(
            LogisticRegression(),
            threshold="recall:0.9",
            confidence=confidence,
            random_state=0,
        )
        .fit(X, y)
        .threshold_
        for confidence in (0.99, 0.9, None)
    ]
    assert thresholds == sorted(thresholds)
    assert len(set(thresholds)) == 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_predicted_share_of_the_population_is_the_prior(scheme):
    X, y, _ = gaussian(np.random.default_rng(0), 4000, 0.3, scheme)
    classifier = PUThresholdClassifier(
        LogisticRegression(), threshold="prior", prior=0.3, scheme=scheme
    ).fit(X, y)
    recall, rate = true_rates(classifier, 0.3)
    assert 0.3 * recall / (1 - rate) == pytest.approx(0.3, abs=0.015)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_f1_is_near_the_best_on_true_labels(scheme):
    X, y, _ = gaussian(np.random.default_rng(0), 6000, 0.2, scheme, distance=2)
    classifier = PUThresholdClassifier(
        LogisticRegression(), threshold="f1", prior=0.2, scheme=scheme
    ).fit(X, y)
    X, _, truth = gaussian(np.random.default_rng(1), 20_000, 0.2, "single", distance=2)
    best = max(f1_score(truth, X[:, 0] > t) for t in np.linspace(0, 3, 31))
    assert f1_score(truth, classifier.predict(X)) > best - 0.02


def test_a_prior_threshold_rescues_a_classifier_of_labelled_against_unlabeled():
    X, digit = load_digits(return_X_y=True)
    X, y_pu, y = make_pu(X, digit % 2 == 0, label_frequency=0.3, random_state=0)
    forest = RandomForestClassifier(40, random_state=0)
    plain = PUThresholdClassifier(forest).fit(X[::2], y_pu[::2])
    better = PUThresholdClassifier(forest, threshold="prior", prior=y.mean())
    better.fit(X[::2], y_pu[::2])
    assert plain.score(X[1::2], y[1::2]) < 0.7
    assert better.score(X[1::2], y[1::2]) > 0.85


# Numbers and responses


@pytest.mark.parametrize("wrapper", [PUThresholdClassifier, PUCalibratedClassifier])
def test_folds_of_a_strong_penalty_share_a_scale(wrapper):
    X, y = load_digits(return_X_y=True)
    X, y_pu, y = make_pu(X / 16, y < 3, n_labeled=42, random_state=0)
    # 8 or 9 labels in a fold: the intercepts differ by more than the scores spread.
    classifier = LogisticRegression(C=1e-5)
    settings = {"prior": y.mean(), "random_state": 0}
    if wrapper is PUThresholdClassifier:
        settings["threshold"] = "prior"
    predicted = wrapper(classifier, **settings).fit(X, y_pu).predict(X)
    assert predicted.mean() == pytest.approx(y.mean(), rel=0.35)


def test_a_number_is_a_threshold_on_the_probability():
    X, y, _ = gaussian(np.random.default_rng(0), 300, 0.4, "single")
    estimator = LogisticRegression().fit(X, y)
    for number in (0.5, 0.2):
        classifier = PUThresholdClassifier(LogisticRegression(), threshold=number)
        expected = estimator.predict_proba(X)[:, 1] >= number
        np.testing.assert_array_equal(classifier.fit(X, y).predict(X), expected)
        assert classifier.threshold_ == number
        assert classifier.response_method_ == "predict_proba"


def test_a_number_is_a_score_where_one_says_so():
    X, y, _ = gaussian(np.random.default_rng(0), 300, 0.4, "single")
    classifier = PUThresholdClassifier(
        LinearSVC(), threshold=-0.5, response_method="decision_function"
    ).fit(X, y)
    expected = LinearSVC().fit(X, y).decision_function(X) >= -0.5
    np.testing.assert_array_equal(classifier.predict(X), expected)
    assert not hasattr(classifier, "predict_proba")
    with pytest.raises(TypeError, match="must have predict_proba"):
        PUThresholdClassifier(LinearSVC()).fit(X, y)


def test_scores_of_the_estimator_are_left_alone():
    X, y, _ = gaussian(np.random.default_rng(0), 300, 0.4, "single")
    classifier = PUThresholdClassifier(LogisticRegression(), threshold="f1").fit(X, y)
    estimator = LogisticRegression().fit(X, y)
    np.testing.assert_array_equal(
        classifier.decision_function(X), estimator.decision_function(X)
    )
    np.testing.assert_array_equal(
        classifier.predict_proba(X), estimator.predict_proba(X)
    )


def test_probabilities_serve_where_there_is_no_decision_function():
    X, y, _ = gaussian(np.random.default_rng(0), 1000, 0.4, "single")
    forest = RandomForestClassifier(20, min_samples_leaf=20, random_state=0)
    classifier = PUThresholdClassifier(forest, threshold="recall:0.8").fit(X, y)
    assert classifier.response_method_ == "predict_proba"
    assert not hasattr(classifier, "decision_function")
    assert 0 < classifier.threshold_ < 1


# Errors


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"threshold": "best"}, "`threshold` must be a number, 'prior'"),
        ({"threshold": 2}, r"on probabilities must be in \[0, 1\]. Got 2"),
        (
            {"response_method": "score"},
            "`response_method` must be 'auto'.* Got 'score'",
        ),
        ({"confidence": 1.0}, r"`confidence` must be a number in \(0, 1\). Got 1.0"),
        ({"threshold": "fdr:0.1", "confidence": None}, "must be a number in .0, 1."),
        ({"threshold": "recall:0.99"}, "at least 230 held-out positives. Got "),
        ({"threshold": "fdr:0.001"}, "'fdr:0.001' is out of reach with confidence=0.9"),
    ],
)
def test_what_cannot_be_is_an_error(params, message):
    X, y, _ = gaussian(np.random.default_rng(0), 300, 0.4, "single")
    with pytest.raises(ValueError, match=message):
        PUThresholdClassifier(LogisticRegression(), prior=0.4, **params).fit(X, y)


def test_a_fit_with_a_number_forgets_the_prior():
    X, y = np.arange(40.0)[:, np.newaxis], np.arange(40) > 20
    classifier = PUThresholdClassifier(LogisticRegression(), threshold="prior")
    assert classifier.fit(X, y).prior_ > 0
    assert not hasattr(classifier.set_params(threshold=0.5).fit(X, y), "prior_")


def test_the_logarithms_are_those_of_the_estimator_in_the_tails_too():
    X, y = np.array([[-9.0], [-1.0], [1.0], [9.0]] * 5), np.array([0, 0, 1, 1] * 5)
    finder = PUThresholdClassifier(LogisticRegression(), cv=2).fit(X, y)
    logarithms = finder.predict_log_proba(X)
    np.testing.assert_array_equal(logarithms, finder.estimator_.predict_log_proba(X))
    network = PUThresholdClassifier(NETWORK, cv=2).fit(X, y)
    assert np.isfinite(network.predict_log_proba(1e3 * X)).all()
