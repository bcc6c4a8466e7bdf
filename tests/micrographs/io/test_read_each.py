import errno

import mrcfile
import numpy as np
import pytest

from pusklearn.io import read_micrographs
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.io import _read_each


@pytest.fixture
def files(tmp_path):
    """Return four paths: a micrograph, one cut short, a text, and one that is gone."""
    for name in ("a", "short"):
        mrcfile.write(tmp_path / f"{name}.mrc", np.full((8, 9), 3, "f4"), voxel_size=2)
    data = (tmp_path / "short.mrc").read_bytes()
    (tmp_path / "short.mrc").write_bytes(data[:-40])
    (tmp_path / "text.mrc").write_text("no micrograph")
    return [tmp_path / f"{name}.mrc" for name in ("a", "short", "text", "gone")]


@pytest.mark.parametrize("most_open", [256, 2])
def test_a_file_that_cannot_be_read_keeps_its_place(files, monkeypatch, most_open):
    monkeypatch.setattr(
        "pusklearn.micrographs.io._read_micrographs.MOST_OPEN", most_open
    )
    with pytest.warns(UserWarning, match="cannot be used") as caught:
        micrographs = read_micrographs(files, on_error="warn")
    named = [str(w.message).split()[1] for w in caught]
    assert named == ["short", "text", "gone"]
    assert [m.name for m in micrographs] == ["a", "short", "text", "gone"]
    assert [is_left_out(m) for m in micrographs] == [False, True, True, True]
    np.testing.assert_array_equal(micrographs[0], np.full((8, 9), 3))


def test_without_it_the_first_such_file_is_an_error(files):
    for bad in files[1:3]:
        with pytest.raises(ValueError, match=bad.name):
            read_micrographs([files[0], bad])
    with pytest.raises(FileNotFoundError, match="gone"):
        read_micrographs([files[0], files[3]])
    with pytest.raises(ValueError, match="`on_error` must be 'raise' or 'warn'"):
        read_micrographs(files, on_error=False)


def test_a_file_that_a_star_file_lists_may_be_gone(files, tmp_path):
    star = tmp_path / "micrographs.star"
    star.write_text("data_\n\nloop_\n_rlnMicrographName #1\na.mrc\ngone.mrc\n")
    with pytest.warns(UserWarning, match=r"^Micrograph gone cannot be used"):
        micrographs = read_micrographs(star, on_error="warn")
    assert [is_left_out(m) for m in micrographs] == [False, True]
    with pytest.raises(FileNotFoundError, match=r"lists gone\.mrc"):
        read_micrographs(star)


def test_a_mask_of_a_file_that_cannot_be_read_is_not_needed(files):
    masks = [np.eye(8, 9) > 0] * 2
    with pytest.warns(UserWarning, match=r"^Micrograph text cannot be used"):
        found = read_micrographs(files[:3:2], masks=masks, on_error="warn")
    assert [int(m.mask.sum()) for m in found] == [8, 1]


def test_too_many_open_files_are_an_error_in_any_case(monkeypatch):
    def full(path):
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(_read_each, "read_micrograph", full)
    with pytest.raises(OSError, match="Too many open files"):
        _read_each.read_or_stand_in("a.mrc", "warn")
