import re
import warnings
from pathlib import Path

import mrcfile
import numpy as np
import pytest
import tifffile

from pusklearn.io import read_masks, read_micrographs
from pusklearn.micrographs.io._listed_file import ListedFile, with_size
from pusklearn.micrographs.io._settled_pixel_sizes import SettledPixelSizes


def listed(size=None, movie=None):
    return ListedFile(Path("x/a.mrc"), "a.mrc", size, movie)


@pytest.mark.parametrize(
    ("file", "header", "size", "said"),
    [
        (Path("a.mrc"), 1.5, 1.5, None),
        (Path("a.mrc"), None, None, None),
        (Path("a.mrc"), 1.0, 1.0, "exactly 1 angstrom (a)"),
        (Path("a.mrc"), 0.0, None, "0 angstrom, which is none (a), as"),
        (listed(), 1.0, 1.0, "exactly 1 angstrom (a)"),
        (listed(), 0.0, None, "0 angstrom, which is none (a), as"),
        (listed(1.06), 1.0605, 1.06, None),
        (listed(1.06), 1.0, 1.06, None),
        (listed(1.06), None, 1.06, None),
        (listed(1.06), 0.0, 1.06, None),
        (listed(1.0), 1.0, 1.0, None),
        (listed(1.06), 2.12, 1.06, "(a: 1.06, header 2.12 angstrom)"),
        (listed(2.12), 1.06, 2.12, "(a: 2.12, header 1.06 angstrom)"),
        (listed(1.06, 0.53), 1.06, 1.06, None),
        (listed(None, 0.53), 1.06, 1.06, None),
        (listed(None, 0.53), 1.0, 0.53, None),
        (listed(None, 0.53), 0.0, 0.53, None),
        (with_size(listed(), None), 0.0, None, None),
        (listed(None, 0.53), None, 0.53, None),
        (Path("a.mrc"), 1.5e-10, 1.5e-10, "tell of some (a: 1.5e-10)"),
        (Path("a.mrc"), 2e4, 2e4, "tell of some (a: 2e+04)"),
        (Path("a.mrc"), 0.01, 0.01, None),
        (Path("a.mrc"), 1000.0, 1000.0, None),
        (listed(1.06), 1e-10, 1.06, None),
        (listed(1e-10), None, 1e-10, "tell of some (a: 1e-10)"),
        (listed(None, 0.53), 5e3, 0.53, None),
        (listed(None, 0.53), 0.4, 0.53, "(a: 0.53, header 0.4 angstrom)"),
    ],
)
def test_which_pixel_size_counts(file, header, size, said):
    sizes = SettledPixelSizes()
    assert sizes.settle(file, header) == size
    if said is None:
        sizes.warn()
        return
    with pytest.warns(UserWarning, match=re.escape(said)) as caught:
        sizes.warn()
    assert len(caught) == 1


def test_what_the_user_gives_counts_alone():
    sizes = SettledPixelSizes(2)
    assert [sizes.settle(listed(1.06), header) for header in (None, 1.0, 3.0)] == [
        2
    ] * 3
    sizes.warn()


def write(folder, names, size):
    for name in names:
        image = np.zeros((4, 5), "f4")
        mrcfile.write(folder / f"{name}.mrc", image, voxel_size=size)


@pytest.mark.parametrize("most_open", [256, 2])
def test_headers_of_1_angstrom_are_doubted_once(tmp_path, monkeypatch, most_open):
    monkeypatch.setattr(
        "pusklearn.micrographs.io._read_micrographs.MOST_OPEN", most_open
    )
    write(tmp_path, "abcd", 1.0)
    write(tmp_path, "e", 1.5)
    with pytest.warns(UserWarning, match=r"\(a, b, c; 4 in all\)") as caught:
        micrographs = read_micrographs(tmp_path)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert [m.pixel_size for m in micrographs] == [1, 1, 1, 1, 1.5]
    for size in (1, 1.06):
        micrographs = read_micrographs(tmp_path, pixel_size=size)
        assert [m.pixel_size for m in micrographs] == [size] * 5


@pytest.mark.parametrize("most_open", [256, 2])
def test_headers_of_0_angstrom_are_named_once(tmp_path, monkeypatch, most_open):
    monkeypatch.setattr(
        "pusklearn.micrographs.io._read_micrographs.MOST_OPEN", most_open
    )
    write(tmp_path, "abcd", 0)
    write(tmp_path, "e", 1.5)
    # mx, my and mz are 0 too, as a program leaves them that knows nothing of them.
    with open(tmp_path / "a.mrc", "r+b") as file:
        file.seek(28)
        file.write(bytes(12))
    tifffile.imwrite(tmp_path / "f.tif", np.zeros((4, 5), "f4"))
    files = sorted(tmp_path.iterdir())
    with pytest.warns(UserWarning, match=r"\(a, b, c; 4 in all\)") as caught:
        micrographs = read_micrographs(files)
    assert len(caught) == 1
    assert caught[0].filename == __file__
    for word in ("0 angstrom", "nothing else tells it", "`pixel_size=1.06`"):
        assert word in str(caught[0].message)
    assert [m.pixel_size for m in micrographs] == [None] * 4 + [1.5, None]
    micrographs = read_micrographs(files, pixel_size=2)
    assert [m.pixel_size for m in micrographs] == [2] * 6


def test_pixels_that_are_not_square_are_told_once(tmp_path):
    write(tmp_path, "a", (1.5, 2.5, 1.0))
    with pytest.warns(UserWarning, match="not square") as caught:
        [micrograph] = read_micrographs(tmp_path)
    assert (micrograph.pixel_size, len(caught)) == (None, 1)


@pytest.mark.parametrize("size", [0, 1])
def test_headers_of_masks_are_not_doubted(tmp_path, size):
    write(tmp_path, ["a_mask"], size)
    (tmp_path / "raw").mkdir()
    write(tmp_path / "raw", "a", 1.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_masks(tmp_path)
        [micrograph] = read_micrographs(tmp_path / "raw", masks=tmp_path)
    assert micrograph.pixel_size == 1.5


@pytest.mark.parametrize("size", [0, -1, np.nan, np.inf])
def test_a_pixel_size_must_be_positive(tmp_path, size):
    with pytest.raises(ValueError, match=r"`pixel_size` must be"):
        read_micrographs(tmp_path, pixel_size=size)
    with pytest.raises(TypeError, match=r"`pixel_size` must be"):
        read_micrographs(tmp_path, pixel_size="1.06")
