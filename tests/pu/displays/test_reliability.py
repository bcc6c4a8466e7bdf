import numpy as np
import pytest
from scipy.stats import binomtest

from pusklearn.metrics import pu_calibration_curve, pu_precision_score
from pusklearn.pu.displays._reliability import (
    check_probabilities,
    check_settings,
    check_truth,
    closed_edges,
    mean_above,
    pu_precision_above,
    pu_shares_in_bins,
    share_intervals,
)
from pusklearn.pu.metrics._values_by_label import probabilities_by_label


@pytest.mark.parametrize(
    ("y_true", "pos_label", "expected"),
    [
        ([1, 1], None, [True, True]),
        ([0.0, 0.0], None, [False, False]),
        ([True, False], None, [True, False]),
        ([0, 1], 0, [True, False]),
        (["particle", "ice"], "ice", [False, True]),
        (["no", "yes"], None, [False, True]),
    ],
)
def test_the_truth_may_have_any_two_labels_or_one_of_0_and_1(
    y_true, pos_label, expected
):
    assert check_truth(y_true, pos_label).tolist() == expected


def test_one_label_that_is_neither_0_nor_1_is_refused():
    with pytest.raises(ValueError, match=r"must hold 2 true labels\. Got 1"):
        check_truth([3, 3], None)


def test_a_column_of_probabilities_is_flattened():
    assert check_probabilities([[0.0], [1.0]], [0, 1]).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("y_prob", "message"),
    [
        ([0.5, 1.5], r"in \[0, 1\]\. Got 1\.5\. scipy\.special\.expit makes"),
        ([0.5, -2.0], r"Got -2"),
        ([[0.5, 0.5], [0.2, 0.8]], "pass the column of the positive class alone"),
        ([0.5, np.nan], "NaN"),
        ([0.5], "inconsistent numbers of samples"),
    ],
)
def test_what_is_no_probability_is_refused(y_prob, message):
    with pytest.raises(ValueError, match=message):
        check_probabilities(y_prob, [0, 1])


def test_at_least_one_probability_is_needed():
    with pytest.raises(ValueError, match=r"At least 1 probability is needed\. Got 0"):
        check_probabilities([], [])


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ((0, "uniform", 0.5, 0.95), "`n_bins` must be an integer"),
        ((5, "equal", 0.5, 0.95), "`strategy` must be 'uniform' or 'quantile'"),
        ((5, "uniform", 1, 0.95), r"`threshold` must be a number in \(0, 1\)"),
        ((5, "quantile", 0.5, 0), r"`confidence` must be a number in \(0, 1\)"),
    ],
)
def test_settings_out_of_range_are_refused(settings, error):
    with pytest.raises(ValueError, match=error):
        check_settings(*settings)


def test_intervals_are_exact_and_unknown_without_samples():
    n_positive, counts = np.array([0, 3, 7, 0]), np.array([5, 8, 7, 0])
    ends = share_intervals(n_positive, counts, 0.9)
    for row in range(3):
        exact = binomtest(int(n_positive[row]), int(counts[row]))
        np.testing.assert_allclose(
            ends[row], exact.proportion_ci(0.9, method="exact"), rtol=1e-9
        )
    assert np.isnan(ends[3]).all()


def test_the_mean_above_a_threshold_leaves_out_the_threshold_itself():
    values, y_prob = np.array([1.0, 0.0, 1.0]), np.array([0.5, 0.6, 0.9])
    assert mean_above(values, y_prob, 0.5) == 0.5
    assert np.isnan(mean_above(values, y_prob, 0.9))


def test_edges_are_closed_by_0_and_1():
    assert closed_edges(np.array([])).tolist() == [0, 1]
    assert closed_edges(np.array([0.2, 0.7])).tolist() == [0, 0.2, 0.7, 1]


@pytest.mark.parametrize("scheme", ["single", "case-control"])
def test_shares_from_labels_are_those_of_the_public_metrics(scheme):
    rng = np.random.default_rng(0)
    y_prob = rng.random(300)
    y = (rng.random(300) < 0.4 * y_prob).astype(int)
    settings = {"prior": 0.5, "scheme": scheme, "pos_label": 1}
    shares = pu_shares_in_bins(y, y_prob, np.array([0.25, 0.5, 0.75]), **settings)
    expected, _ = pu_calibration_curve(y, y_prob, n_bins=4, **settings)
    np.testing.assert_array_equal(shares, expected)
    samples = probabilities_by_label(y, y_prob, **settings)
    assert pu_precision_above(samples, 0.6) == pu_precision_score(
        y, (y_prob > 0.6).astype(int), **settings
    )
    assert np.isnan(pu_precision_above(samples, y_prob.max()))
