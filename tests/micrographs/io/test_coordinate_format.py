import numpy as np
import pytest

from pusklearn.io import read_coordinates
from pusklearn.micrographs.io._coordinate_format import coordinate_format


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.star", b"data_", ".star"),
        ("a.BOX", b"1 2 3 4", ".box"),
        ("a_info.json", b"{}", ".json"),
        ("a.txt", b"1 2", ""),
        ("a", b"", ""),
        ("a.xyz", b"1 2", ""),
        ("a.txt", b"\x93NUMPY\1\0", ".cs"),
        ("a.npy", b"\x93NUMPY\1\0", ".cs"),
        ("a.cs", b"no array", ".cs"),
        ("clicks", b"IMODV1.2", ".mod"),
        ("a.tloc", b"\x93NUMPY\1\0", ".cs"),
    ],
)
def test_first_bytes_count_more_than_the_suffix(tmp_path, name, content, expected):
    (tmp_path / name).write_bytes(content)
    assert coordinate_format(tmp_path / name) == expected


@pytest.mark.parametrize(
    "suffix",
    [".tloc", ".tbl", ".xml", ".pik", ".hdf", ".coords", ".em", ".XMD", ".pos", ".pkl"],
)
def test_suffixes_of_other_programs_are_refused_by_name(tmp_path, suffix):
    path = tmp_path / f"picks{suffix}"
    path.write_bytes(b"1 2\n")
    said = rf"`\{suffix.lower()}` is not read \(.*\); these are: \.box, \.cbox, \.cs"
    with pytest.raises(ValueError, match=rf"picks\{suffix} cannot be read .*{said}"):
        read_coordinates(path)


def test_an_array_without_columns_is_no_table_of_cryosparc(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((3, 2)))
    with pytest.raises(ValueError, match=r"a.npy cannot be read .* a table with named"):
        read_coordinates(tmp_path / "a.npy")


@pytest.mark.parametrize(
    "name", ["a.cs", "a.mod", "a_info.json", "a.star", "a.box", "a"]
)
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS; `git lfs pull`"),
        (b"../../.git/annex/objects/X/Y", "git-annex; `git annex get`"),
        (b"/annex/objects/SHA256E-s12--ab.star\n", "git-annex; `git annex get`"),
        (b"<!DOCTYPE html>\n<html>", "a web page, as after a download that failed"),
    ],
    ids=["lfs", "annex link", "annex pointer", "html"],
)
def test_what_stands_for_a_file_is_told_in_any_format(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=said):
        read_coordinates(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.mod", "Got 8589934592"), ("a_info.json", "characters or more")],
)
def test_a_giant_file_is_refused_without_reading_it(tmp_path, name, said):
    head = {"a.mod": b"IMODV1.2", "a_info.json": b'{"boxes": [' + b" " * 5000}[name]
    with open(tmp_path / name, "wb") as file:
        file.write(head)
        file.truncate(2**33)  # a file with a hole, which takes no space
    with pytest.raises(ValueError, match=rf"{name} .* {said}"):
        read_coordinates(tmp_path / name)
