import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.peaks._compared_picks import (
    ComparedMap,
    heights_in_folds,
    picks_of_maps,
)


def never():
    pytest.fail("A micrograph without labels is not needed.")


def a_map(scores, labelled=(), number=0, fold=0, counts=True):
    """Return a map of peaks that are 10 pixels apart; some are labelled."""
    x = 10.0 * np.arange(len(scores))
    peaks = np.column_stack([x, np.full(len(x), 20.0), scores])
    labels = peaks[list(labelled), :2] + [1.0, 0]
    image = np.zeros((41, 10 * len(scores) + 1), np.float32)
    micrograph = Micrograph(image, pixel_size=2.0)
    read = (lambda: micrograph) if len(labels) else never
    return ComparedMap(number, fold, counts, peaks, labels, 4.0, read)


def test_heights_are_shares_of_the_peaks_of_a_fold():
    maps = [
        a_map([3, 1], fold=0),
        a_map([2, 0], fold=0),
        a_map([-100, -50, -50], fold=1),
        a_map([], fold=2),
    ]
    expected = [[3 / 4, 1 / 4], [2 / 4, 0], [0, 1 / 3, 1 / 3], []]
    for heights, known in zip(heights_in_folds(maps), expected, strict=True):
        np.testing.assert_allclose(heights, known)


def test_only_micrographs_with_labels_are_compared():
    maps = [
        a_map([9, 8, 1, 0], labelled=[0, 1], number=0),
        a_map([7, 2, 1.5], number=1),
        a_map([6.5, 6, 5, 4], labelled=[2], number=2),
    ]
    picks = picks_of_maps(maps, n_expected=6, radius=5)
    # The six highest are 9, 8, 7, 6.5, 6 and 5.
    assert picks.groups.tolist() == [0, 0, 2, 2, 2]
    assert picks.is_labelled.tolist() == [True, True, False, False, True]
    assert picks.properties["x"].tolist() == [0, 10, 0, 10, 20]
    # Two radii are 10 pixels.
    assert picks.is_inside.tolist() == [False, True, False, True, True]
    assert set(picks.properties) == {
        *("x", "y", "distance from the edges", "distance from the next pick"),
        *("brightness", "contrast", "elongation"),
    }
    assert picks.n_labels == 3


def test_labels_without_a_high_peak_count_too():
    picks = picks_of_maps([a_map([9, 8, 1, 0], labelled=[0, 3])], 2, radius=5)
    assert picks.is_labelled.tolist() == [True, False]
    assert picks.n_labels == 2


def test_all_peaks_are_compared_if_more_particles_are_expected():
    picks = picks_of_maps([a_map([9, 8, 1, 0], labelled=[0, 3])], 50, radius=5)
    assert len(picks.heights) == 4


def test_micrographs_beside_the_random_sample_have_their_own_particles():
    maps = [a_map([9, 8, 1, 0], labelled=[0], counts=False), a_map([7, 2, 1.5])]
    # One particle is expected on the second map: the peak of score 7.
    assert len(picks_of_maps(maps, n_expected=1, radius=5).heights) == 2


def test_the_radius_may_be_in_angstrom():
    one = a_map([9, 8, 7], labelled=[1])
    in_pixels = picks_of_maps([one], 3, radius=5)
    in_angstrom = picks_of_maps([one], 3, radius="10A")
    assert in_pixels.is_inside.tolist() == in_angstrom.is_inside.tolist()


@pytest.mark.parametrize(("labelled", "n_expected"), [([], 3), ([0], 0.2)])
def test_nothing_to_compare(labelled, n_expected):
    assert picks_of_maps([a_map([2, 1], labelled)], n_expected, radius=5) is None
    assert picks_of_maps([], n_expected, radius=5) is None
