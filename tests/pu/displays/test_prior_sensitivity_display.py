import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import ElkanNotoClassifier, PUThresholdClassifier
from pusklearn.metrics import (
    PriorSensitivityDisplay,
    pu_f1_score,
    pu_precision_score,
    pu_scorer,
)

matplotlib.use("agg")


class Shifted(ClassifierMixin, BaseEstimator):
    """Predicts positive above a cut that the prior moves."""

    def __init__(self, prior=None):
        self.prior = prior

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.centre_ = np.mean(X)
        return self

    def decision_function(self, X):
        return X[:, 0] - self.centre_ + self.prior

    def predict(self, X):
        return self.classes_[(self.decision_function(X) > 0).astype(int)]


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    truth = rng.random(400) < 0.4
    X = rng.normal(2.0 * truth)[:, np.newaxis]
    return X, (truth & (rng.random(400) < 0.5)).astype(int)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_values_are_those_of_the_metrics_at_each_prior(data, scheme):
    X, y = data
    y_pred, priors = (X[:, 0] > 1).astype(int), [0.5, 0.3, 0.4]
    display = PriorSensitivityDisplay.from_predictions(
        y, y_pred, metrics=["f1", "precision"], priors=priors, scheme=scheme
    )
    np.testing.assert_array_equal(display.priors, [0.3, 0.4, 0.5])
    for name, function in [("f1", pu_f1_score), ("precision", pu_precision_score)]:
        expected = [function(y, y_pred, prior=p, scheme=scheme) for p in display.priors]
        np.testing.assert_array_equal(display.values[name], expected)


def test_the_predicted_share_is_of_all_samples_or_of_the_unlabeled_alone(data):
    X, y = data
    y_pred = (X[:, 0] > 1).astype(int)
    for scheme, share in [
        ("single", y_pred.mean()),
        ("case-control", y_pred[y == 0].mean()),
    ]:
        display = PriorSensitivityDisplay.from_predictions(
            y, y_pred, prior=0.4, scheme=scheme
        )
        np.testing.assert_allclose(display.values["predicted_share"], share)


def test_the_range_is_from_half_to_twice_the_odds(data):
    _, y = data
    display = PriorSensitivityDisplay.from_predictions(
        y, y, prior=0.5, scheme="case-control"
    )
    assert len(display.priors) == 50
    assert display.priors[[0, -1]] == pytest.approx([1 / 3, 2 / 3])


def test_in_the_single_scheme_it_stays_above_the_labelled_share(data):
    _, y = data
    for prior in (None, 0.25):
        display = PriorSensitivityDisplay.from_predictions(y, y, prior=prior)
        assert y.mean() < display.priors[0] < display.priors[-1] < 0.5
        assert display.prior == (prior or y.mean())


@pytest.mark.parametrize(
    "name", ["roc_auc", "neg_brier_score", "neg_risk", "recall", "lee_liu"]
)
@pytest.mark.parametrize("positive", [0, 1])
def test_an_estimator_is_judged_as_by_the_scorer(data, name, positive):
    X, y = data
    y = y if positive else 1 - y
    classifier = LogisticRegression(class_weight="balanced").fit(X, y)
    display = PriorSensitivityDisplay.from_estimator(
        classifier, X, y, metrics=[name], priors=[0.3, 0.6], pos_label=positive
    )
    expected = [
        pu_scorer(name, prior=prior, pos_label=positive)(classifier, X, y)
        for prior in (0.3, 0.6)
    ]
    np.testing.assert_allclose(display.values[name], expected)


def test_prior_interval_and_scheme_come_from_the_estimator(data):
    X, y = data
    inner = ElkanNotoClassifier(
        LogisticRegression(), scheme="case-control", random_state=0
    )
    classifier = make_pipeline(StandardScaler(), inner).fit(X, y)
    display = PriorSensitivityDisplay.from_estimator(classifier, X, y)
    assert display.prior == classifier[-1].prior_
    assert display.prior_interval == classifier[-1].prior_interval_
    share = classifier.predict(X[y == 0]).mean()
    np.testing.assert_allclose(display.values["predicted_share"], share)
    given = PriorSensitivityDisplay.from_estimator(classifier, X, y, prior=0.4)
    assert given.prior == 0.4
    assert given.prior_interval is None


def test_the_prior_is_found_inside_a_meta_estimator(data):
    X, y = data
    inner = ElkanNotoClassifier(LogisticRegression(), prior=0.45)
    classifier = PUThresholdClassifier(inner, threshold=0.4).fit(X, y)
    assert PriorSensitivityDisplay.from_estimator(classifier, X, y).prior == 0.45


