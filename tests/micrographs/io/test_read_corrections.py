import json

import pytest

from pusklearn.io import read_corrections


def save(path, **points):
    lists = {"right": [], "wrong": [], "missed": []} | points
    content = {
        "format": "pusklearn corrections",
        "version": 1,
        "micrographs": [{"name": "a"} | lists],
    }
    path.write_text(json.dumps(content))
    return path


def rows(table):
    return table.to_dict("split")["data"]


def test_a_file(tmp_path):
    path = save(tmp_path / "one.json", right=[[1, 2]], missed=[[5, 6]])
    expected = [["a", 1, 2, "right"], ["a", 5, 6, "missed"]]
    assert rows(read_corrections(path)) == expected
    assert rows(read_corrections(str(path))) == expected


def test_several_files_and_patterns_are_joined(tmp_path):
    first = save(tmp_path / "round1.json", right=[[1, 2]])
    second = save(tmp_path / "round2.json", wrong=[[3, 4]])
    expected = [["a", 1, 2, "right"], ["a", 3, 4, "wrong"]]
    assert rows(read_corrections([first, second])) == expected
    assert rows(read_corrections(tmp_path / "round*.json")) == expected


def test_files_must_agree(tmp_path):
    first = save(tmp_path / "round1.json", right=[[1, 2]])
    second = save(tmp_path / "round2.json", wrong=[[1, 2]])
    with pytest.raises(ValueError, match=r"round1.json, .*round2.json do not agree: "):
        read_corrections([first, second])


def test_a_file_of_something_else_is_refused(tmp_path):
    path = tmp_path / "a_info.json"
    path.write_text('{"boxes": []}')
    with pytest.raises(
        ValueError, match=r"a_info.json cannot be read as a file of corr"
    ):
        read_corrections(path)


def test_a_pattern_without_files_is_refused(tmp_path):
    with pytest.raises(ValueError, match="At least 1 file of corrections is needed"):
        read_corrections(tmp_path / "*.json")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_corrections(tmp_path / "corrections.json")


def test_what_is_no_path_is_refused():
    with pytest.raises(TypeError, match="`path` must be a path"):
        read_corrections(3)
