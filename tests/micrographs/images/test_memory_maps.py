import gc
import os
from pathlib import Path

import mrcfile
import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.io import read_micrograph
from pusklearn.micrographs.images._memory_maps import (
    free_mapped_memory,
    mapped_file,
    write_to_temporary_file,
)

SIZE = 2048


def resident_file_pages():
    """Bytes of mapped files that are in the memory of this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * int(next(line.split()[1] for line in lines if "RssFile" in line))


needs_linux = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="only Linux tells"
)


def images():
    rng = np.random.default_rng(0)
    return [
        Micrograph(rng.normal(size=(4, 5)), "a", 1.5, 2.0),
        Micrograph(rng.normal(size=(3, 7)).astype(np.float32), "b"),
        Micrograph(np.arange(6, dtype=np.int16).reshape(2, 3)[:, ::2]),
        Micrograph(np.ones((2, 2)), path="raw/c.mrc", uid=3),
    ]


def test_written_micrographs_keep_their_mask():
    mask = np.eye(3, dtype=bool)
    stored = write_to_temporary_file(
        [*images(), Micrograph(np.ones((3, 3)), mask=mask)]
    )
    assert [m.mask is None for m in stored] == [True] * 4 + [False]
    np.testing.assert_array_equal(stored[-1].mask, mask)


def test_written_micrographs_are_the_same_in_float32():
    for ours, image in zip(
        write_to_temporary_file(iter(images())), images(), strict=True
    ):
        assert isinstance(ours, Micrograph)
        assert ours.dtype == np.float32
        assert vars(ours) == vars(image)
        np.testing.assert_array_equal(ours, np.float32(image))
        assert not ours.flags.writeable


def test_masks_are_stored_in_the_file_too():
    rng = np.random.default_rng(0)
    masks = [rng.random(shape) < 0.5 for shape in ((3, 5), (4, 4), (7, 9))]
    masks[1] = None
    given = [
        Micrograph(np.full((3, 5), 7.5), "a", mask=masks[0]),
        Micrograph(np.full((4, 4), 1e5), "b", 1.5),
        Micrograph(rng.normal(size=(9, 7)).T, "c", uid=3, mask=masks[2]),
    ]
    stored = write_to_temporary_file(iter(given))
    for ours, image, mask in zip(stored, given, masks, strict=True):
        np.testing.assert_array_equal(ours, np.float32(image))
        np.testing.assert_array_equal(ours.mask, mask)
        assert (ours.name, ours.pixel_size, ours.uid) == (
            image.name,
            image.pixel_size,
            image.uid,
        )
    assert mapped_file(stored[2].mask) is mapped_file(stored[0]) is not None


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells")
def test_the_file_goes_with_the_last_micrograph(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def n_open():
        links = [f"/proc/self/fd/{number}" for number in os.listdir("/proc/self/fd")]
        targets = [os.readlink(link) for link in links if os.path.islink(link)]
        return sum(target.startswith(str(tmp_path)) for target in targets)

    stored = write_to_temporary_file(images())
    assert n_open() == 1
    assert not list(tmp_path.iterdir())
    del stored[0], stored[0]
    assert n_open() == 1
    del stored
    gc.collect()
    assert n_open() == 0


@needs_linux
def test_freed_pages_leave_the_memory_and_can_be_read_again(tmp_path):
    expected = np.random.default_rng(0).normal(size=(SIZE, SIZE)).astype(np.float32)
    mrcfile.write(tmp_path / "a.mrc", expected)
    micrograph = read_micrograph(tmp_path / "a.mrc")
    before = resident_file_pages()
    micrograph.sum()
    assert resident_file_pages() > before + 0.9 * expected.nbytes
    free_mapped_memory(micrograph[5:, ::2])
    assert resident_file_pages() < before + 0.1 * expected.nbytes
    np.testing.assert_array_equal(micrograph, expected)


def test_changes_to_a_copy_on_write_map_are_not_lost(tmp_path):
    np.zeros(10_000).tofile(tmp_path / "a")
    values = np.memmap(tmp_path / "a", mode="c")
    values[:] = 7
    free_mapped_memory(values)
    free_mapped_memory(np.asarray(values).view(np.memmap))
    assert (values == 7).all()


def test_changes_to_a_shared_map_are_not_lost(tmp_path):
    values = np.memmap(tmp_path / "a", mode="w+", shape=10_000)
    values[:] = 7
    free_mapped_memory(values)
    assert (values == 7).all()


@pytest.mark.parametrize("thing", [None, 3.5, np.ones(3), Micrograph(np.ones((2, 2)))])
def test_nothing_happens_to_what_is_not_mapped(thing):
    free_mapped_memory(thing)
