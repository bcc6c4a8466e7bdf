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
