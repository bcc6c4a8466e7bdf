import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._gaps import find_gaps
from pusklearn.micrographs.peaks._extracted_peaks import (
    ExtractedPeaks,
    no_peaks,
    particles_of_maps,
    with_one_radius,
)


def extracted(radius, points=(), mask=None):
    image = Micrograph(np.zeros((10, 20)), mask=mask)
    picks = np.array([(x, y, 0.5) for x, y in points]).reshape(-1, 3)
    return ExtractedPeaks(picks, find_gaps(image), radius)


def test_one_radius_changes_nothing():
    maps = [extracted(3.0, [(1, 2)]), extracted(3.0)]
    points = [np.array([[1.0, 2.0]]), np.empty((0, 2))]
    particles, picks, radius = with_one_radius(points, maps)
    assert radius == 3.0
    assert particles[0] is points[0]
    assert picks[0] is maps[0].picks


def test_several_radii_become_one_and_scores_stay():
    with pytest.warns(UserWarning, match="Micrograph gone cannot be used"):
        gone = no_peaks(None, "gone", ValueError("no file"))
    assert not gone.is_there
    maps = [extracted(3.0, [(1, 2)]), gone, extracted(6.0, [(4, 2)])]
    points = [np.array([[2.0, 2.0]]), np.empty((0, 2)), np.array([[4.0, 8.0]])]
    particles, picks, radius = with_one_radius(points, maps)
    assert radius == 6.0
    assert [p.tolist() for p in particles] == [[[4, 4]], [], [[4, 8]]]
    assert [p.tolist() for p in picks] == [[[2, 4, 0.5]], [], [[4, 2, 0.5]]]


def test_no_map_at_all_has_some_radius():
    with pytest.warns(UserWarning, match="Micrograph gone cannot be used"):
        gone = no_peaks(None, "gone", ValueError("no file"))
    assert with_one_radius([np.empty((0, 2))], [gone])[2] > 0


def test_particles_count_once_and_only_if_they_are_there():
    mask = np.zeros((10, 20), bool)
    mask[:, 10:] = True
    maps = [extracted(3.0, mask=mask), extracted(3.0, mask=np.ones((10, 20), bool))]
    points = np.array([[2.0, 2.0], [2.9, 2.0], [3.1, 2.0], [15.0, 5.0]])
    found = particles_of_maps([points, points], maps)
    assert [p.tolist() for p in found] == [[[2, 2], [3.1, 2]], []]
