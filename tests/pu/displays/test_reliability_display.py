import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot as plt
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from pusklearn import ElkanNotoClassifier
from pusklearn.metrics import pu_calibration_curve
from pusklearn.pu.displays._reliability_display import ReliabilityDisplay

matplotlib.use("agg")

# Ten of 0.8, of which eight are positive; ten of 0.3, of which one is.
Y = np.array([1] * 8 + [0] * 2 + [1] + [0] * 9)
P = np.array([0.8] * 10 + [0.3] * 10)


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_the_numbers_are_those_counted_by_hand():
    display = ReliabilityDisplay.from_predictions(Y, P, n_bins=4)
    np.testing.assert_array_equal(display.edges, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_array_equal(display.counts, [0, 10, 0, 10])
    np.testing.assert_allclose(display.prob_true, [np.nan, 0.1, np.nan, 0.8])
    np.testing.assert_allclose(display.prob_pred, [np.nan, 0.3, np.nan, 0.8])
    assert display.expected_precision == pytest.approx(0.8)
    assert display.true_precision == pytest.approx(0.8)
    assert display.n_above == 10
    assert display.n_expected == pytest.approx(11)
    assert display.n_true == 9
    assert display.calibration_error == pytest.approx(0.1)
    # The interval of 8 of 10 by Clopper and Pearson, from their table.
    np.testing.assert_allclose(display.interval[3], [0.4439, 0.9748], atol=5e-5)


def test_precisions_are_told_above_the_threshold_that_is_asked_for():
    display = ReliabilityDisplay.from_predictions(Y, P, threshold=0.2)
    assert display.expected_precision == pytest.approx(0.55)
    assert display.true_precision == pytest.approx(0.45)
    none = ReliabilityDisplay.from_predictions(Y, P, threshold=0.9)
    assert np.isnan(none.expected_precision)
    assert np.isnan(none.true_precision)


def test_bins_may_hold_equal_numbers_of_samples():
    rng = np.random.default_rng(0)
    y_prob = rng.random(100) ** 3
    display = ReliabilityDisplay.from_predictions(
        rng.random(100) < y_prob, y_prob, n_bins=5, strategy="quantile"
    )
    np.testing.assert_array_equal(display.counts, [20] * 5)


def test_the_classifier_gives_the_probability_of_its_positives():
    rng = np.random.default_rng(0)
    y = np.where(rng.random(300) < 0.4, "found", "unknown")
    X = rng.normal(2.0 * (y == "found"))[:, np.newaxis]
    classifier = LogisticRegression().fit(X, y)
    second = ReliabilityDisplay.from_estimator(classifier, X, y)
    assert second.name == "LogisticRegression"
    assert second.n_true == np.sum(y == "unknown")
    first = ReliabilityDisplay.from_estimator(
        classifier, X, y, pos_label="found", name="mine"
    )
    assert first.name == "mine"
    np.testing.assert_allclose(first.y_prob, classifier.predict_proba(X)[:, 0])
    assert first.n_true == np.sum(y == "found")
    knows = ElkanNotoClassifier(classifier, prior=0.5, pos_label="found").fit(X, y)
    assert ReliabilityDisplay.from_estimator(knows, X, y).n_true == first.n_true


def test_a_classifier_without_probabilities_is_refused():
    classifier = LinearSVC().fit(P[:, np.newaxis], Y)
    with pytest.raises(AttributeError, match="predict_proba"):
        ReliabilityDisplay.from_estimator(classifier, P[:, np.newaxis], Y)


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_pu_labels_give_the_shares_of_the_metric(scheme):
    rng = np.random.default_rng(0)
    y_prob = rng.random(1000)
    y = ((rng.random(1000) < y_prob) & (rng.random(1000) < 0.4)).astype(int)
    settings = {"prior": 0.5, "scheme": scheme}
    display = ReliabilityDisplay.from_pu_labels(
        y, y_prob, n_bins=4, n_resamples=20, random_state=0, **settings
    )
    shares, expected = pu_calibration_curve(y, y_prob, n_bins=4, **settings)
    np.testing.assert_array_equal(display.prob_true, shares)
    np.testing.assert_allclose(display.prob_pred, expected)
    low, high = display.interval.T
    assert (low < shares).all()
    assert (shares < high).all()
    n_population = 1000 if scheme == "single" else np.sum(y == 0)
    assert display.n_true == pytest.approx(0.5 * n_population)
    assert len(display.y_prob) == n_population
    assert display.ax_.get_ylabel() == "estimated share of positives"
    assert "estimated" in display.ax_.get_legend().get_texts()[0].get_text()


def test_what_is_drawn():
    display = ReliabilityDisplay.from_predictions(Y, P, n_bins=2, name="model")
    points = display.ax_.lines[-1]
    np.testing.assert_allclose(points.get_xydata(), [(0.3, 0.1), (0.8, 0.8)])
    (bars,) = display.ax_.collections
    np.testing.assert_allclose(
        [path.vertices[:, 1] for path in bars.get_paths()], display.interval
    )
    heights = [bar.get_height() for bar in display.histogram_ax_.patches]
    assert sum(heights) == 20
    assert display.figure_ is display.ax_.figure is display.histogram_ax_.figure
    assert display.ax_.get_legend().get_texts()[0].get_text() == (
        "model\nprecision above 0.5: 0.80 expected, 0.80 true\n"
        "positives: 11 expected, 9 true"
    )


@pytest.mark.parametrize("given", [False, True])
def test_several_displays_share_their_axes_and_their_histogram(given):
    ax = plt.subplots()[1] if given else None
    first = ReliabilityDisplay.from_predictions(Y, P, name="first", ax=ax)
    second = ReliabilityDisplay.from_predictions(Y, P**2, ax=first.ax_)
    assert second.ax_ is first.ax_
    assert ax in (None, first.ax_)
    assert second.histogram_ax_ is first.histogram_ax_
    assert len(first.ax_.get_legend().get_texts()) == 2
    assert len(plt.get_fignums()) == 1
    assert first.plot().ax_ is not second.ax_
    assert len(plt.get_fignums()) == 2
