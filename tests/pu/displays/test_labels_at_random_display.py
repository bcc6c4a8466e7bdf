import matplotlib
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from pusklearn import ElkanNotoClassifier
from pusklearn.criteria import Priors
from pusklearn.metrics import LabelsAtRandomDisplay
from pusklearn.pu.displays._labels_at_random import (
    choose_ranks,
    draw_excess,
    excess,
    highest_frequency,
    highest_shares,
    labeled_above,
    measure_labels,
    split_groups,
)
from pusklearn.pu.priors._class_priors import class_priors

matplotlib.use("agg")


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def draw(rng, n, prior, scheme, *, frequency=0.3, apart=3.0, preference=0.0):
    """Labels and scores; the upper half of the positives has more labels."""
    truth = rng.random(n) < prior
    scores = rng.normal(apart * truth)

    def chances(scores):
        return frequency * (1 + preference * np.sign(scores - apart))

    if scheme == "single":
        return truth & (rng.random(n) < chances(scores)), scores
    labeled = rng.normal(apart, size=n)
    labeled = labeled[rng.random(n) < chances(labeled)][: int(n * prior * frequency)]
    y = np.repeat([True, False], [len(labeled), n])
    return y, np.concatenate([labeled, scores])


def rejected(n_draws, scheme, prior, **options):
    """Share of p-values of at most 0.05, where the prior can be."""
    rng = np.random.default_rng(0)
    n_low = n_used = 0
    for seed in range(n_draws):
        y, scores = draw(rng, 1000, prior, scheme, **options)
        if scheme == "single" and y.mean() >= prior:
            continue
        priors = class_priors(int(y.sum()), len(y), prior, scheme)
        groups = split_groups(scores, y, None)
        *_, pvalues = measure_labels(groups, priors, 0.95, 99, seed)
        n_low += pvalues["all samples"] <= 0.05
        n_used += 1
    return n_low / n_used


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_labels_are_counted_from_the_top_as_in_any_order_of_equal_scores(pairs):
    scores, labels = map(np.array, zip(*pairs, strict=True))
    ranks = np.arange(1, len(pairs) + 1)
    rng = np.random.default_rng(0)
    counts = []
    for _ in range(400):
        order = np.lexsort([rng.random(len(pairs)), -scores])
        counts.append(np.cumsum(labels[order]))
    found = labeled_above(scores, labels, ranks)
    np.testing.assert_allclose(found, np.mean(counts, axis=0), atol=0.25)
    assert found[-1] == labels.sum()


@given(
    st.lists(st.booleans(), min_size=1, max_size=30),
    st.lists(st.integers(0, 30), max_size=20),
    st.floats(0.05, 0.9),
)
@settings(max_examples=25, deadline=None)
def test_negatives_among_the_highest_scores_only_lower_the_excess(labels, where, c):
    mixed = list(labels)
    for place in where:
        mixed.insert(min(place, len(mixed)), False)
    greatest = [
        excess(np.cumsum(part), np.arange(1, len(part) + 1), c).max()
        for part in (labels, mixed)
    ]
    assert greatest[1] <= greatest[0] + 1e-9


def test_the_excess_is_the_log_likelihood_ratio_above_the_frequency():
    expected = 7 * np.log(0.7 / 0.4) + 3 * np.log(0.3 / 0.6)
    assert excess(7, 10, 0.4) == pytest.approx(expected)
    assert excess(4, 10, 0.4) == 0
    assert excess(1, 10, 0.4) == 0


def test_the_highest_share_is_where_the_excess_is_the_greatest_allowed():
    ranks = np.array([1, 5, 50, 500])
    shares = highest_shares(ranks, 0.2, 4.0)
    assert shares[0] == 1
    np.testing.assert_allclose(excess(shares * ranks, ranks, 0.2)[1:], 4)
    assert np.all(np.diff(shares) < 0)


def test_the_highest_frequency_is_two_standard_errors_above():
    """Of 120 positives 36 are labelled: 0.3, with a standard error of 0.05."""
    assert highest_frequency(Priors(0.4, 0.12), 300) == pytest.approx(0.4)
    assert highest_frequency(Priors(0.4, 0.12), 30_000) == pytest.approx(0.31)
    assert highest_frequency(Priors(0.4, 0.39), 300) == 1 - 1e-4


