from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from pusklearn import general_picker, make_picker
from pusklearn.datasets import make_micrographs
from pusklearn.micrographs.displays._picked import (
    diameter_of,
    extractor_of,
    find_peaks,
    is_calibrated,
)


@pytest.fixture(scope="module")
def micrographs():
    return make_micrographs(2, size=96, random_state=0)[0]


@pytest.mark.parametrize("threshold", ["prior", -1.0])
def test_peaks_above_the_threshold_are_what_the_picker_picks(micrographs, threshold):
    picker = general_picker(24, particles_per_micrograph=4, threshold=threshold)
    peaks, cut, _ = find_peaks(picker, micrographs)
    picks = picker.predict(micrographs)
    for found, kept in zip(peaks, picks, strict=True):
        np.testing.assert_array_equal(found[found[:, 2] > cut], kept)
    assert len(np.concatenate(peaks)) > len(np.concatenate(picks)) > 0


def test_without_a_threshold_every_peak_is_a_pick(micrographs):
    picker = general_picker(24)
    picker["extract"].threshold = None
    assert find_peaks(picker, micrographs).threshold == -np.inf


def test_no_pick_lies_above_the_threshold_if_there_is_none():
    flat = np.random.default_rng(0).normal(size=(64, 64))
    picker = general_picker(24, particles_per_micrograph=4, threshold="prior")
    picker["extract"].margin = 100
    with pytest.warns(UserWarning, match="only 0 peaks"):
        peaks, cut, _ = find_peaks(picker, [flat])
    assert len(peaks[0]) == 0
    assert cut == np.inf


def test_scores_are_probabilities_if_they_are_calibrated():
    assert not is_calibrated(SimpleNamespace())  # of an old file
    assert not is_calibrated(SimpleNamespace(calibration_=None))
    assert is_calibrated(SimpleNamespace(calibration_="any"))


@pytest.mark.parametrize(
    ("diameter", "expected"), [(24, 24), ("45px", 45), ("180A", "180.0A")]
)
def test_the_diameter_is_that_of_the_user(diameter, expected):
    picker = make_picker(diameter)
    assert diameter_of(picker) == expected
    picker["extract"].match_radius = None
    assert diameter_of(picker) == expected


@pytest.mark.parametrize("other", [LogisticRegression(), None])
def test_anything_but_a_picker_is_refused(other):
    with pytest.raises(TypeError, match=f"Got {type(other).__name__}"):
        extractor_of(other)
