import numpy as np
import pytest
from matplotlib import pyplot as plt
from scipy.special import logit
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from pusklearn.metrics import ReliabilityDisplay

TRUE = [[(10, 10), (40, 40)], [(25, 5)]]
PICKS = [
    [(11, 10, logit(0.9)), (70, 70, logit(0.6))],
    [(25, 6, logit(0.7)), (80, 9, logit(0.2))],
]


def test_picks_are_matched_and_their_scores_made_probabilities():
    _, ax = plt.subplots()
    display = ReliabilityDisplay.from_picks(
        TRUE, PICKS, radius=3, n_bins=2, name="picks", ax=ax
    )
    np.testing.assert_allclose(display.y_prob, [0.9, 0.6, 0.7, 0.2])
    np.testing.assert_allclose(display.prob_true, [0, 2 / 3])
    np.testing.assert_allclose(display.prob_pred, [0.2, 2.2 / 3])
    assert display.true_precision == pytest.approx(2 / 3)
    assert display.n_true == 2
    assert display.ax_ is ax
    assert display.name == "picks"
    assert type(display) is ReliabilityDisplay


def test_the_distance_decides():
    display = ReliabilityDisplay.from_picks(TRUE, PICKS, radius=0.5)
    assert display.n_true == 0


def test_without_a_pick_there_is_nothing_to_show():
    with pytest.raises(ValueError, match="At least 1 probability is needed"):
        ReliabilityDisplay.from_picks(TRUE, [[], []], radius=3)


def test_a_calibrated_picker_is_judged_by_all_its_peaks(maps, picker, calibrate):
    particles = [[(30, 20), (60, 41), (10, 50)], [(30, 21)]]
    with pytest.raises(NotFittedError):
        ReliabilityDisplay.from_picker(clone(picker), maps, particles)
    with pytest.raises(ValueError, match="scores of this picker are not calibrated"):
        ReliabilityDisplay.from_picker(picker, maps, particles)
    calibrate(picker["extract"])
    picker["extract"].threshold = None
    peaks = picker["extract"].peaks(maps)
    display = ReliabilityDisplay.from_picker(picker, maps, particles, name="mine")
    given = ReliabilityDisplay.from_picks(particles, peaks, radius=9)
    np.testing.assert_array_equal(display.y_prob, given.y_prob)
    assert display.n_true == given.n_true == 3
    assert display.name == "mine"
    with pytest.raises(ValueError, match="Got 0 for 2 micrographs"):
        ReliabilityDisplay.from_picker(picker, maps, None)