def test_ranks_are_all_small_numbers_and_a_hundred_at_most():
    assert choose_ranks(1).tolist() == [1]
    assert choose_ranks(10).tolist() == list(range(1, 11))
    ranks = choose_ranks(10**6)
    assert 80 < len(ranks) <= 100
    assert (ranks[0], ranks[-1]) == (1, 10**6)
    assert (np.diff(ranks) > 0).all()


def test_the_p_value_counts_the_draws_that_exceed_as_much():
    """Every draw exceeds no excess, and none exceeds that of all labels on top."""
    scores, priors = np.arange(200.0), Priors(0.5, 0.25)
    for order, expected in ((-scores, 1.0), (scores, 1 / 100)):
        groups = {"all samples": (order, np.arange(200) >= 150)}
        curves, (ranks, limit), frequency, pvalues = measure_labels(
            groups, priors, 0.9, 99, 0
        )
        assert pvalues == {"all samples": expected}
        assert frequency == 0.5
        np.testing.assert_array_equal(curves["all samples"][0], ranks)
    # The limit is the 0.9 quantile of the draws, which is one of them.
    drawn = draw_excess(
        [ranks], priors, (50, 200), 99, np.random.default_rng(reseeded(0))
    )
    allowed = np.sort(drawn)[int(np.ceil(0.9 * 98))]
    np.testing.assert_allclose(limit, highest_shares(ranks, 0.5, allowed))


def reseeded(seed):
    return np.random.RandomState(seed).randint(2**31)


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_draws_are_those_of_positives_labelled_at_random(scheme):
    rng = np.random.default_rng(0)
    n, prior, n_labeled = 300, 0.4, 36
    priors = Priors(prior, n_labeled / n) if scheme == "single" else Priors(prior)
    ranks = choose_ranks(n)
    drawn = draw_excess([ranks], priors, (n_labeled, n), 2000, rng)
    expected = []
    for _ in range(2000):
        if scheme == "single":
            y = rng.random(rng.binomial(n, prior)) < n_labeled / (n * prior)
            frequency = y.sum() / (n * prior)
        else:
            n_unlabeled = rng.binomial(n - n_labeled, prior)
            y = rng.permutation(np.repeat([True, False], [n_labeled, n_unlabeled]))
            frequency = n_labeled / (n_labeled + prior * (n - n_labeled))
        y = np.pad(y, (0, n - len(y)))
        found = np.cumsum(y)[ranks - 1]
        expected.append(excess(found, ranks, frequency).max())
    for share in (0.25, 0.5, 0.9, 0.95):
        low, high = np.quantile(expected, [share - 0.03, min(1, share + 0.03)])
        assert low <= np.quantile(drawn, share) <= high


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_labels_at_random_pass_and_labels_of_the_clearest_do_not(scheme):
    assert rejected(40, scheme, 0.3) <= 0.15
    assert rejected(20, scheme, 0.3, preference=0.8) >= 0.9


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["single", "case-control"])
@pytest.mark.parametrize("prior", [0.05, 0.3, 0.7])
@pytest.mark.parametrize("apart", [2.0, 20.0])
def test_the_level_holds(scheme, prior, apart):
    # Three standard errors of 500 draws above 0.05.
    assert rejected(500, scheme, prior, apart=apart) <= 0.08


@pytest.mark.parametrize("frequency", [0.8, 0.95])
def test_the_level_holds_where_most_positives_are_labelled(frequency):
    # Three standard errors of 200 draws above 0.05.
    assert rejected(200, "single", 0.3, apart=20.0, frequency=frequency) <= 0.1


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_a_prior_that_is_too_great_is_detected_too(scheme):
    y, scores = draw(np.random.default_rng(0), 2000, 0.3, scheme)
    found = [
        LabelsAtRandomDisplay.from_predictions(
            y, scores, prior=prior, scheme=scheme, random_state=0
        ).pvalue
        for prior in (0.3, 0.6)
    ]
    assert found[0] > 0.05
    assert found[1] == 0.001


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_the_label_frequency_is_that_of_the_positives_here(scheme):
    y, scores = draw(np.random.default_rng(0), 2000, 0.3, scheme)
    display = LabelsAtRandomDisplay.from_predictions(
        y, scores, prior=0.3, scheme=scheme, random_state=0
    )
    n = len(y) if scheme == "single" else np.sum(~y)
    n_positive = 0.3 * n if scheme == "single" else 0.3 * n + y.sum()
    assert display.label_frequency == pytest.approx(y.sum() / n_positive)


