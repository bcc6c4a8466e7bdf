import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._gaps import find_gaps
from pusklearn.micrographs.peaks._extracted_peaks import ExtractedPeaks
from pusklearn.micrographs.peaks._peak_evidence import gather_evidence


def extracted(peaks, n_expected=None, mask=None, match_radius=3.0):
    gaps = find_gaps(Micrograph(np.zeros((10, 20)), mask=mask))
    peaks = np.array(peaks, float).reshape(-1, 3)
    return ExtractedPeaks(peaks, gaps, match_radius, n_expected)


GONE = extracted([], n_expected=None, mask=np.ones((10, 20), bool))


def test_scores_of_all_maps_descend_together():
    maps = [extracted([(1, 2, 0.5), (9, 9, 0.1)]), GONE, extracted([(4, 4, 0.3)])]
    evidence = gather_evidence(maps, None)
    assert evidence.peak_scores.tolist() == [0.5, 0.3, 0.1]
    assert evidence.peak_scores.flags.c_contiguous
    assert evidence.n_micrographs == 2
    assert (evidence.match_scores, evidence.n_labels) == (None, None)


def test_labels_that_are_there_are_counted_and_matched():
    mask = np.zeros((10, 20), bool)
    mask[:, 10:] = True
    maps = [extracted([(1, 2, 0.5), (9, 9, 0.1)], mask=mask), GONE]
    labels = np.array([[1.0, 3.0], [1.2, 3.0], [15.0, 5.0], [2.0, 9.0]])
    evidence = gather_evidence(maps, [labels, labels])
    assert evidence.match_scores.tolist() == [0.5]
    assert evidence.n_labels == 2


def test_each_map_has_its_own_radius():
    maps = [
        extracted([(1, 2, 0.5)], match_radius=2.0),
        extracted([(1, 2, 0.4)], match_radius=4.0),
    ]
    labels = [np.array([[4.0, 2.0]])] * 2
    assert gather_evidence(maps, labels).match_scores.tolist() == [0.4]


@pytest.mark.parametrize(
    ("numbers", "total"), [((2.5, 3.0), 5.5), ((2.5, None), None), ((0.0, 1.0), 1.0)]
)
def test_particles_are_expected_if_every_map_that_is_there_tells_them(numbers, total):
    maps = [extracted([], number) for number in numbers]
    assert gather_evidence([*maps, GONE], None).n_expected == total


def test_no_map_at_all_expects_nothing_known():
    evidence = gather_evidence([GONE], [np.ones((3, 2))])
    assert (evidence.n_expected, evidence.n_micrographs) == (None, 0)
    assert (evidence.n_labels, len(evidence.peak_scores)) == (0, 0)
