import errno
import pickle
from pathlib import Path

import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.images._lazy_rows import (
    LazyRows,
    in_memory_or_on_disk,
    map_now_or_lazily,
)
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._stand_ins import (
    blank_like,
    is_fault_of_system,
    label_of,
    no_row,
    stand_in,
    with_number,
)


def refuse_dark(image):
    """Refuse a micrograph that is dark, as a step does."""
    if np.asarray(image).max() < 0:
        raise ValueError(f"Micrograph {image.name or '(no name)'} is dark.")
    return image * 2


def images(*levels, name=None):
    return [
        Micrograph(np.full((3, 4 + i), level), name and f"{name}{i}", 1.5, 2.0)
        for i, level in enumerate(levels)
    ]


@pytest.mark.parametrize("source", [None, "a.mrc", np.zeros(3), np.zeros((0, 4)), 5])
def test_what_has_no_shape_is_one_pixel(source):
    found = blank_like(source)
    assert (found.shape, found.name, found.pixel_size) == ((1, 1), None, None)
    assert is_left_out(found)


def test_it_is_like_its_source_and_takes_no_memory():
    source = Micrograph(np.ones((300, 500)), "a", 1.5, 2.0, path="x/a.mrc", uid=7)
    found = blank_like(source)
    known = found.name, found.pixel_size, found.scale, found.path, found.uid
    assert known == ("a", 1.5, 2.0, "x/a.mrc", 7)
    assert found.shape == (300, 500)
    assert found.strides == (0, 0)
    assert is_left_out(pickle.loads(pickle.dumps(found)))


def test_the_warning_says_which_and_why():
    with pytest.warns(UserWarning, match=r"^Micrograph a cannot be .* out: too old$"):
        stand_in(None, "a", ValueError("too old"))
    with pytest.warns(UserWarning, match=r"number 3 cannot .* number 3 \(no name\) is"):
        stand_in(None, "number 3", ValueError("Micrograph (no name) is dark"))
    assert with_number(OSError(), "a") == "OSError"
    assert no_row(None, "a", ValueError()) is None


def test_a_row_is_called_by_its_name_its_file_or_its_number():
    assert label_of(Micrograph(np.ones((2, 2)), "a"), 3) == "a"
    assert label_of(np.ones((2, 2)), 3) == "number 3"
    assert label_of("/raw/b.mrc", 3) == label_of(Path("b.mrc"), 3) == "b.mrc"


@pytest.mark.parametrize("most_pixels", [2**26, 1])
def test_only_the_row_that_cannot_be_used_is_left_out(monkeypatch, most_pixels):
    monkeypatch.setattr(
        "pusklearn.micrographs.images._lazy_rows.MOST_PIXELS", most_pixels
    )
    given = images(1, -1, 2, name="m")
    with pytest.warns(UserWarning, match="Micrograph m1 cannot be used"):
        found = list(map_now_or_lazily(refuse_dark, given, "warn"))
    assert [is_left_out(row) for row in found] == [False, True, False]
    assert (found[1].shape, found[1].scale) == ((3, 5), 2.0)
    np.testing.assert_array_equal(found[2], given[2] * 2)


def test_an_error_counts_the_row_that_has_no_name():
    rows = LazyRows(refuse_dark, images(1, 1, -1))
    for part in (rows, rows[1:], rows[[2, 0]]):
        with pytest.raises(
            ValueError, match=r"^Micrograph number 2 \(no name\) is dark"
        ):
            list(part)


def test_a_row_that_cannot_be_read_has_the_name_of_its_file(tmp_path):
    rows = LazyRows(
        np.sqrt, LazyRows(np.load, [tmp_path / "gone.npy"]), instead=stand_in
    )
    with pytest.warns(UserWarning, match=r"gone.npy cannot .* No such file"):
        assert is_left_out(rows[0])
    lazy = LazyRows(np.load, [tmp_path / "gone.npy"])
    with pytest.raises(FileNotFoundError):
        in_memory_or_on_disk(lazy)
    with pytest.warns(UserWarning, match=r"gone.npy cannot"):
        (row,) = in_memory_or_on_disk(lazy, "warn")
    assert is_left_out(row)


def test_a_kept_row_warns_once(recwarn):
    rows = LazyRows(refuse_dark, images(-1), keep=True, instead=stand_in)
    assert rows[0] is rows[0]
    assert len(recwarn) == 1


def test_too_many_open_files_are_no_fault_of_a_micrograph():
    def full(image):
        raise OSError(errno.EMFILE, "Too many open files")

    with pytest.raises(OSError, match="Too many open files"):
        LazyRows(full, images(1), instead=stand_in)[0]
    assert not is_fault_of_system(FileNotFoundError(errno.ENOENT, "gone"))
    assert not is_fault_of_system(ValueError())
