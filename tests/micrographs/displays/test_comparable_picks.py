import numpy as np
import pytest

from pusklearn import Micrograph, PeakExtractor
from pusklearn.metrics import picking_average_precision, picking_curve
from pusklearn.micrographs.displays._comparable_picks import comparable_picks

PARTICLES = [[(30, 20), (60, 41), (10, 50)], [(30, 21)]]


def test_peaks_are_judged_as_the_score_of_the_picker_does(maps, picker):
    extract = picker["extract"]
    particles = [np.array(points, float) for points in PARTICLES]
    compared = comparable_picks(extract, maps, extract.peaks(maps), particles)
    precision, recall, thresholds = picking_curve(*compared)
    # The peaks of 3, 2.5 and 2 hit, and those of 0.5 and 0.2 do not.
    np.testing.assert_array_equal(thresholds[:5], [3, 2.5, 2, 0.5, 0.2])
    np.testing.assert_allclose(precision[:5], [1, 1, 1, 0.75, 0.6])
    np.testing.assert_allclose(recall[:5], [0.25, 0.5, 0.75, 0.75, 0.75])
    area = picking_average_precision(*compared)
    assert area == pytest.approx(picker.score(maps, PARTICLES))


@pytest.mark.parametrize("match_radius", [None, "20A"])
def test_radii_in_angstrom_and_missing_pixels(maps, match_radius):
    mask = np.zeros((60, 80), bool)
    mask[45:, :20] = True
    maps = [Micrograph(maps[0], mask=mask), maps[1]]
    extract = PeakExtractor("18A", match_radius=match_radius).fit(maps)
    particles = [np.array(points, float) for points in PARTICLES]
    compared = comparable_picks(extract, maps, extract.peaks(maps), particles)
    area = picking_average_precision(*compared)
    assert area == pytest.approx(extract.score(maps, particles))
    # One of the three lies on missing pixels.
    assert [len(points) for points in compared[0]] == [2, 1]
