import os
import pickle

import mrcfile
import numpy as np
import pytest

from pusklearn import FourierDownsampler, Micrograph, MicrographNormalizer
from pusklearn.io import read_micrograph
from pusklearn.micrographs.images._mapped_pixels import check_unchanged

PIXELS = np.random.default_rng(0).normal(size=(128, 128)).astype(np.float32)


def cut(path):
    os.truncate(path, 1100)


def empty(path):
    path.write_bytes(b"")


def rewrite(path):
    path.write_bytes(path.read_bytes()[::-1])
    os.utime(path, ns=(0, 0))


def replace(path):
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes() + b"0")
    other.replace(path)


def lengthen(path):
    path.write_bytes(path.read_bytes() + b"0")


CHANGES = [
    (cut, "cut short from 66560 to 1100 bytes"),
    (empty, "cut short from 66560 to 0 bytes"),
    (rewrite, "changed"),
    (lengthen, "changed"),
    (replace, "replaced by another file"),
    (os.remove, "deleted"),
]


@pytest.fixture
def path(tmp_path):
    mrcfile.write(tmp_path / "a.mrc", PIXELS)
    return tmp_path / "a.mrc"


@pytest.mark.parametrize(("change", "said"), CHANGES)
@pytest.mark.parametrize(
    "use",
    [
        lambda m: FourierDownsampler(2).transform([m]),
        lambda m: list(MicrographNormalizer().fit_transform([m[5:]])),
        check_unchanged,
    ],
)
def test_a_file_that_has_changed_is_an_error_that_names_it(path, change, said, use):
    micrograph = read_micrograph(path)
    use(micrograph)
    change(path)
    with pytest.raises(ValueError, match=rf"Micrograph a .*a.mrc has been {said}"):
        use(micrograph)


def test_a_file_that_is_read_leaves_no_trace(path):
    micrograph = read_micrograph(path)
    path.read_bytes()
    os.chmod(path, 0o600)
    assert check_unchanged(micrograph) is micrograph
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(micrograph)), PIXELS)


@pytest.mark.parametrize(("change", "said"), CHANGES)
def test_a_pickle_of_a_file_that_has_changed_is_an_error_when_it_is_used(
    path, change, said
):
    micrograph = read_micrograph(path)
    change(path)
    again = pickle.loads(pickle.dumps(micrograph))
    with pytest.raises(ValueError, match=r"Micrograph a cannot be used here: .*a\.mrc"):
        FourierDownsampler(2).transform([again])


def test_a_copy_outlives_its_file(path):
    copy = read_micrograph(path) * 1
    path.unlink()
    check_unchanged(copy)
    np.testing.assert_array_equal(copy, PIXELS)


@pytest.mark.parametrize("offset", [0, 16, 5000])
def test_a_map_of_the_user_is_checked_for_its_length(tmp_path, offset):
    np.ones(10_000).tofile(tmp_path / "a")
    values = np.memmap(tmp_path / "a", mode="r", offset=offset, shape=(64, 64))
    micrograph = Micrograph(values, "mine")
    check_unchanged(micrograph)
    os.truncate(tmp_path / "a", offset + 100)
    with pytest.raises(ValueError, match=r"Micrograph mine .* cut short to \d+ bytes"):
        check_unchanged(micrograph)


def test_a_file_system_that_is_gone_is_told(path, monkeypatch):
    micrograph = read_micrograph(path)

    def fail(path):
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(os, "stat", fail)
    with pytest.raises(ValueError, match=r"cannot be reached .*Stale file handle"):
        check_unchanged(micrograph)


@pytest.mark.parametrize("thing", [None, 3.5, np.ones(3), [1], Micrograph([[1.0]])])
def test_what_is_not_mapped_passes(thing):
    assert check_unchanged(thing) is thing