def test_a_group_with_too_many_labels_is_named():
    rng = np.random.default_rng(0)
    truth = rng.random(3000) < 0.4
    sites = rng.choice(["east", "north", "south"], 3000)
    y = truth & (rng.random(3000) < np.where(sites == "north", 0.5, 0.2))
    scores = rng.normal(3.0 * truth)
    display = LabelsAtRandomDisplay.from_predictions(
        y, scores, prior=0.4, by=sites, random_state=0
    )
    assert list(display.curves) == list(display.pvalues) == ["east", "north", "south"]
    assert display.pvalues["north"] == display.pvalue == 0.001
    assert min(display.pvalues["east"], display.pvalues["south"]) > 0.05
    ranks, shares = display.curves["north"]
    assert ranks[-1] == np.sum(sites == "north")
    assert shares[-1] == pytest.approx(y[sites == "north"].mean())
    together = LabelsAtRandomDisplay.from_predictions(
        y, scores, prior=0.4, random_state=0
    )
    assert together.pvalue > 0.05


def test_an_estimator_is_trained_on_other_samples_than_it_scores():
    rng = np.random.default_rng(0)
    y, scores = draw(rng, 1000, 0.4, "single")
    names = np.array(["unknown", "found"])[y.astype(int)]
    by = np.repeat(["first", "second"], 500)
    classifier = ElkanNotoClassifier(LogisticRegression(), prior=0.4, pos_label="found")
    for cv, n in ((0.25, 250), (4, 1000)):
        display = LabelsAtRandomDisplay.from_estimator(
            classifier,
            scores[:, np.newaxis],
            names,
            prior=0.4,
            by=by,
            cv=cv,
            random_state=0,
        )
        assert sum(ranks[-1] for ranks, _ in display.curves.values()) == n
        assert display.pvalue > 0.05


def test_an_estimator_is_drawn_at_once_where_told():
    y, scores = draw(np.random.default_rng(0), 300, 0.4, "single")
    _, ax = plt.subplots()
    display = LabelsAtRandomDisplay.from_estimator(
        LogisticRegression(), scores[:, np.newaxis], y, prior=0.4, ax=ax
    )
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert len(plt.get_fignums()) == 1
    other = display.plot().ax_
    assert other is not ax
    assert len(other.lines) == len(ax.lines)


def test_the_same_seed_gives_the_same():
    rng = np.random.default_rng(0)
    y, scores = draw(rng, 600, 0.4, "single", preference=0.3)
    X = scores[:, np.newaxis]
    first, second = (
        LabelsAtRandomDisplay.from_estimator(
            LogisticRegression(), X, y, prior=0.4, random_state=3
        )
        for _ in range(2)
    )
    assert first.pvalues == second.pvalues
    np.testing.assert_array_equal(first.limit, second.limit)


def test_what_is_drawn():
    y, scores = draw(np.random.default_rng(0), 1000, 0.4, "single")
    display = LabelsAtRandomDisplay.from_predictions(
        y, scores, prior=0.4, confidence=0.9, random_state=0
    )
    _, names = display.ax_.get_legend_handles_labels()
    frequency, pvalue = display.label_frequency, display.pvalue
    assert names == [
        "limit of random labels (90%)",
        f"label frequency {frequency:.3g}",
        f"all samples (p = {pvalue:.3g})",
    ]
    assert plt.get_fignums() == [display.figure_.number]
    _, shares = display.curves["all samples"]
    np.testing.assert_array_equal(display.ax_.lines[-1].get_ydata(), shares)
    assert display.ax_.get_xlim() == (1, 1000)


def test_among_many_groups_those_within_the_limit_are_not_named():
    rng = np.random.default_rng(0)
    y, scores = draw(rng, 4000, 0.4, "single")
    by = rng.integers(8, size=4000)
    y[(by == 5) & (scores > 2)] = True
    _, ax = plt.subplots()
    display = LabelsAtRandomDisplay.from_predictions(
        y, scores, prior=0.6, by=by, random_state=0, ax=ax
    )
    assert display.ax_ is ax
    _, names = ax.get_legend_handles_labels()
    assert names[2:] == ["5 (p = 0.001)"]


