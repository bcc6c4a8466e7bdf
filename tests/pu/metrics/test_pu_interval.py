from functools import partial

import numpy as np
import pytest
from scipy.stats import beta, binom, norm

from pusklearn.metrics import (
    pu_average_precision_score,
    pu_calibration_curve,
    pu_f1_score,
    pu_interval,
    pu_lee_liu_score,
    pu_precision_score,
    pu_recall_score,
    pu_risk,
    pu_roc_auc_score,
)
from pusklearn.pu.metrics._pu_interval import (
    _positives_range,
    _resampled_rows,
    _shifted_quantiles,
)


def draw(rng, n, prior, scheme, n_positive=None):
    """Labels and scores, of positives two standard deviations above the others."""
    truth = rng.random(n) < prior
    scores = rng.normal(2.0 * truth)
    if scheme == "single":
        return truth & (rng.random(n) < 0.5), scores
    apart = rng.normal(2.0, size=n_positive)
    y = np.repeat([True, False], [n_positive, n])
    return y, np.concatenate([apart, scores])


def test_that_of_recall_is_clopper_and_pearson():
    y, y_pred = np.repeat([1, 0], [20, 60]), np.tile([1, 1, 1, 0], 20)
    low, high = pu_interval(pu_recall_score, y, y_pred, prior=None, confidence=0.9)
    assert low == pytest.approx(beta.ppf(0.05, 15, 6))
    assert high == pytest.approx(beta.ppf(0.95, 16, 5))


def test_that_of_recall_reaches_the_end_where_all_are_found():
    y = [1, 1, 1, 0, 0]
    low, high = pu_interval(pu_recall_score, y, y, prior=0.7)
    assert low == pytest.approx(0.025 ** (1 / 3))
    assert high == 1


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_the_spread_is_that_of_repeated_samples(scheme):
    rng = np.random.default_rng(0)
    metric = partial(pu_f1_score, prior=0.3, scheme=scheme)
    found = []
    for _ in range(300):
        y, scores = draw(rng, 400, 0.3, scheme, n_positive=60)
        found.append(metric(y, scores > 1))
    widths = []
    for _ in range(5):
        y, scores = draw(rng, 400, 0.3, scheme, n_positive=60)
        low, high = pu_interval(
            pu_f1_score,
            y,
            scores > 1,
            prior=0.3,
            scheme=scheme,
            n_resamples=200,
            random_state=0,
        )
        assert low < metric(y, scores > 1) < high
        widths.append(high - low)
    assert np.mean(widths) == pytest.approx(2 * 1.96 * np.std(found), rel=0.15)


def test_more_confidence_takes_a_wider_interval():
    y, scores = draw(np.random.default_rng(0), 300, 0.3, "single")
    ends = [
        pu_interval(
            pu_precision_score,
            y,
            scores > 1,
            prior=0.3,
            confidence=confidence,
            n_resamples=100,
            random_state=0,
        )
        for confidence in (0.5, 0.8, 0.95)
    ]
    lows, highs = zip(*ends, strict=True)
    assert sorted(lows, reverse=True) == list(lows)
    assert sorted(highs) == list(highs)


def test_what_resamples_have_in_common_does_not_move_the_interval():
    values = np.random.default_rng(0).normal(size=20_000)
    value = np.asarray(0.5)
    low, high = _shifted_quantiles(value, values, 0.9)
    assert low == pytest.approx(0.5 - 1.645, abs=0.04)
    assert high == pytest.approx(0.5 + 1.645, abs=0.04)
    assert _shifted_quantiles(value, values + 7, 0.9) == pytest.approx((low, high))


def test_each_element_of_an_array_has_its_own():
    rng = np.random.default_rng(0)
    truth = 0.8 * rng.random(2000)  # no sample in the last bin
    y = (rng.random(2000) < truth) & (rng.random(2000) < 0.5)
    settings = {"prior": 0.4, "n_resamples": 100, "random_state": 0}
    (low, _), (high, _) = pu_interval(pu_calibration_curve, y, truth, **settings)
    assert low.shape == high.shape == (5,)
    assert ((low < [0.1, 0.3, 0.5, 0.7, np.nan]) == [1, 1, 1, 1, 0]).all()
    assert ((high > [0.1, 0.3, 0.5, 0.7, np.nan]) == [1, 1, 1, 1, 0]).all()


