import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.peaks._compared_picks import (
    compared_map,
    heights_in_folds,
    picks_of_maps,
)


def never():
    pytest.fail("A micrograph without labels is not needed.")


def compared(scores, labelled=(), number=0, **options):
    """Compare peaks 10 pixels apart, of which some are labelled."""
    x = 10.0 * np.arange(len(scores))
    peaks = np.column_stack([x, np.full(len(x), 20.0), scores])
    labels = peaks[list(labelled), :2] + [1.0, 0]
    micrograph = Micrograph(np.zeros((41, 10 * len(scores) + 1), np.float32))
    return compared_map(
        peaks,
        labels,
        (lambda: micrograph) if len(labels) else never,
        radius=5,
        match_radius=4,
        number=number,
        **options,
    )


def test_labels_are_matched_with_the_peaks_of_their_map():
    one = compared([3, 2, 1, 0, -1], labelled=[1, 4], number=7)
    assert one.is_labelled.tolist() == [False, True, False, False, True]
    assert one.n_labels == 2
    assert one.groups.tolist() == [7] * 5
    # Peaks at least two radii from the edges, which are 50 apart.
    assert one.is_inside.tolist() == [False, True, True, True, True]
    assert one.properties["x"].tolist() == [0, 10, 20, 30, 40]


def test_a_micrograph_without_labels_is_not_read():
    one = compared([3, 2, 1])
    assert (one.n_labels, one.properties) == (0, {})
    assert not one.is_labelled.any()


def test_heights_are_shares_of_the_peaks_of_a_fold():
    maps = [
        compared([3, 1], fold=0),
        compared([2, 0], fold=0),
        compared([-100, -50, -50], fold=1),
        compared([], fold=2),
    ]
    expected = [[3 / 4, 1 / 4], [2 / 4, 0], [0, 1 / 3, 1 / 3], []]
    for heights, known in zip(heights_in_folds(maps), expected, strict=True):
        np.testing.assert_allclose(heights, known)


def test_only_micrographs_with_labels_are_compared():
    maps = [
        compared([9, 8, 1, 0], labelled=[0, 1], number=0),
        compared([7, 2, 1.5], number=1),
        compared([6.5, 6, 5], labelled=[2], number=2),
    ]
    picks = picks_of_maps(maps, n_expected=5)
    assert len(picks.heights) == 7
    assert picks.groups.tolist() == [0] * 4 + [2] * 3
    assert picks.is_labelled.tolist() == [True, True, *[False] * 4, True]
    assert (picks.n_labels, len(picks.properties["x"])) == (3, 7)
    # The five highest peaks are 9, 8, 7, 6.5 and 6; one of them is on the second map.
    assert picks.n_expected == 4


def test_micrographs_beside_the_random_sample_have_their_own_particles():
    maps = [
        compared([9, 8, 1, 0], labelled=[0], counts=False),
        compared([7, 2, 1.5]),
    ]
    # One particle is expected on the second map: the peak of score 7.
    assert picks_of_maps(maps, n_expected=1).n_expected == 2


@pytest.mark.parametrize(("labelled", "n_expected"), [([], 3), ([0], 0.2)])
def test_nothing_to_compare(labelled, n_expected):
    assert picks_of_maps([compared([2, 1], labelled)], n_expected) is None
    assert picks_of_maps([], n_expected) is None
