"""Damaged files: none may crash, hang, or be read as another image without a word."""

import bz2
import gzip
import struct
import time
import tracemalloc
import warnings

import mrcfile
import numpy as np
import pytest
import tifffile

from pusklearn.io import read_micrograph

KINDS = ["mrc", "mrc-int16", "mrc-bytes", "mrc-extended", "gz", "bz2", "tif", "zlib"]
EXTREMES = [0, 1, -1, 2, 255, 2**15, 2**16, 10**6, 2**31 - 1, -(2**31), 2**28]


def make(kind, path):
    """Write an image, and return its pixels."""
    rng = np.random.default_rng(3)
    image = rng.normal(100, 20, (24, 37))
    if kind in ("tif", "zlib"):
        pixels = image.astype(np.uint16)
        options = {"compression": "zlib"} if kind == "zlib" else {}
        tifffile.imwrite(path, pixels, rowsperstrip=8, **options)
        return pixels
    types = {"mrc-int16": np.int16, "mrc-bytes": np.int8}
    shift = 100 if kind == "mrc-bytes" else 0
    pixels = (image - shift).astype(types.get(kind, np.float32))
    with mrcfile.new(path, pixels, overwrite=True) as mrc:
        mrc.voxel_size = 1.5
        if kind == "mrc-extended":
            mrc.set_extended_header(np.full(96, 7, dtype="V1"))
    pack = {"gz": gzip.compress, "bz2": bz2.compress}.get(kind, bytes)
    path.write_bytes(pack(path.read_bytes()))
    return pixels


def damage(content, rng):
    """Return the bytes of a file, damaged, and whether the header alone was."""
    data = bytearray(content)
    way = rng.integers(6)
    if way == 0:  # a few bytes of the header
        for place in rng.integers(0, 256, rng.integers(1, 4)):
            data[place] = rng.integers(256)
    elif way == 1:  # a field of the header at an extreme
        order = rng.choice(["<i", ">i"])
        place = 4 * rng.integers(0, 60)
        data[place : place + 4] = struct.pack(order, int(rng.choice(EXTREMES)))
    elif way == 2:  # cut short
        del data[rng.integers(0, len(data)) :]
    elif way == 3:  # bytes more
        place = rng.integers(0, len(data))
        data[place:place] = rng.bytes(rng.integers(1, 40))
    elif way == 4:  # bytes less
        place = rng.integers(0, len(data))
        del data[place : place + rng.integers(1, 40)]
    else:  # bytes anywhere
        for place in rng.integers(0, len(data), 3):
            data[place] = rng.integers(256)
    return bytes(data), way <= 4


def read(path):
    """Return the micrograph or None, and whether an error or a warning was given."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            micrograph = np.array(read_micrograph(path))
        except ValueError as error:
            return None, str(path) in str(error)
    return micrograph, bool(caught)


def check_damage(tmp_path, kind, n_times, seed):
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    suffix = {"gz": ".mrc.gz", "bz2": ".mrc.bz2", "tif": ".tif", "zlib": ".tif"}
    path = tmp_path / f"a{suffix.get(kind, '.mrc')}"
    pixels = make(kind, path)
    content = path.read_bytes()
    for number in range(n_times):
        damaged, may_differ = damage(content, rng)
        path.write_bytes(damaged)
        start = time.perf_counter()
        found, is_told = read(path)
        assert time.perf_counter() - start < 2
        if is_told:
            continue
        # Tags of TIFF say how to take the bytes, and nothing confirms them.
        itemsize = found.dtype.itemsize
        assert (found.shape, itemsize) == (pixels.shape, pixels.itemsize), number
        if may_differ and kind.startswith("mrc"):
            assert found.dtype == pixels.dtype, number
            # Bytes that moved within the pixels cannot be known as such.
            assert (found == pixels).mean() > 0.5 or len(damaged) == len(content)


@pytest.mark.parametrize("kind", KINDS)
def test_no_damage_is_read_as_another_image_without_a_word(tmp_path, kind):
    check_damage(tmp_path, kind, 15, 0)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_no_damage_of_very_many_is_read_as_another_image(tmp_path, kind):
    check_damage(tmp_path, kind, 250, 1)


@pytest.mark.parametrize("field", [0, 4, 8, 92])
@pytest.mark.parametrize("value", [10**6, 2**28, 2**31 - 1, -1])
@pytest.mark.parametrize("compressed", [False, True])
def test_absurd_sizes_are_refused_at_once(tmp_path, field, value, compressed):
    path = tmp_path / ("a.mrc.gz" if compressed else "a.mrc")
    mrcfile.write(tmp_path / "a", np.ones((8, 9), np.float32))
    data = bytearray((tmp_path / "a").read_bytes())
    data[field : field + 4] = struct.pack("<i", value)
    path.write_bytes(gzip.compress(data) if compressed else data)
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match=r"a.mrc"):
            read_micrograph(path)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_a_compressed_file_that_goes_on_takes_little_memory(tmp_path, pack):
    mrcfile.write(tmp_path / "a", np.ones((8, 9), np.float32))
    path = tmp_path / "a.mrc.gz"
    path.write_bytes(pack((tmp_path / "a").read_bytes()) + 4 * pack(bytes(2**24)))
    tracemalloc.start()
    try:
        with pytest.warns(UserWarning, match="larger than its header says"):
            micrograph = read_micrograph(path)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()
    np.testing.assert_array_equal(micrograph, np.ones((8, 9)))


def test_a_compressed_file_of_zeros_that_promises_more_takes_little_memory(tmp_path):
    mrcfile.write(tmp_path / "a", np.ones((8, 9), np.float32))
    data = bytearray((tmp_path / "a").read_bytes())
    data[:8] = struct.pack("<2i", 9000, 9000)
    path = tmp_path / "a.mrc.gz"
    path.write_bytes(gzip.compress(bytes(data) + bytes(2**26)))
    tracemalloc.start()
    try:
        with pytest.raises(ValueError, match="is cut short"):
            read_micrograph(path)
        assert tracemalloc.get_traced_memory()[1] < 2**24
    finally:
        tracemalloc.stop()
