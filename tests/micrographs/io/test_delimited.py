import pytest

from pusklearn.micrographs.io import _delimited as delimited
from pusklearn.micrographs.io._delimited import read_delimited


@pytest.fixture
def read(tmp_path):
    """Write the text of a table and read its columns name, x and y."""

    def write_and_read(text):
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8", newline="")
        return read_delimited(path, ["name", "x", "y"])

    return write_and_read


def rows(table):
    return table.to_numpy().tolist()


@pytest.mark.parametrize("separator", [",", "\t"])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("a", "a"),
        (" a b ", "a b"),
        ('" a b "', " a b "),
        ('"a"', "a"),
        ('"a ""b"""', 'a "b"'),
        ('"a', '"a'),
        ('a"', 'a"'),
        ('"a"b', '"a"b'),
        ("'a", "'a"),
        ("#a", "#a"),
        ("a;b", "a;b"),
        ("grün\u2028", "grün\u2028"),
        ("nan", "nan"),
        ("007", "007"),
    ],
)
def test_values_of_a_row(read, separator, field, value):
    lines = ["name,x,y", f"{field},1,2", "b,3,4", f"{field},5,6"]
    table = read("\n".join(lines).replace(",", separator))
    assert rows(table) == [[value, "1", "2"], ["b", "3", "4"], [value, "5", "6"]]
    assert table.index.tolist() == [2, 3, 4]


def test_quoted_values_may_hold_the_separator(read):
    assert rows(read('name,x,y\n"a,b",1,2\n')) == [["a,b", "1", "2"]]


def test_lines_before_the_header_and_empty_rows_are_left_out(read):
    table = read("# by hand\r\n\r\nname,x,y\r\n\r\na,1,2\r\n,,\r\n")
    assert rows(table) == [["a", "1", "2"]]
    assert table.index.tolist() == [5]


def test_other_columns_are_left_out_and_known(read):
    table = read("id,name,y,x,\n1,a,2,3,\n2,b,4,5\n")
    assert list(table) == ["name", "y", "x"]
    assert rows(table) == [["a", "2", "3"], ["b", "4", "5"]]
    assert table.attrs["columns"] == ("id", "name", "y", "x")


def test_a_column_that_stands_twice_is_kept_twice(read):
    assert list(read("name,x,x,y\na,1,2,3\n")) == ["name", "x", "x", "y"]


def test_none_of_the_columns_is_a_table_without_columns(read):
    assert read("a,b\n1,2\n").shape == (1, 0)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must begin with a header"),
        ("# only\n\n", "must begin with a header"),
        ("name,x,y\na,1,2\na,1,2,3\n", "line 3 has 4 values, but the header names 3"),
        ("name,x,y\na,1,2\nname,x,y\nb,1,2\n", "line 3 repeats the header, .* joined"),
        ("name,x,y,note\na,1,2\nb,3,4", "line 2 has 3 values, but the header names 4"),
        ('name,x,y\n"a,1,2\n",3,4,5\n', "line 3 has 4 values"),
        ("\n# version 30001\n\ndata_\n\nloop_\n", r"line 4 is 'data_', as a STAR file"),
        ("name;x;y\na;1,5;2,5\n", "names 1 column. Only tabs and commas separate"),
    ],
)
def test_what_cannot_be_understood_is_named(read, text, said):
    with pytest.raises(ValueError, match=said):
        read(text)


def test_a_table_has_few_columns(read, monkeypatch):
    monkeypatch.setattr(delimited, "_MOST_COLUMNS", 3)
    with pytest.raises(ValueError, match="line 1 has 4 columns"):
        read("name,x,y,z\n")
