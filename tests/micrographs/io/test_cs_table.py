import pickle

import numpy as np
import pytest

from pusklearn.micrographs.io._cs_table import cs_numbers, cs_texts, read_cs


def save(path, rows, **options):
    with open(path, "wb") as file:
        np.save(file, rows, **options)
    return path


def make(n=2):
    rows = np.zeros(n, dtype=[("uid", "<u8"), ("a/path", "S20"), ("a/shape", "<i4", 2)])
    rows["a/path"] = ["é.mrc".encode(), b">J1/b.mrc"][:n]
    rows["a/shape"] = (3, 4)
    return rows


@pytest.mark.parametrize("name", ["a.cs", "a.npy", "a"])
def test_rows_are_read_whatever_the_name(tmp_path, name):
    rows = read_cs(save(tmp_path / name, make()))
    assert rows.shape == (2,)
    assert cs_texts(rows, "a/path") == ["é.mrc", "J1/b.mrc"]
    assert cs_numbers(rows, "a/shape", 2).tolist() == [[3, 4], [3, 4]]
    assert cs_numbers(rows, "uid").dtype == np.uint64


def test_a_table_may_have_no_rows(tmp_path):
    rows = read_cs(save(tmp_path / "a.cs", make(0)))
    assert cs_texts(rows, "a/path") == []
    assert cs_numbers(rows, "a/shape", 2).shape == (0, 2)


def test_a_table_may_have_very_many_columns(tmp_path):
    columns = [(f"alignments_class3D_{number}/pose", "<f4", 3) for number in range(900)]
    rows = read_cs(save(tmp_path / "a.cs", np.zeros(3, columns)))
    assert len(rows.dtype.names) == 900


class Trap:
    """What a pickle runs when it is opened."""

    def __reduce__(self):
        return open, ("trap", "w")


@pytest.mark.parametrize("dtype", ["O", [("uid", "<u8"), ("a", "O")]])
def test_python_objects_are_never_opened(tmp_path, monkeypatch, dtype):
    monkeypatch.chdir(tmp_path)
    rows = np.zeros(1, dtype=dtype)
    rows[0] = Trap() if dtype == "O" else (1, Trap())
    path = save(tmp_path / "a.cs", rows, allow_pickle=True)
    with pytest.raises(ValueError, match="Python objects, which are never opened"):
        read_cs(path)
    path.write_bytes(pickle.dumps(Trap()))
    with pytest.raises(ValueError, match="does not begin as one"):
        read_cs(path)
    assert not (tmp_path / "trap").exists()


def test_archives_are_no_tables(tmp_path):
    np.savez(tmp_path / "a.npz", make())
    with pytest.raises(ValueError, match="must be a NumPy array"):
        read_cs(tmp_path / "a.npz")


def test_the_compressed_form_is_named(tmp_path):
    (tmp_path / "a.cs").write_bytes(b"\x94CSDAT" + bytes(50))
    with pytest.raises(ValueError, match=r"compressed form\. Save it as a NumPy array"):
        read_cs(tmp_path / "a.cs")


@pytest.mark.parametrize("rows", [np.zeros((2, 2)), make().reshape(1, 2), np.zeros(3)])
def test_other_arrays_are_no_tables(tmp_path, rows):
    with pytest.raises(ValueError, match="a table with named columns"):
        read_cs(save(tmp_path / "a.cs", rows))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"'descr'", b"descr':"),
        (b"'descr'", b"'desc\\'"),
        (b"'descr'", b"'desc\xe9'"),
        (b"'descr'", b"'d scr'"),
        (b"(2,)", b"(2L)"),
        (b"[(", b"[["),
        (b"{", b"("),
        (b"'shape'", b"'sha\0e'"),
    ],
)
def test_a_damaged_header_brings_an_error_alone(tmp_path, old, new):
    path = save(tmp_path / "a.cs", make())
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    with pytest.raises(ValueError, match="it is damaged or cut short as a NumPy array"):
        read_cs(path)


def test_columns_of_strange_names_are_damaged(tmp_path):
    rows = np.zeros(2, [("uid", "<u8"), ("pick_stats/ncc score", "<f4")])
    with pytest.raises(
        ValueError, match=r"it is damaged: no column .* 'pick_stats/ncc"
    ):
        read_cs(save(tmp_path / "a.cs", rows))


def test_a_cut_or_longer_file_is_damaged(tmp_path):
    path = save(tmp_path / "a.cs", make())
    whole = path.read_bytes()
    for length in (8, 40, 130, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(ValueError, match="damaged or cut short"):
            read_cs(path)
    path.write_bytes(whole + b"123")
    with pytest.raises(ValueError, match="3 bytes behind its 2 rows"):
        read_cs(path)


@pytest.mark.parametrize(
    ("name", "n_values", "said"),
    [
        ("a/path", None, r"a/path must hold 1 number\(s\)"),
        ("a/shape", None, r"a/shape must hold 1 .* shape \(2,\)"),
        ("uid", 2, "uid must hold 2 integer"),
        ("a/uid", None, r"a/uid must hold 1 integer\(s\) .* It has type float64"),
        ("b/uid", None, "b/uid must hold no negative numbers"),
        ("a/size", None, "a/size must have their lowest byte first"),
    ],
)
def test_columns_must_hold_numbers(name, n_values, said):
    more = [*make().dtype.descr, ("a/uid", "<f8"), ("b/uid", "<i8"), ("a/size", ">f4")]
    rows = np.zeros(2, more)
    rows["b/uid"][1] = -1
    with pytest.raises(ValueError, match=said):
        cs_numbers(rows, name, n_values)
    rows["b/uid"] = 7
    assert cs_numbers(rows, "b/uid").tolist() == [7, 7]


@pytest.mark.parametrize("value", [b"", b">", b"\xff.mrc", b"a\tb"])
def test_columns_must_hold_texts(value):
    rows = make()
    rows["a/path"][1] = value
    with pytest.raises(ValueError, match=r"a/path must have a text .* Row 2 has"):
        cs_texts(rows, "a/path")
    with pytest.raises(ValueError, match="a/shape must hold texts"):
        cs_texts(rows, "a/shape")