def test_options_of_a_metric_are_given_by_partial():
    y, scores = draw(np.random.default_rng(0), 200, 0.3, "single")
    settings = {"prior": 0.3, "n_resamples": 50, "random_state": 0}
    sigmoid = pu_interval(partial(pu_risk, loss="sigmoid"), y, scores, **settings)
    assert sigmoid != pu_interval(pu_risk, y, scores, **settings)


@pytest.mark.parametrize("prior", [0.31, None])
def test_resamples_stay_where_the_prior_is_possible(prior):
    y = np.repeat([1, 0], [30, 70])  # labelled share 0.3
    y_pred = np.tile([1, 0], 50)
    low, high = pu_interval(
        pu_f1_score, y, y_pred, prior=prior, n_resamples=100, random_state=0
    )
    assert np.isfinite([low, high]).all()
    assert low < high


@pytest.mark.parametrize("prior", [0.01, 0.29, 0.3, 1 / 3, 0.5, 0.7, 0.999, None])
@pytest.mark.parametrize("n_samples", [3, 10, 100])
def test_the_most_labels_are_those_below_the_prior(n_samples, prior):
    least, most = _positives_range(5, n_samples, prior)
    below = [m for m in range(n_samples) if m / n_samples < (prior or 1)]
    assert (least, most) == (2, below[-1])
    assert _positives_range(1, n_samples, prior)[0] == 1


def test_few_labels_leave_enough_for_every_metric():
    y, scores = np.repeat([1, 0], [2, 20]), np.arange(22) % 7
    low, high = pu_interval(
        pu_average_precision_score, y, scores, prior=0.3, random_state=0
    )
    assert np.isfinite([low, high]).all()


def test_a_metric_without_a_prior_needs_none():
    y, scores = draw(np.random.default_rng(0), 200, 0.3, "single")
    low, high = pu_interval(
        pu_lee_liu_score, y, scores > 1, prior=None, n_resamples=50, random_state=0
    )
    assert low < pu_lee_liu_score(y, scores > 1) < high


def test_the_same_seed_gives_the_same_interval():
    y, scores = draw(np.random.default_rng(0), 100, 0.3, "single")
    first, again, other = (
        pu_interval(
            pu_f1_score, y, scores > 1, prior=0.3, n_resamples=20, random_state=seed
        )
        for seed in (1, 1, 2)
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"confidence": 1.0}, r"a number in \(0, 1\). Got 1.0"),
        ({"confidence": 0}, r"a number in \(0, 1\). Got 0\."),
        ({"n_resamples": 1}, r"`n_resamples` must be an integer in \[2, inf\). Got 1"),
        ({"prior": 0.4}, r"Got 0.4 with a labelled share of 0.5"),
    ],
)
def test_bad_settings_are_refused(setting, message):
    with pytest.raises(ValueError, match=message):
        pu_interval(pu_f1_score, [1, 0], [1, 0], **{"prior": 0.6} | setting)


def test_a_name_is_no_metric():
    with pytest.raises(TypeError, match=r"`metric` must be a function.*Got 'f1'"):
        pu_interval("f1", [1, 0], [1, 0], prior=0.6)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_the_interval_holds_the_true_value_as_often_as_promised(scheme):
    rng = np.random.default_rng(0)
    positives, negatives = rng.normal(2, size=10**6) > 1, rng.normal(size=10**6) > 1
    recall, found = positives.mean(), 0.3 * positives.mean() + 0.7 * negatives.mean()
    truth = 2 * 0.3 * recall / (0.3 + found)
    held = []
    for _ in range(200):
        y, scores = draw(rng, 400, 0.3, scheme, n_positive=60)
        low, high = pu_interval(
            pu_f1_score,
            y,
            scores > 1,
            prior=0.3,
            scheme=scheme,
            n_resamples=200,
            random_state=rng.integers(2**31),
        )
        held.append(low < truth < high)
    assert 0.91 < np.mean(held) < 0.99


