import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.io import coordinates_for, read_coordinates
from pusklearn.micrographs.io._corrections_file import (
    is_corrections,
    read_corrections_file,
)

# As a browser saves it: on one line, with whole numbers where it can.
TEXT = (
    '{"format":"pusklearn corrections","version":1,'
    '"created":"2026-11-30T16:00:00.000Z","picker":{"threshold":0},"diameter":45.5,'
    '"micrographs":['
    '{"name":"b","path":"Movies/b.mrc","uid":"013864605955862944880",'
    '"right":[[100.5,20.25],[7,8]],"wrong":[[300,4]],"missed":[[-0.5,0]]},'
    '{"name":"a \\u00e9","path":null,"uid":null,"right":[],"wrong":[[1,2]],'
    '"missed":[]}]}'
)


def entry(**changes):
    lists = {"right": [], "wrong": [], "missed": []}
    return {"name": "a", "path": None, "uid": None} | lists | changes


def content(*entries, **changes):
    head = {"format": "pusklearn corrections", "version": 1}
    return head | {"micrographs": list(entries)} | changes


def save(folder, content):
    text = content if isinstance(content, str) else json.dumps(content)
    path = folder / "corrections.json"
    path.write_text(text, encoding="utf-8")
    return path


def rows(table):
    return table.to_dict("split")["data"]


def test_every_verdict_is_read(tmp_path):
    table = read_corrections_file(save(tmp_path, TEXT))
    assert list(table) == ["micrograph", "x", "y", "verdict", "uid"]
    assert rows(table.drop(columns="uid")) == [
        ["Movies/b.mrc", 100.5, 20.25, "right"],
        ["Movies/b.mrc", 7, 8, "right"],
        ["Movies/b.mrc", 300, 4, "wrong"],
        ["Movies/b.mrc", -0.5, 0, "missed"],
        ["a é", 1, 2, "wrong"],
    ]
    assert table["x"].dtype == table["y"].dtype == float
    assert table["uid"].dtype == "UInt64"
    assert table["uid"].fillna(0).tolist() == [13864605955862944880] * 4 + [0]


def test_coordinates_are_what_is_right_or_missed(tmp_path):
    table = read_coordinates(save(tmp_path, TEXT))
    assert list(table) == ["micrograph", "x", "y", "uid"]
    assert rows(table[["x", "y"]]) == [[100.5, 20.25], [7, 8], [-0.5, 0]]
    assert table["micrograph"].tolist() == ["Movies/b.mrc"] * 3


def test_coordinates_join_those_of_other_files(tmp_path):
    clicks = tmp_path / "clicks.csv"
    clicks.write_text("micrograph,x,y,score\nMovies/b.mrc,1,2,0.5\n")
    table = read_coordinates([clicks, save(tmp_path, TEXT)])
    assert table["x"].tolist() == [1, 100.5, 7, -0.5]
    [points] = coordinates_for(table, ["b"])
    assert len(points) == 4


