import numpy as np
import pytest

from pusklearn import Micrograph, TiledRegions
from pusklearn.micrographs.regions._hold_out_micrographs import hold_out_micrographs

PARTICLES = [[(3, 2), (9, 5), (4, 13)], [(6, 6)], [], [(2, 9), (10, 2)], [], [(5, 5)]]
RNG = np.random.default_rng(0)
MICROGRAPHS = [
    Micrograph(RNG.normal(size=(16 + i, 14)), name=f"m{i}") for i in range(6)
]


def labeled_pixels(X, rows):
    """Return the values of the pixels at the centres of regions."""
    which, y, x = X.locate(rows)
    return sorted(
        float(X.micrographs[i][a, b]) for i, a, b in zip(which, y, x, strict=True)
    )


@pytest.mark.parametrize("fraction", [0.01, 0.25, 0.3, 0.5, 0.9, 0.999])
def test_whole_micrographs_are_held_out(fraction):
    X = TiledRegions(MICROGRAPHS, 5)
    positives = np.flatnonzero(X.labels(PARTICLES, 1))
    parts = hold_out_micrographs(X, positives, fraction)
    names = [[m.name for m in part.micrographs] for part, *_ in parts]
    assert sorted(names[0] + names[1]) == [m.name for m in MICROGRAPHS]
    for part, rows, _ in parts:
        assert 0 < len(rows) < len(part)
        assert (np.diff(rows) > 0).all()
    pixels = [labeled_pixels(*part[:2]) for part in parts]
    assert sorted(pixels[0] + pixels[1]) == labeled_pixels(X, positives)


@pytest.mark.parametrize(("fraction", "n_held_out"), [(0.3, 1), (0.6, 2), (0.01, 1)])
def test_the_only_micrograph_with_labels_is_cut(fraction, n_held_out):
    X = TiledRegions(MICROGRAPHS[:2], 5)
    positives = np.flatnonzero(X.labels([PARTICLES[0], []], 1))
    (above, rows_above, _), (below, rows_below, _) = hold_out_micrographs(
        X, positives, fraction
    )
    assert len(rows_below) == 5 * n_held_out
    assert len(rows_above) == 5 * (3 - n_held_out)
    assert sum(len(m) for m in [*above.micrographs, *below.micrographs]) == 33
    pixels = labeled_pixels(above, rows_above) + labeled_pixels(below, rows_below)
    assert sorted(pixels) == labeled_pixels(X, positives)
    # Nothing is copied.
    assert any(np.shares_memory(m, MICROGRAPHS[0]) for m in above.micrographs)


def test_a_view_is_divided_by_its_rows():
    X = TiledRegions(MICROGRAPHS, 5)
    labels = X.labels(PARTICLES, 1)
    X, labels = X[::2], labels[::2]
    positives = np.flatnonzero(labels)
    parts = hold_out_micrographs(X, positives, 0.25)
    assert sum(len(part) for part, *_ in parts) == len(X)
    pixels = [labeled_pixels(*part[:2]) for part in parts]
    assert sorted(pixels[0] + pixels[1]) == labeled_pixels(X, positives)
    assert not set(np.unique(parts[0][0].groups)) & set(np.unique(parts[1][0].groups))


@pytest.mark.parametrize("view", [False, True])
def test_one_particle_cannot_be_held_out(view):
    X = TiledRegions(MICROGRAPHS[:2], 5)
    X = X[np.arange(len(X))] if view else X
    positives = np.flatnonzero(X.labels([[], PARTICLES[1]], 1))
    with pytest.raises(ValueError, match="`validation_fraction` needs at least 2"):
        hold_out_micrographs(X, positives, 0.5)


def test_no_band_is_empty_if_all_particles_are_in_the_first_row():
    X = TiledRegions(MICROGRAPHS[:1], 5)
    positives = np.flatnonzero(X.labels([[(2, 0), (9, 0)]], 0))
    parts = hold_out_micrographs(X, positives, 0.5)
    assert [len(part.micrographs[0]) for part, *_ in parts] == [1, 15]
    assert [len(rows) for _, rows, _ in parts] == [2, 0]
