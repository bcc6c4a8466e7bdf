import os
import pickle
import subprocess
import sys

import mrcfile
import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.io import read_micrograph, read_micrographs
from pusklearn.micrographs.images._mapped_pixels import UnseenPixels, check_unchanged
from pusklearn.micrographs.images._opened_elsewhere import (
    MappedFile,
    opened_again,
    whole_file,
)

PIXELS = np.arange(120_000, dtype=np.int16).reshape(300, 400)


@pytest.fixture
def micrograph(tmp_path):
    mrcfile.write(tmp_path / "a.mrc", PIXELS, voxel_size=1.5)
    micrograph = read_micrograph(tmp_path / "a.mrc")
    micrograph.mask = PIXELS > 100_000
    return micrograph


def test_a_pickle_holds_the_path_in_the_place_of_the_pixels(micrograph, tmp_path):
    micrograph.mask = None
    pickled = pickle.dumps(micrograph)
    assert len(pickled) < 1000
    assert os.fsencode(tmp_path / "a.mrc") in pickled
    # Many micrographs share most of what is in a pickle.
    assert len(pickle.dumps([micrograph] * 100)) < 2 * len(pickled)


def test_all_that_is_known_goes_along(micrograph):
    again = pickle.loads(pickle.dumps(micrograph))
    assert type(again) is Micrograph
    np.testing.assert_array_equal(again, PIXELS)
    np.testing.assert_array_equal(again.mask, micrograph.mask)
    assert (again.name, again.pixel_size, again.scale) == ("a", 1.5, 1.0)
    assert (again.path, again.dtype) == (micrograph.path, np.int16)
    assert not again.flags.writeable
    assert len(pickle.dumps(again)) == len(pickle.dumps(micrograph))


def test_another_process_in_another_folder_reads_the_file(
    micrograph, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    relative = read_micrograph("a.mrc")
    (tmp_path / "pickle").write_bytes(pickle.dumps(relative))
    code = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).sum())"
    command = [sys.executable, "-c", code, str(tmp_path / "pickle")]
    text = subprocess.check_output(command, text=True, cwd="/")
    assert int(text) == PIXELS.sum(dtype=int)


@pytest.mark.parametrize(
    "part",
    [
        lambda m: m[1:],
        lambda m: m[::2, ::2],
        lambda m: m.T,
        lambda m: m[::-1],
        lambda m: m.view(np.uint16),
        lambda m: m.copy(),
        lambda m: m + 0,
        lambda m: Micrograph(np.asarray(PIXELS)),
        lambda m: Micrograph(np.memmap(m.path, np.int16, "r", 1024, (300, 400))),
    ],
    ids=["rows", "steps", "turned", "mirrored", "type", "copy", "sum", "array", "map"],
)
def test_other_pixels_travel_themselves(micrograph, part):
    other = part(micrograph)
    assert whole_file(other) is None
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(other)), other)


def test_a_view_of_the_whole_file_is_the_file(micrograph):
    assert whole_file(micrograph[:]) == whole_file(micrograph)
    assert whole_file(Micrograph(micrograph, name="b")) == whole_file(micrograph)


def test_a_file_is_opened_once(micrograph):
    first, second = (pickle.loads(pickle.dumps(micrograph)) for _ in range(2))
    assert np.shares_memory(first, second)
    file = whole_file(first)
    assert opened_again(file) is opened_again(file)


@pytest.mark.parametrize("is_there", [True, False])
def test_a_file_that_cannot_be_opened_is_an_error_when_it_is_used(
    micrograph, tmp_path, is_there
):
    pickled = pickle.dumps(micrograph)
    if is_there:
        os.truncate(tmp_path / "a.mrc", 2000)
        said = r"a\.mrc on host .* is not what it was"
    else:
        os.remove(tmp_path / "a.mrc")
        said = r"a\.mrc cannot be opened on host .*No such file.* that they share"
    again = pickle.loads(pickled)
    assert again.shape == PIXELS.shape
    assert np.isnan(again).all()
    # A scheduler that does not see the file hands it on.
    again = pickle.loads(pickle.dumps(again))
    with pytest.raises(ValueError, match=f"Micrograph a cannot be used here: .*{said}"):
        check_unchanged(again)
    with pytest.raises(ValueError, match=said):
        check_unchanged(again[5:])
    assert whole_file(again[5:]) is None


def test_nan_stands_for_pixels_that_are_not_there():
    file = MappedFile("/nowhere/a.mrc", "<f4", 1024, (3, 4), 1072, 0)
    pixels = opened_again(file)
    assert isinstance(pixels, UnseenPixels)
    assert np.isnan(pixels).all()
    with pytest.raises(ValueError, match=r"Micrograph \(no name\) .*/nowhere/a\.mrc"):
        check_unchanged(pixels)


def test_many_files_travel_as_absolute_paths(micrograph, tmp_path, monkeypatch):
    monkeypatch.setattr("pusklearn.micrographs.io._read_micrographs.MOST_OPEN", 0)
    monkeypatch.chdir(tmp_path)
    pickled = pickle.dumps(read_micrographs("*.mrc"))
    monkeypatch.chdir("/")
    (again,) = pickle.loads(pickled)
    assert again.path == "a.mrc"
    np.testing.assert_array_equal(again, PIXELS)
