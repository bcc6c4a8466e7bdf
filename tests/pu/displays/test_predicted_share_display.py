import warnings

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.svm import LinearSVC

from pusklearn import ElkanNotoClassifier
from pusklearn.metrics import PredictedShareDisplay, PUCollapseWarning

matplotlib.use("agg")


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    truth = rng.random(1000) < 0.4
    X = rng.normal(4.0 * truth)[:, np.newaxis]
    return X, (truth & (rng.random(1000) < 0.5)).astype(int), truth


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_the_share_is_that_of_the_population(data, scheme):
    X, y, _ = data
    scores = X[:, 0]
    found = scores >= 2 if scheme == "single" else scores[y == 0] >= 2
    display = PredictedShareDisplay.from_predictions(
        y, scores, threshold=2, prior=0.4, scheme=scheme
    )
    assert display.predicted_share == pytest.approx(found.mean())
    interval = binomtest(int(found.sum()), len(found)).proportion_ci(0.95)
    assert display.predicted_interval == pytest.approx(tuple(interval))


def test_a_classifier_is_taken_by_its_own_predictions(data):
    X, y, truth = data
    classifier = LogisticRegression().fit(X, truth.astype(int))
    display = PredictedShareDisplay.from_estimator(classifier, X, y, prior=0.4)
    assert display.predicted_share == classifier.predict(X).mean()
    assert display.threshold == 0
    np.testing.assert_array_equal(
        display.positives, classifier.decision_function(X[y == 1])
    )
    display = PredictedShareDisplay.from_estimator(
        classifier, X, y, prior=0.4, response_method="predict_proba"
    )
    assert display.threshold == 0.5
    assert display.unlabeled.max() < 1


def test_a_threshold_of_its_own_is_found(data):
    X, y, truth = data
    classifier = FixedThresholdClassifier(
        LogisticRegression(), threshold=0.3, response_method="predict_proba"
    ).fit(X, truth.astype(int))
    display = PredictedShareDisplay.from_estimator(
        classifier, X, y, prior=0.4, response_method="predict_proba"
    )
    assert display.threshold == pytest.approx(0.3, abs=0.05)
    assert display.predicted_share == classifier.predict(X).mean()


@pytest.mark.parametrize(
    ("estimator", "title"),
    [
        (LinearSVC(), "decision function"),
        (GaussianNB(), "probability of the positive class"),
    ],
)
def test_any_classifier_with_scores_will_do(data, estimator, title):
    X, y, truth = data
    labels = np.array(["other", "cat"])
    estimator.fit(X, labels[truth.astype(int)])
    display = PredictedShareDisplay.from_estimator(
        estimator, X, labels[y], prior=0.4, pos_label="cat"
    )
    assert display.predicted_share == np.mean(estimator.predict(X) == "cat")
    assert display.positives.mean() > display.unlabeled.mean()
    assert display.score_name == title


def test_prior_interval_and_scheme_come_from_the_estimator(data):
    X, y, _ = data
    classifier = ElkanNotoClassifier(
        LogisticRegression(), scheme="case-control", random_state=0
    ).fit(X, y)
    display = PredictedShareDisplay.from_estimator(classifier, X, y)
    assert display.prior == classifier.prior_
    assert display.unlabeled_prior == display.prior
    assert display.prior_interval == classifier.prior_interval_
    given = PredictedShareDisplay.from_estimator(classifier, X, y, prior=0.25)
    assert given.prior == 0.25
    assert given.prior_interval is None


@pytest.mark.parametrize(
    ("prior", "share", "n", "collapsed"),
    [
        (0.5, 0.35, 2000, False),
        (0.5, 0.3, 2000, True),
        (0.5, 0.7, 2000, True),
        (0.5, 0.3, 40, False),
        (0.05, 0.015, 2000, True),
        (0.05, 0.08, 2000, False),
        (0.8, 0.99, 2000, True),
        (0.8, 0.75, 2000, False),
    ],
)
def test_it_warns_where_the_odds_are_twice_off(prior, share, n, collapsed):
    y = np.arange(n) % 40 == 0
    scores = np.random.default_rng(0).permutation(np.arange(n) < share * n)
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        display = PredictedShareDisplay.from_predictions(y, scores, prior=prior)
    assert display.collapsed is collapsed
    assert [w.category for w in found] == [PUCollapseWarning] * collapsed


