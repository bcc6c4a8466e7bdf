import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit
from scipy.stats import chi2, norm
from scipy.stats import t as student
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from pusklearn import CVIRClassifier, estimate_new_prior
from pusklearn.datasets import make_pu


def normal_draw(n, share, rng, gap=2.0):
    """Values of a mixture of two normal distributions, and which are positives."""
    y = (rng.random(n) < share).astype(int)
    return rng.normal(gap * y), y


def posterior(x, prior, gap=2.0):
    """The true probability where the share of positives is `prior`."""
    return expit(gap * x - gap**2 / 2 + np.log(prior / (1 - prior)))


def by_expectation_maximisation(p, prior, n_rounds=3000):
    """The algorithm of Saerens et al. as it is written down."""
    share = prior
    for _ in range(n_rounds):
        positive = share / prior * p
        share = np.mean(positive / (positive + (1 - share) / (1 - prior) * (1 - p)))
    return share


@settings(max_examples=10, deadline=None)
@given(
    seed=st.integers(0, 1000), prior=st.floats(0.1, 0.9), truth=st.floats(0.05, 0.95)
)
def test_the_share_is_that_of_expectation_maximisation(seed, prior, truth):
    x, _ = normal_draw(60, truth, np.random.default_rng(seed))
    p = posterior(x, prior)
    share, _ = estimate_new_prior(p, prior)
    assert share == pytest.approx(by_expectation_maximisation(p, prior), abs=1e-4)


def test_the_interval_holds_the_shares_that_are_likely_enough():
    x, _ = normal_draw(50, 0.3, np.random.default_rng(0))
    p, shares = posterior(x, 0.5), np.linspace(0.0005, 0.9995, 1000)
    ratios = norm.pdf(x, 2)[:, None] * shares + norm.pdf(x)[:, None] * (1 - shares)
    likelihood = np.log(ratios).sum(axis=0)
    likely = shares[2 * (likelihood.max() - likelihood) <= chi2.ppf(0.8, 1)]
    share, (low, high) = estimate_new_prior(p, 0.5, confidence=0.8)
    assert share == pytest.approx(shares[likelihood.argmax()], abs=1e-3)
    assert (low, high) == pytest.approx((likely[0], likely[-1]), abs=2e-3)


@pytest.mark.parametrize("truth", [0.0, 0.05, 0.5, 1.0])
@pytest.mark.parametrize("n_new", [30, 300])
def test_the_interval_of_calibrated_probabilities_holds(truth, n_new):
    rng = np.random.default_rng(0)
    held = []
    for _ in range(100):
        x, _ = normal_draw(n_new, truth, rng)
        share, (low, high) = estimate_new_prior(posterior(x, 0.3), 0.3)
        assert low <= share <= high
        held.append(low <= truth <= high)
    assert np.mean(held) > 0.85


@pytest.mark.parametrize("shape", ["one column", "two columns", "single precision"])
def test_probabilities_may_be_given_as_they_come(shape):
    x, _ = normal_draw(100, 0.3, np.random.default_rng(0))
    p = posterior(x, 0.5)
    share, interval = estimate_new_prior(p, 0.5)
    if shape == "two columns":
        p = np.column_stack([1 - p, p])
    if shape == "single precision":
        p = p.astype(np.float32)
    found = estimate_new_prior(p, 0.5)
    np.testing.assert_allclose(np.hstack(found), [share, *interval], rtol=1e-5)


def test_probabilities_that_are_all_the_same_tell_nothing():
    assert estimate_new_prior(np.full(20, 0.3), 0.3) == (0.3, (0.0, 1.0))


@pytest.mark.parametrize("value", [0, 1])
def test_certain_samples_tell_the_end_of_the_range(value):
    share, (low, high) = estimate_new_prior(np.full(20, value), 0.3)
    assert share == value
    assert (low == 0) == (value == 0)
    assert (high == 1) == (value == 1)


