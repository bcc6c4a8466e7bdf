import numpy as np
import pytest

from pusklearn.micrographs.io._cs_exposures import CsExposure, read_cs_exposures

A = "J2/motioncorrected/008578565574161745010_a_patch_aligned_doseweighted.mrc"
B = "J2/motioncorrected/013864605955862944880_b_patch_aligned_doseweighted.mrc"
UIDS = [8578565574161745010, 13864605955862944880]
BLOB = [
    ("micrograph_blob/path", "S90"),
    ("micrograph_blob/idx", "<u4"),
    ("micrograph_blob/shape", "<u4", (2,)),
    ("micrograph_blob/psize_A", "<f4"),
]
UID = ("uid", "<u8")


def make(*columns):
    rows = np.zeros(2, dtype=[UID, *columns])
    rows["uid"] = UIDS
    values = {
        "micrograph_blob/path": [A.encode(), f">{B}".encode()],
        "micrograph_blob/shape": [(4000, 6000), (4000, 5000)],
        "micrograph_blob/psize_A": [1.06, 0.5],
    }
    for name in values.keys() & set(rows.dtype.names):
        if any(column[0] == name and column in BLOB for column in columns):
            rows[name] = values[name]
    return rows


def save(path, rows):
    with open(path, "wb") as file:
        np.save(file, rows)
    return path


FOUND = [
    CsExposure(A, UIDS[0], 1.06, (4000, 6000)),
    CsExposure(B, UIDS[1], 0.5, (4000, 5000)),
]


def test_each_exposure_has_path_uid_pixel_size_and_shape(tmp_path):
    rows = make(("movie_blob/path", "S9"), *BLOB, ("ctf/df1_A", "<f4"))
    assert read_cs_exposures(save(tmp_path / "exposures.cs", rows)) == FOUND


def test_pixel_size_and_shape_may_be_missing(tmp_path):
    [first, _] = read_cs_exposures(save(tmp_path / "a.cs", make(BLOB[0])))
    assert first == (A, UIDS[0], None, None, None)


def test_paths_are_found_in_the_passthrough_file_beside(tmp_path):
    path = save(tmp_path / "exposures_ctf.cs", make(("ctf/df1_A", "<f4")))
    save(tmp_path / "J5_passthrough_exposures.cs", make(*BLOB)[::-1])
    save(tmp_path / "P1_passthrough_others.cs", make(*BLOB)[:1])
    save(tmp_path / "P1_passthrough_particles.cs", make(("ctf/cs_mm", "<f4")))
    assert read_cs_exposures(path) == FOUND


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ([("location/center_x_frac", "<f4")], "holds particles. Give the .cs file of"),
        ([("location/micrograph_path", "S9")], "holds no exposures. Give"),
        ([("movie_blob/path", "S9")], r"0 files .* It lists movies, whose motion"),
        ([("ctf/df1_A", "<f4")], r"no column micrograph_blob/path, .*Give the \.cs"),
        ([("micrograph_blob/path", "V4")], "must hold texts"),
        ([BLOB[0], ("micrograph_blob/psize_A", "S4")], "psize_A must hold 1 number"),
        ([BLOB[0], ("micrograph_blob/shape", "<u4", (3,))], "shape must hold 2 number"),
    ],
)
def test_what_is_no_list_of_micrographs_is_named(tmp_path, columns, said):
    path = save(tmp_path / "exposures.cs", make(*columns))
    with pytest.raises(ValueError, match=rf"exposures.cs cannot be read .*{said}"):
        read_cs_exposures(path)


def test_a_passthrough_file_is_not_looked_for_beside_itself(tmp_path):
    path = save(tmp_path / "J5_passthrough_exposures.cs", make(("ctf/df1_A", "<f4")))
    with pytest.raises(ValueError, match="and 0 files"):
        read_cs_exposures(path)


def change(rows, name, value):
    rows[name][0] = value
    return rows


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("uid", UIDS[1], "a uid twice"),
        ("micrograph_blob/path", b"", "Row 1 has b''"),
        ("micrograph_blob/shape", (4000, 0), "Got 4000 x 0"),
        ("micrograph_blob/shape", (2**31, 5), "Got 2147483648 x 5"),
        ("micrograph_blob/psize_A", 0, r"> 0 angstrom\. Got 0"),
        ("micrograph_blob/psize_A", np.nan, "Got nan"),
    ],
)
def test_a_value_that_cannot_be_is_named(tmp_path, name, value, said):
    path = save(tmp_path / "a.cs", change(make(*BLOB), name, value))
    with pytest.raises(ValueError, match=said):
        read_cs_exposures(path)


def test_a_list_needs_uids(tmp_path):
    path = save(tmp_path / "a.cs", make(*BLOB)[["micrograph_blob/path"]])
    with pytest.raises(ValueError, match="it has no column uid"):
        read_cs_exposures(path)
    with pytest.raises(FileNotFoundError):
        read_cs_exposures(tmp_path / "none.cs")