@pytest.mark.parametrize("scheme", ["single", "case-control"])
@pytest.mark.parametrize("prior", [0.05, 0.3, 0.7])
def test_that_of_recall_holds_it_at_least_as_often_as_promised(scheme, prior):
    rng = np.random.default_rng(0)
    held = []
    for _ in range(50):
        y, scores = draw(rng, 1000, prior, scheme, n_positive=60)
        low, high = pu_interval(
            pu_recall_score, y, scores > 1, prior=prior, scheme=scheme
        )
        held.append(low <= norm.sf(-1) <= high)
    assert np.sum(held) >= binom.ppf(0.001, 50, 0.95)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["single", "case-control"])
@pytest.mark.parametrize("prior", [0.05, 0.3, 0.7])
def test_that_of_the_roc_auc_holds_it_about_as_often_as_promised(scheme, prior):
    rng, truth = np.random.default_rng(0), norm.cdf(2 / np.sqrt(2))
    held = []
    for seed in range(150):
        y, scores = draw(rng, 1500, prior, scheme, n_positive=150)
        low, high = pu_interval(
            pu_roc_auc_score,
            y,
            scores,
            prior=prior,
            scheme=scheme,
            n_resamples=150,
            random_state=seed,
        )
        held.append(low < truth < high)
    assert np.mean(held) > 0.88


def test_resamples_are_drawn_as_the_scheme_says():
    """The numbers of labels are binomial in one sample, and fixed in two."""
    is_positive = np.arange(200) < 60
    for scheme in ("single", "case-control"):
        ends = np.array([198, 199])
        resamples = list(_resampled_rows(is_positive, ends, 0.9, scheme, 400, 0))
        assert {len(rows) for _, rows in resamples} == {200}
        counts = np.array([is_positive[labels].sum() for labels, _ in resamples])
        if scheme == "single":
            assert counts.mean() == pytest.approx(60, abs=1.5)
            assert counts.std() == pytest.approx(np.sqrt(200 * 0.3 * 0.7), rel=0.15)
        else:
            assert set(counts) == {60}
        # A sample is drawn once on average, and the count is nearly Poisson.
        often = np.bincount(np.concatenate([rows for _, rows in resamples]))
        assert often.min() > 300
        assert often[:198].max() < 500
        # Half as often again, as half a label.
        assert often[198:].mean() == pytest.approx(400 * 1.5, rel=0.1)
        for labels, rows in resamples:
            is_end = is_positive[labels] & ~is_positive[rows]
            assert set(rows[is_end]) <= {198, 199}
            assert not is_positive[rows[~is_positive[labels]]].any()


@pytest.mark.parametrize("metric", [pu_f1_score, pu_precision_score])
@pytest.mark.parametrize("n_labels", [2, 5, 10])
def test_that_of_a_few_labels_holds_the_true_value(metric, n_labels):
    rng, recall = np.random.default_rng(n_labels), norm.sf(-1)
    share = 0.3 * recall + 0.7 * norm.sf(1)
    part = 0.3 + share if metric is pu_f1_score else 2 * share
    truth, held = 2 * 0.3 * recall / part, []
    for seed in range(60):
        y, scores = draw(rng, 200, 0.3, "case-control", n_positive=n_labels)
        low, high = pu_interval(
            metric,
            y,
            scores > 1,
            prior=0.3,
            scheme="case-control",
            n_resamples=30,
            random_state=seed,
        )
        held.append(low < truth < high)
    assert np.sum(held) >= binom.ppf(0.01, 60, 0.9)


def test_labels_that_are_all_found_leave_a_doubt():
    y, y_pred = np.repeat([1, 0], [3, 300]), np.repeat([1, 0, 1], [3, 200, 100])
    low, high = pu_interval(pu_f1_score, y, y_pred, prior=0.35, random_state=0)
    assert low < pu_f1_score(y, y_pred, prior=0.35) - 0.2 < high


@pytest.mark.parametrize("names", [("no", "yes"), (False, True)])
def test_predicted_labels_of_any_kind_are_drawn(names):
    y, y_pred = np.repeat([1, 0], [20, 60]), np.tile([1, 1, 1, 0], 20)
    settings = {"prior": 0.4, "n_resamples": 50, "random_state": 0}
    first = pu_interval(pu_f1_score, y, y_pred, **settings)
    names = np.array(names)
    assert pu_interval(pu_f1_score, names[y], names[y_pred], **settings) == first