def test_the_warning_points_at_the_line_that_asked(data):
    X, y, _ = data
    classifier = LogisticRegression().fit(X, np.arange(len(y)) == 0)
    with pytest.warns(
        PUCollapseWarning, match=r"share 0 .* is far from the prior 0\.4\."
    ) as found:
        PredictedShareDisplay.from_estimator(classifier, X, y.astype(bool), prior=0.4)
    assert found[0].filename == __file__


def test_the_areas_are_one_and_the_share_of_positives_among_the_unlabeled(data):
    X, y, _ = data
    scores = X[:, 0].copy()
    scores[np.flatnonzero(y == 0)[:2]] = 1e6, -1e6
    display = PredictedShareDisplay.from_predictions(
        y, scores, threshold=2, prior=0.4, bins=20
    )
    bars, steps = display.ax_.containers[0], display.ax_.patches[-1]
    heights = [bar.get_height() for bar in bars]
    assert len(heights) == 20
    assert sum(heights) == pytest.approx(1)
    assert max(bar.get_x() for bar in bars) < 10
    outline = steps.get_xy()[1:-1:2, 1]
    h = y.mean()
    assert outline.sum() == pytest.approx((0.4 - h) / (1 - h))


def test_what_is_written(data):
    X, y, _ = data
    display = PredictedShareDisplay.from_predictions(y, X[:, 0], threshold=2, prior=0.4)
    first, second = display.ax_.get_title().split("\n")
    assert first.startswith(f"predicted share {display.predicted_share:.3g} (")
    assert second == "prior 0.4"
    _, names = display.ax_.get_legend_handles_labels()
    assert "threshold 2" in names


def test_it_draws_where_told_and_without_positives_among_the_unlabeled(data):
    X, y, _ = data
    _, ax = plt.subplots()
    display = PredictedShareDisplay.from_predictions(y, X[:, 0], threshold=3.5, ax=ax)
    assert display.prior == y.mean()
    assert display.unlabeled_prior == 0
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert len(plt.get_fignums()) == 1
    assert any(
        name.startswith("labelled positives") and name.endswith("area 1")
        for name in ax.get_legend_handles_labels()[1]
    )


def test_an_estimator_is_drawn_at_once_where_told_and_again(data):
    X, y, truth = data
    classifier = LogisticRegression().fit(X, truth)
    _, (first, second) = plt.subplots(1, 2)
    display = PredictedShareDisplay.from_estimator(
        classifier, X, y.astype(bool), prior=0.4, ax=first, bins=7
    )
    assert display.ax_ is first
    assert len(first.containers[0]) == 7
    assert display.plot(ax=second, bins=9).ax_ is second
    assert len(second.containers[0]) == 9


def test_it_is_made_of_plain_lists_and_numbers():
    display = PredictedShareDisplay(
        [2.0, 3.0], [0.0, 1.0, 2.0], 1.5, 0.5, 0.25, 0.6, (0.4, 0.8)
    )
    assert not hasattr(display, "ax_")
    assert display.collapsed is False
    outline = display.plot(bins=4).ax_.patches[-1].get_xy()[1:-1:2, 1]
    assert outline.sum() == pytest.approx(0.25)
    assert "prior 0.5" in display.ax_.get_title()


def test_a_class_that_is_text_is_by_default_the_plainly_positive_one(data):
    X, y, truth = data
    names = np.array(["unknown", "found"])
    classifier = LogisticRegression().fit(X, names[truth.astype(int)])
    display = PredictedShareDisplay.from_estimator(classifier, X, names[y], prior=0.4)
    assert len(display.positives) == y.sum()
    assert display.predicted_share == np.mean(classifier.predict(X) == "found")


def test_bad_input_is_refused(data):
    X, y, _ = data
    with pytest.raises(ValueError, match="NaN"):
        PredictedShareDisplay.from_predictions(y, np.full(len(y), np.nan), prior=0.4)
    with pytest.raises(ValueError, match="must exceed the labelled share"):
        PredictedShareDisplay.from_predictions(y, X[:, 0], prior=0.05)
    for threshold, error in ((np.nan, ValueError), ("prior", TypeError)):
        with pytest.raises(error, match=r"`threshold` must be a number in .* Got"):
            PredictedShareDisplay.from_predictions(y, X[:, 0], threshold=threshold)
    classifier = LogisticRegression().fit(X, y)
    with pytest.raises(ValueError, match="`response_method` must be 'auto', 'decision"):
        PredictedShareDisplay.from_estimator(classifier, X, y, response_method="score")