def test_a_property_that_decides_who_is_labelled_is_named():
    rng = np.random.default_rng(0)
    properties = {"age": rng.normal(size=400), "height": rng.normal(size=400)}
    by = rng.choice(list("AB"), 400)
    # In A, more are labelled than in B, and in both only those of low age.
    y = rng.random(400) < np.where(by == "A", 0.8, 0.2) * (properties["age"] < 0)
    _, ax = plt.subplots()
    display = LabelsAtRandomDisplay.from_properties(
        y, properties, by=by, purity=0.9, confidence=0.99, ax=ax
    )
    assert display.ax_ is ax
    low = [name for name, pvalue in display.pvalues.items() if pvalue < 0.01]
    assert low == ["low age"]
    assert display.pvalue == display.pvalues["low age"] < 1e-6
    assert display.label_frequency == pytest.approx(y.sum() / 360)
    assert ax.get_xlabel() == "number of positives that come first"
    _, names = ax.get_legend_handles_labels()
    assert names[0] == "limit of random labels (99%)"
    # No more groups than six: all are named.
    assert len(names) == 2 + 4


def test_properties_of_random_labels_pass():
    rng = np.random.default_rng(0)
    y = rng.random(300) < 0.3
    table = pd.DataFrame(rng.normal(size=(300, 2)), columns=["age", "height"])
    display = LabelsAtRandomDisplay.from_properties(y, table)
    assert display.pvalue > 0.05
    assert list(display.curves) == ["low age", "high age", "low height", "high height"]


def test_bad_properties_are_refused():
    make = LabelsAtRandomDisplay.from_properties
    y = np.arange(10) < 5
    with pytest.raises(ValueError, match="at least 1 property"):
        make(y, {})
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        make(y, {"age": y}, by=[1, 2])
    with pytest.raises(ValueError, match="purity"):
        make(y, {"age": y}, purity=0)
    with pytest.raises(ValueError, match="confidence"):
        make(y, {"age": y}, confidence=1)
    with pytest.raises(ValueError, match="two labels"):
        make(np.ones(10), {"age": y})


@pytest.mark.parametrize("in_pipeline", [False, True])
def test_a_picker_shows_what_it_has_seen(in_pipeline):
    numbers = np.array([50.0, 500.0])
    curves = {"low x": (numbers, np.array([0.2, 0.1]))}
    picker = FunctionTransformer()
    picker.labels_at_random_ = {
        "curves": curves,
        "limit": (numbers, np.array([0.3, 0.1])),
        "label_frequency": 0.1,
        "pvalues": {"low x": 0.2},
    }
    if in_pipeline:
        picker = make_pipeline("passthrough", picker)
    _, ax = plt.subplots()
    display = LabelsAtRandomDisplay.from_picker(picker, ax=ax)
    assert display.curves is curves
    assert ax.get_xlabel() == "number of particles that come first"
    assert ax.get_xlim() == (50, 500)


def test_a_picker_that_has_compared_nothing_is_refused():
    picker = FunctionTransformer()
    for _ in range(2):
        with pytest.raises(ValueError, match="has not compared its labels"):
            LabelsAtRandomDisplay.from_picker(picker)
        picker.labels_at_random_ = None


def test_groups_may_be_of_one_sample():
    y, scores = draw(np.random.default_rng(0), 100, 0.4, "single")
    display = LabelsAtRandomDisplay.from_predictions(
        y, scores, prior=0.5, by=np.arange(100), n_resamples=20
    )
    assert len(display.curves) == 100
    assert display.ax_.get_xlim() == (1, 2)


def test_bad_input_is_refused():
    y, scores = draw(np.random.default_rng(0), 100, 0.4, "single")
    make = LabelsAtRandomDisplay.from_predictions
    for prior in (None, "estimate"):
        with pytest.raises(TypeError, match="`prior` must be a number"):
            make(y, scores, prior=prior)
    with pytest.raises(ValueError, match="must exceed the labelled share"):
        make(y, scores, prior=0.01)
    with pytest.raises(ValueError, match="confidence"):
        make(y, scores, prior=0.4, confidence=1.0)
    with pytest.raises(ValueError, match="n_resamples"):
        make(y, scores, prior=0.4, n_resamples=0)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        make(y, scores, prior=0.4, by=[1, 2])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        LabelsAtRandomDisplay.from_estimator(
            LogisticRegression(), scores[:, None], y, prior=0.4, by=[1, 2]
        )
    with pytest.raises(ValueError, match=r"`by` must be 1-D. Got shape \(100, 2\)"):
        make(y, scores, prior=0.4, by=np.zeros((100, 2)))
    with pytest.raises(ValueError, match=r"`by` must name the group.* Got 1 missing"):
        make(y, scores, prior=0.4, by=np.r_[np.nan, np.ones(99)])