def test_the_name_of_the_file_does_not_matter(tmp_path):
    path = tmp_path / "corrections.json.txt"
    path.write_bytes(b"\xef\xbb\xbf \n" + TEXT.encode())
    assert is_corrections(path)
    assert len(read_coordinates(path)) == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a_info.json", '{"boxes": [[1, 2, "manual"]]}'),
        ("a.box", "1 2 3 3\n"),
        ("a.csv", "x,y\n1,2\n"),
    ],
)
def test_other_files_are_none_of_corrections(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    assert not is_corrections(path)
    assert len(read_coordinates(path)) == 1


def test_a_file_may_have_no_points(tmp_path):
    for entries in ([], [entry()]):
        path = save(tmp_path, content(*entries))
        assert read_corrections_file(path).shape == (0, 4)
        assert read_coordinates(path).shape == (0, 3)


def test_the_path_of_a_micrograph_counts_unless_it_has_been_renamed(tmp_path):
    names = [
        entry(name="a", path="grid1/a.mrc", right=[[1, 1]]),
        entry(name="a", path="grid2/a.mrc", right=[[2, 2]]),
        entry(name="new", path="grid1/old.mrc", right=[[3, 3]]),
    ]
    table = read_corrections_file(save(tmp_path, content(*names)))
    assert table["micrograph"].tolist() == ["grid1/a.mrc", "grid2/a.mrc", "new"]


def test_path_and_uid_may_be_missing(tmp_path):
    bare = {"name": "a", "right": [[1, 2]], "wrong": [], "missed": []}
    table = read_corrections_file(save(tmp_path, content(bare)))
    assert rows(table) == [["a", 1, 2, "right"]]


@given(n_left=st.integers(0, len(TEXT) - 1))
def test_no_file_that_is_cut_short_is_read(tmp_path_factory, n_left):
    path = save(tmp_path_factory.mktemp("cut"), TEXT[:n_left])
    with pytest.raises(ValueError, match=r"cut short|line 1 column"):
        read_corrections_file(path)


def test_a_file_that_ends_within_a_name_is_cut_short(tmp_path):
    path = save(tmp_path, '{"format": "pusklearn corrections", "micrographs": [{"na')
    with pytest.raises(ValueError, match=r"corrections.json .* it is cut short"):
        read_coordinates(path)


def test_it_is_said_that_a_file_is_cut_short(tmp_path):
    path = save(tmp_path, TEXT[:-30])
    with pytest.raises(ValueError, match=r"corrections.json .* it is cut short"):
        read_coordinates(path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ([], "`format` must be 'pusklearn corrections', .* It is None"),
        ({"format": "RELION"}, "It is 'RELION'"),
        (content(version=2), "`version` must be 1, .* It is 2. Was it saved by"),
        (content(version=True), "`version` must be 1"),
        (content(version="1"), "`version` must be 1, .* It is '1'"),
        (content(diameter="45"), "`diameter` must be .* It is '45'"),
        (content(diameter=0), "`diameter` must be"),
        (content(micrographs={}), r"`micrographs` must be a list .* It is {}"),
        (content(micrographs=None), "`micrographs` must be a list .* It is None"),
        (content("a"), "micrograph number 1 must be an object .* It is 'a'"),
        (content(entry(name=None)), "`name` of its micrograph number 1 .* It is None"),
        (content(entry(), entry(name=" ")), "`name` of its micrograph number 2"),
        (content(entry(path=7)), "`path` .* must be a text, or null. It is 7"),
        (content(entry(path="")), "`path` of its micrograph number 1 must be"),
        (content(entry(uid=7)), "`uid` of its micrograph 'a' .* It is 7"),
        (content(entry(uid="1e5")), "`uid` .* It is '1e5'"),
        (content(entry(uid=str(2**64))), "`uid` .* must be a text of digits"),
        (content(entry(wrong=None)), "'a' must have a list `wrong`, .* It is None"),
        (content(entry(missed={"x": 1})), "'a' must have a list `missed`"),
        (content(entry(right=[[1, 2], 3])), "'a', entry 2 of `right` is none: 3"),
        (content(entry(wrong=[[1, 2, 3]])), r"entry 1 of `wrong` is none: \[1, 2, 3\]"),
        (content(entry(missed=[[1, "2"]])), r"`missed` has something else: \[1, '2'\]"),
        (content(entry(right=[[1, True]])), "`right` has something else"),
        (content(entry(right=[[1, float("nan")]])), r"something else: \[1, nan\]"),
        (content(entry(right=[[float("inf"), 1]])), "something else"),
        (content(entry(right=[[1, -3]])), r"entry 1 of `right` is outside: \[1, -3\]"),
        (content(entry(), entry()), "'a' has two, those with the numbers 1 and 2"),
        (
            content(entry(right=[[5, 5], [1, 2]], wrong=[[9, 9], [1.2, 2]])),
            r"'a', x = 1, y = 2 is both right \(entry 2 of `right`\) and wrong \(entry "
            r"2 of `wrong`\)",
        ),
        (content(entry(missed=[[1, 2]], wrong=[[1, 2]])), "both missed .* and wrong"),
        (TEXT.replace('"wrong"', '"right"'), "a key twice"),
    ],
)
def test_wrong_files_are_refused(tmp_path, content, said):
    with pytest.raises(ValueError, match=said):
        read_corrections_file(save(tmp_path, content))


def test_a_wrong_pick_may_lie_beside_a_missed_particle(tmp_path):
    path = save(tmp_path, content(entry(missed=[[10, 10]], wrong=[[10.5, 10]])))
    assert len(read_corrections_file(path)) == 2


POINTS = st.lists(st.tuples(*[st.floats(0, 1e4)] * 2), max_size=4)


@given(right=POINTS, wrong=POINTS, missed=POINTS)
def test_points_come_back_unless_one_is_both(tmp_path_factory, right, wrong, missed):
    points = {"right": right, "wrong": wrong, "missed": missed}
    path = save(tmp_path_factory.mktemp("points"), content(entry(**points)))
    good = np.array(right + missed).reshape(-1, 1, 2)
    distance = np.linalg.norm(good - np.array(wrong).reshape(1, -1, 2), axis=2)
    if (distance < 0.5).any():
        with pytest.raises(ValueError, match="must have one verdict"):
            read_corrections_file(path)
        return
    table = read_corrections_file(path)
    for verdict, some in points.items():
        found = table.loc[table["verdict"] == verdict, ["x", "y"]]
        assert list(map(tuple, found.to_numpy())) == some
