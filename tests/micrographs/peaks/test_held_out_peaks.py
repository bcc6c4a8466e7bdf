"""Labelled particles are placed among the peaks of their fold."""

import numpy as np

from pusklearn.micrographs.peaks._held_out_peaks import FoldPeaks, heights


def test_a_height_is_the_share_of_lower_peaks_whatever_the_scale_of_a_fold():
    scores = np.arange(10.0)
    first = FoldPeaks(scores[::-1], np.array([9.0, 4.0]), n_labels=3)
    second = FoldPeaks(np.exp(scores), np.exp([7.0]), n_labels=1)
    found, n_peaks = heights([first, second])
    np.testing.assert_allclose(found, [0.9, 0.4, -1, 0.7])
    assert n_peaks == 20


def test_a_fold_may_have_no_peak_and_there_may_be_no_fold():
    empty = FoldPeaks(np.empty(0), np.empty(0), n_labels=2)
    found, n_peaks = heights([empty])
    assert found.tolist() == [-1, -1]
    assert n_peaks == 0
    assert heights([])[0].shape == (0,)
