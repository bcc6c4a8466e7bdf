import xml.etree.ElementTree as ET

import numpy as np
import pytest
from scipy.special import expit, logit

from pusklearn.micrographs.report._score_histogram import (
    HEIGHT,
    WIDTH,
    ScoreHistogram,
    histogram_svg,
    score_histogram,
)


def test_signal_and_noise_share_the_peaks():
    scores = np.random.default_rng(0).uniform(-6, 8, 1000)
    histogram = score_histogram(scores, are_log_odds=True)
    assert histogram.counts.sum() == 1000
    np.testing.assert_allclose(histogram.signal.sum(), expit(scores).sum())
    np.testing.assert_allclose(histogram.signal + histogram.noise, histogram.counts)
    inside = (scores > histogram.edges[40]) & (scores < histogram.edges[41])
    assert histogram.signal[40] == pytest.approx(expit(scores[inside]).sum())


def test_improbable_peaks_are_left_out_and_sure_ones_kept():
    histogram = score_histogram(np.array([logit(0.001), 50.0]), are_log_odds=True)
    assert histogram.counts.sum() == histogram.counts[-1] == 1


def test_scores_that_are_no_log_odds_have_one_part():
    histogram = score_histogram(np.array([0.1, 0.2, 0.9]), are_log_odds=False)
    assert histogram.signal is histogram.noise is None
    assert histogram.edges[[0, -1]].tolist() == [0.1, 0.9]


@pytest.mark.parametrize("scores", [[], [3.0, 3.0]])
@pytest.mark.parametrize("are_log_odds", [True, False])
def test_few_scores_can_be_drawn(scores, are_log_odds):
    histogram = score_histogram(np.array(scores), are_log_odds)
    assert histogram.counts.sum() == len(scores)
    ET.fromstring(histogram_svg(histogram, -np.inf))


def bars(svg, name):
    """Return left, right, top and bottom of each bar of a part."""
    path = svg.find(f"path[@class='{name}']").get("d")
    shapes = path[1:-1].replace("H", " ").replace("V", " ").split("zM")
    # Each is: left, bottom, right, top, left.
    return np.array([shape.split()[:4] for shape in shapes], float)[:, [0, 2, 3, 1]]


def test_the_parts_are_stacked():
    counts, signal = np.array([8.0, 4.0]), np.array([2.0, 4.0])
    histogram = ScoreHistogram(np.array([-4.0, 0.0, 4.0]), counts, signal)
    svg = ET.fromstring(histogram_svg(histogram, 0.0))
    unit = HEIGHT / (1.15 * 4)
    right, left = bars(svg, "signal"), bars(svg, "noise")
    np.testing.assert_allclose(right[:, 2], HEIGHT - unit * signal, atol=0.1)
    # The noise of low probabilities is longer than the picture is high.
    np.testing.assert_allclose(left, [[0.5, WIDTH / 2 - 0.5, 0, right[0, 2]]], atol=0.1)
    assert svg.find("path[@class='more']") is not None
    assert svg.find("path[@class='cut']").get("d") == f"M{WIDTH / 2} 0V{HEIGHT}"
    assert next(text.text for text in svg.iter("text")) == "0.05"
    assert "of which 6 are" in svg.get("aria-label")


def test_a_cut_and_a_width_are_optional():
    svg = histogram_svg(score_histogram(np.arange(9.0), False), width="20em")
    assert 'class="cut"' not in svg
    assert 'style="width:20em"' in svg
    assert "Histogram of the scores of 9 peaks" in svg
