import numpy as np
import pandas as pd
import pytest
import starfile
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pusklearn.micrographs.io import _star as star
from pusklearn.micrographs.io._star import read_tables

TEXT = """
data_optics

_rlnOpticsGroup 1
_rlnVoltage 300.0

data_particles

loop_
_rlnMicrographName #1
_rlnCoordinateX #2
007 1.5
a 2
"""


@pytest.fixture
def read(tmp_path):
    """Write the text of a STAR file and read its tables."""

    def write_and_read(text, columns=None):
        path = tmp_path / "a.star"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_tables(path, columns)

    return write_and_read


def rows(table):
    return table.to_numpy().tolist()


LOOP = "data_particles\n\nloop_\n_rlnMicrographName #1\n_x #2\n_y #3\n"
LIST = "data_micrographs\n\nloop_\n_rlnMicrographName #1\n"


def test_every_block_is_a_table_of_text_that_knows_its_lines(read):
    optics, particles = read(TEXT)
    assert optics.to_dict("list") == {"rlnOpticsGroup": ["1"], "rlnVoltage": ["300.0"]}
    assert particles["rlnMicrographName"].tolist() == ["007", "a"]
    assert particles["rlnCoordinateX"].tolist() == ["1.5", "2"]
    assert optics.index.tolist() == [4]
    assert particles.index.tolist() == [12, 13]
    assert particles.index.name == "line"


def test_only_the_columns_that_are_asked_for_are_kept(read):
    optics, particles = read(TEXT, ["rlnCoordinateX", "rlnVoltage"])
    assert list(optics) == ["rlnVoltage"]
    assert list(particles) == ["rlnCoordinateX"]
    assert particles.attrs["columns"] == ("rlnMicrographName", "rlnCoordinateX")


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("a.mrc 1 2", ["a.mrc", "1", "2"]),
        ("  a.mrc\t1   2 \t", ["a.mrc", "1", "2"]),
        ("a.mrc 1 2 # by hand", ["a.mrc", "1", "2"]),
        ("a#1.mrc 1 2", ["a#1.mrc", "1", "2"]),
        ("data_001.mrc 1 2", ["data_001.mrc", "1", "2"]),
        ("_x.mrc 1 2", ["_x.mrc", "1", "2"]),
        ("loop_.mrc 1 2", ["loop_.mrc", "1", "2"]),
        (";a.mrc 1 2", [";a.mrc", "1", "2"]),
        ("'my grid.mrc' 1 2", ["my grid.mrc", "1", "2"]),
        ('"my grid.mrc" 1 2', ["my grid.mrc", "1", "2"]),
        ('"it\'s.mrc" 1 2', ["it's.mrc", "1", "2"]),
        ("'' 1 2", ["", "1", "2"]),
        ("'a.mrc 1 2", ["'a.mrc", "1", "2"]),
        ("it's.mrc 1 2", ["it's.mrc", "1", "2"]),
        ("'it's a.mrc' 1 2", ["it's a.mrc", "1", "2"]),
        ("nan 1 2", ["nan", "1", "2"]),
        ("001 1e5 NA", ["001", "1e5", "NA"]),
        ("grün.mrc 1 2", ["grün.mrc", "1", "2"]),
        ("a\u00a0b\u2028c.mrc 1 2", ["a\u00a0b\u2028c.mrc", "1", "2"]),
    ],
)
def test_values_of_a_row(read, row, values):
    others = ["b.mrc", "3", "4"], ["c.mrc", "5", "6"]
    [table] = read(f"{LOOP}b.mrc 3 4\n{row}\nc.mrc 5 6\n")
    assert rows(table) == [others[0], values, others[1]]
    # It may be the first row, and the last line may have no end.
    [table] = read(f"{LOOP}{row}")
    assert rows(table) == [values]


@pytest.mark.parametrize(
    "end", ["\r\n", "\r", "\n\n", "\n \t\n", "\n# note\n", "\n##\n"]
)
def test_lines_may_end_in_every_way(read, end):
    [table] = read((LOOP + "a 1 2\nb 3 4\n").replace("\n", end).encode())
    assert rows(table) == [["a", "1", "2"], ["b", "3", "4"]]


def test_a_byte_order_mark_is_no_text(read):
    [table] = read(b"\xef\xbb\xbf" + LOOP.encode() + b"a 1 2\n")
    assert rows(table) == [["a", "1", "2"]]


def test_no_row_is_lost_if_blocks_have_one_name_or_a_block_two_loops(read):
    first, second = read(LOOP + "a 1 2\n" + LOOP + "b 3 4\nc 5 6\n")
    assert (len(first), len(second)) == (1, 2)
    first, second = read(LOOP + "a 1 2\n\nloop_\n_x #1\n_y #2\n3 4\n5 6\n")
    assert (len(first), len(second)) == (1, 2)