def test_refitted_clones_get_the_prior_and_are_judged_on_what_is_held_out(data):
    X, y = data
    pipeline = make_pipeline(StandardScaler(), Shifted(prior=0.4))
    folds = StratifiedKFold(4)
    display = PriorSensitivityDisplay.from_estimator(
        pipeline, X, y, metrics=["f1"], priors=[0.3, 0.5], refit=True, cv=folds
    )
    for prior, value in zip(display.priors, display.values["f1"], strict=True):
        y_pred = np.empty_like(y)
        for train, test in folds.split(X, y):
            pipeline.set_params(shifted__prior=prior).fit(X[train], y[train])
            y_pred[test] = pipeline.predict(X[test])
        assert value == pu_f1_score(y, y_pred, prior=prior)
    assert display.prior == 0.4


def test_a_share_can_be_held_out_for_refitting(data):
    X, y = data
    display = PriorSensitivityDisplay.from_estimator(
        Shifted(), X, y, refit=True, cv=0.3, random_state=0
    )
    assert len(display.priors) == 7
    assert display.values["predicted_share"][-1] > display.values["predicted_share"][0]


def test_the_label_of_the_positives_is_the_estimators_or_else_the_plain_one(data):
    X, y = data
    names = np.array(["unknown", "found"])[y]
    inner = ElkanNotoClassifier(LogisticRegression(), prior=0.4, pos_label="found")
    display = PriorSensitivityDisplay.from_estimator(inner.fit(X, names), X, names)
    other = PriorSensitivityDisplay.from_estimator(
        inner.set_params(pos_label=None).fit(X, y), X, y
    )
    np.testing.assert_allclose(display.values["f1"], other.values["f1"])
    swapped = np.array(["no", "yes"])[y]
    plain = LogisticRegression(class_weight="balanced")
    display = PriorSensitivityDisplay.from_estimator(plain.fit(X, swapped), X, swapped)
    other = PriorSensitivityDisplay.from_estimator(plain.fit(X, y), X, y)
    np.testing.assert_allclose(display.values["f1"], other.values["f1"])


def test_what_is_drawn(data):
    X, y = data
    y_pred = (X[:, 0] > 1.2).astype(int)
    display = PriorSensitivityDisplay.from_predictions(y, y_pred, prior=0.4)
    assert plt.get_fignums() == [display.figure_.number]
    _, names = display.ax_.get_legend_handles_labels()
    assert names[:5] == ["accuracy", "f1", "precision", "recall", "predicted share"]
    assert {"prior 0.4", "not possible"} <= set(names)
    np.testing.assert_array_equal(
        display.ax_.lines[1].get_ydata(), display.values["f1"]
    )
    assert display.figure_ is display.ax_.figure


def test_it_draws_where_told_and_its_interval():
    _, ax = plt.subplots()
    display = PriorSensitivityDisplay(
        np.array([0.2, 0.3]), {"f1": np.array([0.5, 0.6])}, prior_interval=(0.2, 0.25)
    )
    assert display.plot(ax=ax).ax_ is ax
    _, names = ax.get_legend_handles_labels()
    assert names == ["f1", "its interval, 0.2 to 0.25"]
    assert len(plt.get_fignums()) == 1


def test_predictions_and_an_estimator_are_drawn_at_once_where_told(data):
    X, y = data
    _, (first, second, third) = plt.subplots(1, 3)
    display = PriorSensitivityDisplay.from_predictions(y, y, prior=0.4, ax=first)
    assert display.ax_ is first
    display = PriorSensitivityDisplay.from_estimator(
        LogisticRegression().fit(X, y), X, y, prior=0.4, ax=second
    )
    assert display.ax_ is second
    assert display.figure_ is second.figure
    assert display.plot(ax=third).ax_ is third
    assert len(second.lines) == len(third.lines) > 0
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize("metrics", ["f1", [], ["f2"]])
def test_unknown_metrics_are_refused(data, metrics):
    _, y = data
    with pytest.raises(ValueError, match="`metrics` must be a sequence of names"):
        PriorSensitivityDisplay.from_predictions(y, y, metrics=metrics)


def test_priors_that_cannot_be_are_refused(data):
    _, y = data
    with pytest.raises(ValueError, match="must exceed the labelled share"):
        PriorSensitivityDisplay.from_predictions(y, y, priors=[0.1, 0.4])
    with pytest.raises(ValueError, match=r"`prior` must be None.*1\.5"):
        PriorSensitivityDisplay.from_predictions(
            y, y, prior=0.4, priors=[0.4, 1.5], scheme="case-control"
        )


def test_an_estimator_without_a_prior_cannot_be_refitted(data):
    X, y = data
    with pytest.raises(ValueError, match="must have a parameter `prior`"):
        PriorSensitivityDisplay.from_estimator(LogisticRegression(), X, y, refit=True)
