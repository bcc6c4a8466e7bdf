import numpy as np
import pytest

from pusklearn import Micrograph, PeakExtractor
from pusklearn.micrographs.displays._judged import judge_peaks

PARTICLES = [[(30, 20), (60, 41), (10, 50)], [(30, 21)]]


def area(curve):
    precision, recall, _ = curve
    return np.sum(precision * np.diff(recall, prepend=0))


def test_peaks_are_judged_as_the_score_of_the_picker_does(maps, picker):
    extract = picker["extract"]
    particles = [np.array(points, float) for points in PARTICLES]
    precision, recall, thresholds = judge_peaks(
        extract, maps, extract.peaks(maps), particles
    )
    # The peaks of 3, 2.5 and 2 hit, and those of 0.5 and 0.2 do not.
    np.testing.assert_array_equal(thresholds[:5], [3, 2.5, 2, 0.5, 0.2])
    np.testing.assert_allclose(precision[:5], [1, 1, 1, 0.75, 0.6])
    np.testing.assert_allclose(recall[:5], [0.25, 0.5, 0.75, 0.75, 0.75])
    assert area((precision, recall, None)) == pytest.approx(
        picker.score(maps, PARTICLES)
    )


@pytest.mark.parametrize("match_radius", [None, "20A"])
def test_radii_in_angstrom_and_missing_pixels(maps, match_radius):
    mask = np.zeros((60, 80), bool)
    mask[45:, :20] = True
    maps = [Micrograph(maps[0], mask=mask), maps[1]]
    extract = PeakExtractor("18A", match_radius=match_radius).fit(maps)
    particles = [np.array(points, float) for points in PARTICLES]
    curve = judge_peaks(extract, maps, extract.peaks(maps), particles)
    assert area(curve) == pytest.approx(extract.score(maps, particles))
    assert curve[1].max() == 1
