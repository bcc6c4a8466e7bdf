"""What is expected of picks follows from the probabilities of all peaks."""

import numpy as np
import pytest
from scipy.special import logit

from pusklearn.micrographs.peaks._expected_quality import expected_quality
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