@pytest.mark.parametrize("scheme", ["single", "case-control"])
@pytest.mark.parametrize("truth", [0.0, 0.15, 0.3, 0.8, 1.0])
def test_means_that_are_exact_give_the_exact_share(scheme, truth):
    positive, negative = np.array([0.5, 0.9]), np.array([0.1, 0.2])
    n_each = np.round(np.repeat([truth, 1 - truth], 2) * 500).astype(int)
    new = np.repeat(np.r_[positive, negative], n_each)
    n_labeled, n_hidden, n_negative = 200, 100, 700
    if scheme == "case-control":
        n_hidden, n_negative = 300, 700
    y = np.repeat([1, 0], [n_labeled, n_hidden + n_negative])
    held = np.r_[
        np.resize(positive, n_labeled + n_hidden), np.resize(negative, n_negative)
    ]
    share, (low, high) = estimate_new_prior(new, 0.3, held_out=(y, held), scheme=scheme)
    assert share == pytest.approx(truth, abs=1e-12)
    assert low <= truth + 1e-12
    assert high >= truth - 1e-12


def test_true_labels_give_the_estimate_of_lipton():
    rng = np.random.default_rng(0)
    (x, y), (x_new, _) = (normal_draw(200, share, rng) for share in (0.4, 0.7))
    p, new = posterior(x, 0.4), posterior(x_new, 0.4)
    share, _ = estimate_new_prior(new, None, held_out=(y, p))
    means = p[y == 1].mean(), p[y == 0].mean()
    assert share == pytest.approx((new.mean() - means[1]) / (means[0] - means[1]))
    # Predicted classes are the values of the paper.
    share, _ = estimate_new_prior(new > 0.5, None, held_out=(y, p > 0.5))
    confusion = np.array([[np.mean(p[y == k] > 0.5) for k in (0, 1)]])
    expected = (np.mean(new > 0.5) - confusion[0, 0]) / np.diff(confusion)[0, 0]
    assert share == pytest.approx(expected)


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_the_interval_is_where_the_statistic_is_small(scheme):
    rng = np.random.default_rng(1)
    labels, held = np.repeat([1, 0], [15, 200]), rng.random(215)
    held[:15] = held[:15] ** 0.3
    new, prior = rng.random(40) ** 0.6, 0.4
    share, (low, high) = estimate_new_prior(
        new, prior, held_out=(labels, held), scheme=scheme, confidence=0.8
    )
    h = 15 / 215 if scheme == "single" else 0.0
    positive, unlabeled = held[:15], held[15:]
    everyone = held if scheme == "single" else unlabeled

    def statistic(theta):
        k = (theta - prior) / (1 - prior)
        mean, square = (
            k * np.mean(positive**power) + (1 - k) * np.mean(everyone**power)
            for power in (1, 2)
        )
        v_positive = positive.var(ddof=1) / 15
        variance = (
            (square - mean**2) / len(new)
            + k**2 * v_positive
            + (1 - k) ** 2 * everyone.var() / len(everyone)
            + 2 * k * (1 - k) * h * v_positive  # the positives are among everyone
        )
        return (new.mean() - mean) / np.sqrt(variance)

    limit = student.ppf(0.9, 14)
    assert statistic(share) == pytest.approx(0, abs=1e-9)
    assert abs(statistic(low)) == pytest.approx(limit)
    assert abs(statistic(high)) == pytest.approx(limit)
    assert 0 < low < share < high < 1


@pytest.mark.parametrize("truth", [0.05, 0.3, 0.9])
@pytest.mark.parametrize(("n_labeled", "n_new"), [(12, 300), (60, 60)])
@pytest.mark.parametrize("power", [0.5, 3])
def test_the_interval_holds_for_probabilities_that_are_not_calibrated(
    truth, n_labeled, n_new, power
):
    rng = np.random.default_rng(0)
    held = []
    for _ in range(100):
        x, y = normal_draw(600, 0.3, rng)
        labels = np.zeros(600, int)
        labels[rng.permutation(np.flatnonzero(y))[:n_labeled]] = 1
        x_new, _ = normal_draw(n_new, truth, rng)
        known, new = posterior(x, 0.3) ** power, posterior(x_new, 0.3) ** power
        share, (low, high) = estimate_new_prior(new, 0.3, held_out=(labels, known))
        assert low <= share <= high
        held.append(low <= truth <= high)
    # The promise is 0.9, and the standard deviation of 100 draws is 0.03.
    assert np.mean(held) > 0.82


