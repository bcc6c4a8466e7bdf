import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._stand_ins import blank_like
from pusklearn.micrographs.images._usable_micrographs import (
    take_micrographs,
    usable_micrographs,
)


@pytest.fixture
def micrographs():
    rng = np.random.default_rng(0)
    return [
        Micrograph(rng.normal(size=(20, 30)).astype("f4"), name, 2.0) for name in "abc"
    ]


POINTS = [
    np.array([[3.0, 4.0], [3.5, 4.0], [20.0, 10.0]]),
    np.empty((0, 2)),
    np.array([[29.0, 19.0], [35.0, 5.0]]),
]


def test_clicks_count_once_and_what_lies_outside_is_left_out(micrographs):
    with pytest.warns(UserWarning, match=r"1 of its 2 .* \(1 particles of 1 micro"):
        there, points = usable_micrographs(micrographs, POINTS, 2, "warn", "raise")
    assert [m.name for m in there] == ["a", "b", "c"]
    assert [p.tolist() for p in points] == [[[3, 4], [20, 10]], [], [[29, 19]]]


def test_the_radius_may_be_in_angstrom(micrographs):
    for radius, n_points in (("1.1A", 2), ("0.9A", 3)):
        _, points = usable_micrographs(
            micrographs[:2], POINTS[:2], radius, "raise", "raise"
        )
        assert len(points[0]) == n_points
    bare = [Micrograph(np.asarray(micrographs[0]))]
    with pytest.raises(ValueError, match=r"diameter='1A' .* Micrograph number 0 has"):
        usable_micrographs(bare, POINTS[:1], "1A", "raise", "raise", name="diameter")


def test_a_particle_outside_names_its_row(micrographs):
    bare = [micrographs[0], blank_like(micrographs[1]), np.asarray(micrographs[2])]
    bare = [*bare[:2], Micrograph(bare[2])]
    with pytest.raises(ValueError, match="Micrograph number 2 spans 30 x 20"):
        usable_micrographs(bare, POINTS, 2, "raise", "warn")


def test_what_is_masked_as_a_whole_leaves_with_its_labels_after_a_warning(micrographs):
    rows = [micrographs[0], Micrograph(blank_like(None), "gone"), micrographs[1]]
    points = [POINTS[0], np.array([[9.0, 9.0]]), POINTS[1]]
    there, left = usable_micrographs(rows, points, 2, "raise", "warn")
    assert ([m.name for m in there], len(left)) == (["a", "b"], 2)
    # Without on_error="warn" it stays, because nothing has told of it yet.
    there, left = usable_micrographs(rows, points, "2A", "raise", "raise")
    assert [len(p) for p in left] == [2, 1, 0]
    assert there[1] is rows[1]


def test_at_least_one_micrograph_and_one_label_must_remain(micrographs):
    gone = [blank_like(m) for m in micrographs]
    with pytest.raises(ValueError, match=r"At least 1 micrograph must .* Got 0 of 3"):
        usable_micrographs(gone, POINTS, 2, "raise", "warn")
    rows = [gone[0], micrographs[1], gone[2]]
    with pytest.raises(ValueError, match=r"At least 1 particle must .* Got 5, but all"):
        usable_micrographs(rows, POINTS, 2, "raise", "warn")


@pytest.fixture
def short(tmp_path):
    """Return the path of a file of 20 x 30 pixels."""
    path = tmp_path / "short.npy"
    np.save(path, np.full((20, 30), np.nan, "f4"))
    return path


def test_files_without_pixels_are_left_out(micrographs, short):
    """Memory-mapped, none of its pixels is read before the fit."""
    mapped = Micrograph(np.load(short, mmap_mode="r"), "short")
    with pytest.warns(UserWarning) as caught:
        taken = take_micrographs([micrographs[0], mapped, None], "warn")
    assert [is_left_out(m) for m in taken] == [False, True, True]
    assert sorted(str(w.message)[:40] for w in caught) == [
        "Micrograph number 2 cannot be used and i",
        "Micrograph short cannot be used and is l",
    ]


def test_files_that_are_gone_are_left_out(short):
    np.save(short, np.ones((20, 30)))
    lazy = LazyRows(np.load, [short, short.with_name("gone.npy")])
    with pytest.warns(UserWarning, match="gone.npy cannot be used"):
        taken = take_micrographs(lazy, "warn")
    assert [is_left_out(m) for m in taken] == [False, True]
    with pytest.raises(FileNotFoundError):
        take_micrographs(lazy)