@pytest.mark.parametrize("names", [["data_1.mrc"], ["data_1.mrc", "data_2.mrc", "_x"]])
def test_a_list_of_names_like_blocks_is_a_list(read, names):
    [table] = read(LIST + "\n".join(names))
    assert table["rlnMicrographName"].tolist() == names
    for block in (LOOP + "a 1 2\n", "data_x\n\n_rlnVoltage 300\n"):
        table, _ = read(LIST + "\n".join([*names, block]))
        assert table["rlnMicrographName"].tolist() == names


def test_an_empty_loop_has_its_columns(read):
    first, second = read(LOOP + "\n\n" + LIST + "a\n")
    assert (list(first), len(first)) == (["rlnMicrographName", "x", "y"], 0)
    assert rows(second) == [["a"]]


def test_columns_need_no_numbers(read):
    [table] = read("data_\nloop_\n_x\n_y # vertical\n_z#3\n1 2 3\n")
    assert table.attrs["columns"] == ("x", "y", "z")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LOOP + "a 1 2\nb 3\n", "line 8 has 2 values, but its table has 3 columns"),
        (LOOP + "a 1 2\n\nb 3 4 5\n", "line 9 has 4 values"),
        (LOOP + "'a b.mrc 1 2\n", "line 7 has 4 values.*Is a quote not closed"),
        (LOOP + "#a.mrc 1 2\n", "line 7 may hold a comment or a row.* begins with '#'"),
        (LOOP + "# a.mrc 1 2\n", "line 7 may hold a comment or a row"),
        (LOOP + "a 1 2\n #  3  4 5\n", "line 8 may hold a comment or a row"),
        (LOOP + "a 1 2 # b 3 4\n", "line 7 may hold a comment or a row"),
        (LOOP[:-1] + " a 1 2\nb 3 4\n", "line 6 has numbers behind .* end of a line"),
        (LOOP.replace("_y #3", "y #3") + "a 1 2\n", "line 6 has 1 values"),
        (
            LOOP.replace("_y #3", "_y #2") + "a 1 2\n",
            "line 6 numbers its column 2, aft",
        ),
        (LOOP.replace("_y", "_x") + "a 1 2\n", "line 6 has the column x, which"),
        ("x 1 2\n" + LOOP, "line 1 of a STAR file must stand below a line data_"),
        ("loop_\n_x #1\n1\n", "line 1 of a STAR file must stand below a line data_"),
        ("data_\n_x 1\n_y\n", "line 3 of a STAR file must be loop_, or a name"),
        ("data_\nlopp_\n", "line 2 of a STAR file must be loop_.* Got 'lopp_'"),
        ("data_\nloop_\n" + "a " * 50, r"line 3 is a row .* without columns.*\.\.\.'"),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(read, text, said):
    with pytest.raises(
        ValueError, match=f"a.star cannot be read as a STAR file: {said}"
    ):
        read(text)


def test_comments_within_a_table_are_no_rows(read):
    text = LOOP + "# a b c\na 1 2\n#not used\n#by Ann Bell\nb 3 4\n# 2 of 2 rows\n"
    assert len(read(text)[0]) == 2
    [table] = read(LIST + "a\nb\n\n# version 30001\n# 1 2\n")
    assert len(table) == 2


def test_a_table_has_few_columns(read, monkeypatch):
    monkeypatch.setattr(star, "_MOST_COLUMNS", 2)
    with pytest.raises(ValueError, match="line 6 begins column number 3 of a table"):
        read(LOOP)


WORD = st.text("ab_.'\"# é0", min_size=1, max_size=6)


@settings(max_examples=200, deadline=None)
@given(
    table=st.integers(1, 3).flatmap(
        lambda n: st.lists(st.lists(WORD, min_size=n, max_size=n), max_size=4)
    )
)
def test_whatever_is_quoted_is_read_again(tmp_path_factory, table):
    path = tmp_path_factory.getbasetemp() / "quoted.star"
    columns = [f"c{i}" for i in range(len(table[0]) if table else 1)]

    def quote(value):
        mark = "'" if '" ' in value or value.endswith('"') else '"'
        assume(f"{mark} " not in value and not value.endswith(mark))
        return f"{mark}{value}{mark}"

    lines = [" ".join(map(quote, row)) for row in table]
    header = [f"_{column} #{i + 1}" for i, column in enumerate(columns)]
    path.write_text("\n".join(["data_", "loop_", *header, *lines]), encoding="utf-8")
    [found] = read_tables(path)
    assert rows(found) == table


@settings(max_examples=50, deadline=None)
@given(numbers=st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 2), max_size=5))
def test_what_starfile_writes_is_read(tmp_path_factory, numbers):
    path = tmp_path_factory.getbasetemp() / "written.star"
    frame = pd.DataFrame(numbers, columns=["rlnCoordinateX", "rlnCoordinateY"])
    optics = {"rlnOpticsGroup": 1, "rlnOpticsGroupName": "my group"}
    starfile.write({"optics": optics, "particles": frame}, path, overwrite=True)
    first, second = read_tables(path)
    assert rows(first) == [["1", "my group"]]
    np.testing.assert_allclose(
        second.to_numpy(dtype=float), frame.to_numpy(dtype=float), atol=1e-5
    )
