"""What is expected of picks follows from the probabilities of all peaks."""

import numpy as np
import pytest
from scipy.special import logit

from pusklearn.micrographs.peaks._expected_quality import (
    expected_quality,
    scores_of_picks,
)
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration

PROBABILITIES = np.array([0.9, 0.8, 0.6, 0.3, 0.1])
LOG_ODDS = logit(PROBABILITIES)
PLAIN = PickCalibration([0, 1], [0, 1])


def test_sums_of_probabilities_tell_number_precision_and_recall():
    quality = expected_quality(LOG_ODDS, 0.0, PLAIN)
    assert quality.n_picks == 3
    assert quality.threshold == 0
    assert quality.n_particles == pytest.approx(2.7)
    assert quality.precision == pytest.approx(2.3 / 3)
    assert quality.recall == pytest.approx(2.3 / 2.7)
    assert quality.precision_interval is None


def test_particles_without_a_peak_are_missed():
    calibration = PickCalibration([0, 1], [0, 1], share_found=0.9)
    quality = expected_quality(LOG_ODDS, 0.0, calibration)
    assert quality.n_particles == pytest.approx(3.0)
    assert quality.recall == pytest.approx(2.3 / 3)


def test_intervals_are_those_of_the_draws():
    shifts = np.linspace(-1, 1, 21)
    draws = np.add.outer(shifts, [0.0, 1.0])
    calibration = PickCalibration([0, 1], [0, 1], draws)
    quality = expected_quality(LOG_ODDS, 0.0, calibration)
    totals = [1 / (1 + np.exp(-(LOG_ODDS + shift))) for shift in shifts]
    expected = np.quantile([t.sum() for t in totals], [0.05, 0.95])
    np.testing.assert_allclose(quality.n_particles_interval, expected)
    expected = np.quantile([t[:3].mean() for t in totals], [0.05, 0.95])
    np.testing.assert_allclose(quality.precision_interval, expected)
    low, high = quality.recall_interval
    assert low < quality.recall < high


@pytest.mark.filterwarnings("error")
def test_nothing_is_known_of_no_pick_and_no_peak():
    calibration = PickCalibration([0, 1], [0, 1], [[0, 2], [-1, 1]])
    none = expected_quality(LOG_ODDS, 9.0, calibration)
    assert none.n_picks == 0
    assert np.isnan([none.precision, *none.precision_interval]).all()
    assert none.recall == 0
    empty = expected_quality(np.empty(0), 0.0, calibration)
    assert empty.n_particles == 0
    assert np.isnan([empty.recall, *empty.recall_interval]).all()


@pytest.mark.parametrize(
    "picks",
    [np.zeros((4, 3)), [np.zeros((4, 2))], [[[1.0, 2.0, np.nan]]]],
    ids=["one array", "no scores", "NaN"],
)
def test_picks_that_have_no_scores_are_refused(picks):
    with pytest.raises(ValueError, match=r"one array of shape \(k, 3\) for each"):
        scores_of_picks(picks)


def test_scores_of_several_micrographs_are_pooled():
    picks = [[[0, 0, 2], [1, 1, -1]], np.empty((0, 3)), [[5, 5, 0.5]]]
    np.testing.assert_array_equal(scores_of_picks(picks), [2, -1, 0.5])
