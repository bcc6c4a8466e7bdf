import pytest

from pusklearn.commands._pick_files import check_files
from pusklearn.micrographs.io._listed_file import ListedFile


@pytest.mark.parametrize(
    ("format", "paths", "message"),
    [
        ("star", ["mics/a b.mrc"], "a b.mrc"),
        ("box", [".hidden/a.mrc", "b/a.mrc"], "hidden"),
        ("csv", ["a\tb.mrc"], "control characters"),
        ("relion", ["mics/a b.mrc"], "a b.mrc"),
        ("cs", ["mics/a.mrc"], "1 of 1 have none, such as mics/a.mrc"),
    ],
)
def test_names_that_a_format_cannot_hold_are_refused(tmp_path, format, paths, message):
    with pytest.raises(ValueError, match=message):
        check_files(paths, tmp_path / "out", format)


@pytest.mark.parametrize(
    "format", ["star", "relion", "box", "cbox", "eman2", "csv", "topaz", "cs"]
)
def test_other_names_pass(tmp_path, monkeypatch, format):
    monkeypatch.chdir(tmp_path)
    files = [
        ListedFile(tmp_path / f"{grid}/a.mrc", f"{grid}/a.mrc", uid=number)
        for number, grid in enumerate(["grid1", "grid2"])
    ]
    check_files(files, tmp_path / "out", format)
