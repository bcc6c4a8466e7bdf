import os
import warnings

import mrcfile
import numpy as np
import pytest
import tifffile

from pusklearn.io import read_micrographs
from pusklearn.micrographs.io import _list_folder


def fill(folder, *names):
    for name in names:
        if ".tif" in name.lower():
            tifffile.imwrite(folder / name, np.zeros((4, 5), "u2"))
        elif name.lower().endswith((".mrc", ".mrcs")):
            mrcfile.write(folder / name, np.zeros((4, 5), "f4"), voxel_size=1.5)
        else:
            (folder / name).write_text("something else")


def listen(paths):
    """Return the names that are read, and the warning, if there is one."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read = [micrograph.name for micrograph in read_micrographs(paths)]
    assert len(caught) <= 1
    assert all(warning.filename == __file__ for warning in caught)
    return read, str(caught[0].message) if caught else ""


@pytest.mark.parametrize(
    ("names", "read", "said"),
    [
        (["a.mrc", "b.MRC"], ["a", "b"], []),
        (["a.tif", "b.TIFF"], ["a", "b"], []),
        (["a.mrcs", "notes.txt"], ["a"], []),
        (["a.mrc", "a_PS.mrc", "a_fft.mrc"], ["a"], ["power spectra (2: a_PS.mrc, "]),
        (["a.mrc", "b_PS.mrc"], ["a"], ["power spectra (b_PS.mrc)"]),
        (
            ["x_PS.mrc", "y_PS.mrc"],
            ["x_PS", "y_PS"],
            ["called as power spectra are: power spectra (2: x_PS.mrc, y_PS.mrc)"],
        ),
        (
            ["a.mrc", "a_noDW.mrc", "b_EVN.mrc"],
            ["a", "b_EVN"],
            ["other sums of the same movies (a_"],
        ),
        (
            ["a.mrc", "a_DW.mrc", "b_DW.mrc"],
            ["a", "b_DW"],
            ["other sums of the same movies (a_"],
        ),
        (
            ["a.mrc", "a_ctf.mrc", "a_mask.mrc", "b_ctf.mrc"],
            ["a", "b_ctf"],
            ["images made from micrographs (2: a_ctf.mrc, a_mask.mrc)"],
        ),
        (["a.mrc", "a.tif", "b.tif"], ["a"], ["TIFF files (2: a.tif, b.tif)"]),
        (["a.mrc", "a.mrcs", "b.mrcs"], ["a"], ["stacks (.mrcs) (b.mrcs)"]),
        (["a.mrc", "a.eer", "b.eer"], ["a"], ["EER movies", "(b.eer)"]),
        (["a.mrc", "a.png", "a.jpg", "a.xml", "log.pdf", ".b.mrc"], ["a"], []),
        (
            ["a.mrc", *(f"{i}.dm4" for i in range(5))],
            ["a"],
            ["images of Gatan", "(5: 0.dm4, 1.dm4, 2.dm4, ...)"],
        ),
    ],
)
def test_a_folder_says_what_it_leaves_out(tmp_path, names, read, said):
    fill(tmp_path, *names)
    found, warning = listen(tmp_path)
    assert found == read
    assert all(part in warning for part in said)
    assert bool(warning) == bool(said)


def test_a_pattern_leaves_out_power_spectra_and_a_list_does_not(tmp_path):
    fill(tmp_path, "a.mrc", "a_PS.mrc")
    assert listen(f"{tmp_path}/*.mrc")[0] == ["a"]
    assert "a_PS.mrc" in listen(f"{tmp_path}/*.mrc")[1]
    assert listen([tmp_path / "a.mrc", tmp_path / "a_PS.mrc"]) == (["a", "a_PS"], "")


def test_a_pattern_of_nothing_but_power_spectra_says_so_and_a_list_does_not(tmp_path):
    fill(tmp_path, "a_PS.mrc", "b.mrc")
    assert listen(f"{tmp_path}/*_PS.mrc")[0] == ["a_PS"]
    assert "power spectra (a_PS.mrc)" in listen(f"{tmp_path}/*_PS.mrc")[1]
    assert listen([tmp_path / "a_PS.mrc"]) == (["a_PS"], "")
    assert listen(tmp_path / "a_PS.mrc") == (["a_PS"], "")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["s/t/a.mrc", "s/t/b.mrc", ".h/a.mrc"], r"'s/t' in it has MRC .* \(2: a\."),
        (["c.eer", "s/a.tif"], r"which has EER .*; the folder 's' in it has TIFF"),
    ],
)
def test_an_error_says_which_folder_below_has_micrographs(tmp_path, names, said):
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        fill(tmp_path, name)
    with pytest.raises(ValueError, match=f"Found none in .*{said}") as caught:
        read_micrographs(tmp_path)
    pattern = str(caught.value).split("the pattern '")[1].split("'")[0]
    assert [m.name for m in read_micrographs(pattern)]
    with pytest.raises(ValueError, match=f"Found none in .*{said}"):
        read_micrographs([tmp_path])


def test_folders_below_are_not_searched_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(_list_folder, "_MOST_SEARCHED", 2)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    fill(tmp_path, "b/a.mrc")
    with pytest.raises(ValueError, match=r"Found none in '[^']*'\.$"):
        read_micrographs(tmp_path)


def test_an_error_says_what_a_folder_has_instead(tmp_path):
    fill(tmp_path, "a.eer", "b.eer", "c.png")
    with pytest.raises(ValueError, match=r"which has EER movies, whose .*; PNG im"):
        read_micrographs(tmp_path)


def test_folders_and_pipes_are_no_micrographs(tmp_path):
    fill(tmp_path, "a.mrc")
    (tmp_path / "b.mrc").mkdir()
    os.mkfifo(tmp_path / "c.mrc")
    read, warning = listen(tmp_path)
    assert read == ["a"]
    assert "named pipes or devices (c.mrc)" in warning
    with pytest.raises(ValueError, match=r"c.mrc must be a file. It is a named pipe"):
        read_micrographs(tmp_path / "c.mrc")
    with pytest.raises(
        ValueError, match=r"b.mrc must .* is a folder.*read_micrographs"
    ):
        read_micrographs([tmp_path / "b.mrc"])
    (tmp_path / "d.mrc").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match=r"d.mrc"), pytest.warns(match="c.mrc"):
        read_micrographs(tmp_path)