def test_without_held_out_samples_calibration_is_needed():
    rng = np.random.default_rng(0)
    x, _ = normal_draw(1000, 0.1, rng)
    known, y = normal_draw(1000, 0.3, rng)
    for power, is_held in ((1, True), (0.5, False)):
        new = posterior(x, 0.3) ** power
        low, high = estimate_new_prior(new, 0.3)[1]
        assert (low < 0.1 < high) == is_held
        p = posterior(known, 0.3) ** power
        low, high = estimate_new_prior(new, None, held_out=(y, p))[1]
        assert low < 0.1 < high


def test_of_labels_that_tell_nothing_every_share_is_possible():
    values = np.array([0.1, 0.9, 0.1, 0.9 - 1e-3])
    labels = [1, 1, 0, 0]
    _, interval = estimate_new_prior([0.2, 0.8], 0.6, held_out=(labels, values))
    assert interval == (0.0, 1.0)


def test_new_tumours_and_their_classes():
    X, benign = load_breast_cancer(return_X_y=True)
    X, y_pu, y = make_pu(X, 1 - benign, label_frequency=0.5, random_state=0)
    rows = np.random.default_rng(0).permutation(len(y))
    train, test = rows[:350], rows[350:]
    malignant = test[y[test] == 1]
    new = np.r_[malignant[:10], test[y[test] == 0]]
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model = CVIRClassifier(model, prior=y.mean(), random_state=0)
    p = cross_val_predict(model, X[train], y_pu[train], method="predict_proba")
    model.fit(X[train], y_pu[train])
    share, (low, high) = estimate_new_prior(
        model.predict_proba(X[new]), model.prior_, held_out=(y_pu[train], p)
    )
    assert low < y[new].mean() < high
    assert share == pytest.approx(y[new].mean(), abs=0.05)


def test_the_label_of_the_held_out_positives_can_be_named():
    rng = np.random.default_rng(0)
    p, labels = rng.random(100), rng.random(100) < 0.3
    p[labels] = np.sqrt(p[labels])
    expected = estimate_new_prior(p, 0.5, held_out=(labels, p))
    names = np.where(labels, "a", "b")
    found = estimate_new_prior(p, 0.5, held_out=(names, p), pos_label="a")
    assert found == expected


P = [0.1, 0.2, 0.6, 0.9]


@pytest.mark.parametrize(
    ("arguments", "settings", "error", "message"),
    [
        ((P, 1.5), {}, ValueError, r"`prior` must be a number in \(0, 1\). Got 1.5"),
        ((P, None), {}, TypeError, r"`prior` must be a number in \(0, 1\). Got None"),
        (
            (P, 1.5),
            {"held_out": ([0, 0, 1, 1], P)},
            ValueError,
            r"`prior` must be None or a number in \(0, 1\). Got 1.5",
        ),
        (
            (P, 0.4),
            {"held_out": ([0, 0, 1, 1], P)},
            ValueError,
            r"must exceed the labelled share.*Got 0.4 .*leave it None",
        ),
        ((P, 0.4), {"confidence": 1}, ValueError, "`confidence` must be"),
        ((P, 0.4), {"scheme": "both"}, ValueError, "`scheme` must be"),
        (([1.1], 0.4), {}, ValueError, "`probabilities` must hold.*Got 1.1"),
        (
            (P, 0.9),
            {"held_out": ([0, 0, 1, 1], [0.1, 0.1, 0.2, 2])},
            ValueError,
            r"`held_out\[1\]` must hold.*Got 2",
        ),
        ((P, 0.9), {"held_out": ([0, 0, 1], P)}, ValueError, "inconsistent"),
        ((P, 0.9), {"held_out": ([1, 1, 1, 1], P)}, ValueError, "must hold two labels"),
        (
            (P, 0.9),
            {"held_out": ([0, 0, 0, 1], P)},
            ValueError,
            "at least 2 labelled positives .* Got 1 and 3",
        ),
        (
            (P, 0.9),
            {"held_out": (P, [1, 1, 0, 0])},
            ValueError,
            r"\(labels, probabilities\) in this order",
        ),
        ((P, 0.9), {"held_out": np.ones(3)}, ValueError, "must be two arrays"),
        (
            (P, 0.9),
            {"held_out": ([1, 1, 0, 0], P)},
            ValueError,
            r"held-out positives must have higher.*Got 0.15 and 0.45",
        ),
    ],
)
def test_what_cannot_be_is_refused(arguments, settings, error, message):
    with pytest.raises(error, match=message):
        estimate_new_prior(*arguments, **settings)
