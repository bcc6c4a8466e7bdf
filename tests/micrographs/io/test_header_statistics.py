import gzip
import struct

import mrcfile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.io import read_micrograph
from pusklearn.micrographs.io._header_statistics import (
    describe_contradiction,
    sample_pixels,
)
from pusklearn.micrographs.io._mrc_header import Statistics

SHAPE = (300, 400)


def counts(seed=0, mean=100.0, deviation=10.0):
    return np.random.default_rng(seed).normal(mean, deviation, SHAPE)


def write(tmp_path, pixels, said=None):
    """Write pixels with the statistics of others."""
    mrcfile.write(tmp_path / "a.mrc", pixels, overwrite=True)
    if said is not None:
        header = [said.min(), said.max(), said.mean(dtype=float)]
        data = bytearray((tmp_path / "a.mrc").read_bytes())
        order = ">" if data[212] == 0x11 else "<"
        data[76:88] = struct.pack(f"{order}3f", *header)
        data[216:220] = struct.pack(f"{order}f", said.std(dtype=float))
        (tmp_path / "a.mrc").write_bytes(data)
    return tmp_path / "a.mrc"


def zeros_from(pixels, share):
    """Return pixels of which the end has not been written."""
    part = pixels.copy()
    part[round((1 - share) * len(part)) :] = 0
    return part


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_unsigned_bytes_that_are_read_as_signed_are_told(tmp_path, suffix):
    pixels = counts(mean=128, deviation=20).clip(0, 255).astype(np.uint8)
    path = write(tmp_path, pixels.view(np.int8), pixels)
    if suffix:
        (tmp_path / "b.mrc.gz").write_bytes(gzip.compress(path.read_bytes()))
        path = tmp_path / "b.mrc.gz"
    with pytest.warns(UserWarning, match=r"maximum 2\d\d .* uint8: `micrograph.view"):
        micrograph = read_micrograph(path)
    np.testing.assert_array_equal(micrograph.view("|u1"), pixels)


def test_few_great_bytes_are_told_too(tmp_path):
    pixels = counts(mean=60, deviation=5).clip(0, 127).astype(np.uint8)
    pixels[5, 5] = 200
    with pytest.warns(UserWarning, match="maximum 200 and"):
        read_micrograph(write(tmp_path, pixels.view(np.int8), pixels))


@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("mean", [0.0, 100.0])
def test_a_file_that_is_written_in_part_is_told(tmp_path, share, mean):
    pixels = counts(mean=mean).astype(np.float32)
    with pytest.warns(UserWarning, match="have not all been written"):
        read_micrograph(write(tmp_path, zeros_from(pixels, share), pixels))


def test_half_of_counts_from_zero_on_is_told(tmp_path):
    pixels = np.random.default_rng(0).poisson(10, SHAPE).astype(np.int16)
    pixels[0, 0] = 0
    with pytest.warns(UserWarning, match="the header is wrong"):
        read_micrograph(write(tmp_path, zeros_from(pixels, 0.5), pixels))


def test_statistics_of_another_image_are_told(tmp_path):
    pixels = counts(mean=0, deviation=1).astype(np.float32)
    with pytest.warns(UserWarning, match="the header is wrong"):
        read_micrograph(write(tmp_path, pixels, counts(mean=1000, deviation=100)))
    said = np.append(counts(mean=500), [-1000.0, 1000.0])
    with pytest.warns(UserWarning, match="the header is wrong"):
        read_micrograph(write(tmp_path, pixels, said))


def hot(pixels):
    pixels[7, 9] = 1e6
    return pixels


def bordered(pixels):
    pixels[:, :40] = 0
    pixels[-45:] = 0
    return pixels


def sloped(pixels):
    return pixels + np.linspace(0, 300, SHAPE[0])[:, None]


def carbon(pixels):
    pixels[:, 250:] -= 60
    return pixels


@pytest.mark.parametrize("change", [np.array, hot, bordered, sloped, carbon])
@pytest.mark.parametrize("dtype", ["i2", ">i2", "u2", "f4", ">f4", "f2", "i1"])
@pytest.mark.parametrize("seed", [0, 1])
def test_right_headers_bring_no_warning(tmp_path, change, dtype, seed):
    pixels = change(counts(seed))
    if dtype != "f4":
        limits = (-3e4, 3e4) if dtype != "i1" else (-128, 127)
        pixels = pixels.clip(*limits if dtype != "u2" else (0, 6e4))
    # Some programs compute statistics before they round.
    said = pixels if seed else pixels.astype(dtype)
    read_micrograph(write(tmp_path, pixels.astype(dtype), said))


@pytest.mark.parametrize(
    "said",
    [
        (0, 0, 0, 0),
        (0, -1, -2, -1),
        (0, 0, 500, 1),
        (3.4e38, -3.4e38, 0, 0),
        (np.nan, np.nan, np.nan, np.nan),
        (np.inf, -np.inf, 0, 0),
        (0, 65535, 0, 0),
        (0, 65535, -1, 0),
    ],
)
def test_statistics_that_are_not_known_bring_no_warning(said):
    pixels = counts().astype(np.uint16)
    assert describe_contradiction(Statistics(*said), [pixels.ravel()]) is None


def test_pixels_that_are_not_finite_do_not_count():
    runs = [np.array([np.nan, 1, 2], "f4")]
    assert describe_contradiction(Statistics(1, 2, 1.5, 0.5), runs) is None
    assert describe_contradiction(Statistics(1, 2, 1.5, 0.5), [runs[0][:1]]) is None


@given(st.integers(1, 300_000), st.sampled_from(["u1", "<i2", ">f4"]))
def test_runs_are_whole_pixels_from_the_first_to_the_last(n_pixels, dtype):
    size = np.dtype(dtype).itemsize
    places = []

    def read(start, length):
        places.append((start, length))
        return bytes(length)

    runs = sample_pixels(read, n_pixels * size, np.dtype(dtype))
    assert places[0][0] == 0
    assert sum(places[-1]) == n_pixels * size
    assert all(start % size == 0 and length % size == 0 for start, length in places)
    assert len(runs) <= 16
    assert sum(run.nbytes for run in runs) <= 2**16
