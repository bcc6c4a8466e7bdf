from pathlib import Path

import pytest

from pusklearn.micrographs.io._pick_files import pick_files


@pytest.mark.parametrize(
    ("format", "file"),
    [
        ("box", "a.b.box"),
        ("cbox", "a.b.cbox"),
        ("eman2", "a.b_info.json"),
        ("star", "a.b_autopick.star"),
    ],
)
def test_a_file_is_named_after_its_micrograph(format, file):
    assert pick_files("out", ["Movies/a.b.mrc"], format) == [Path("out", file)]


def test_micrographs_of_one_name_lie_in_their_folders():
    names = ["raw/grid1/Data/a.mrc", "raw/grid2/Data/a.mrc", "raw/grid2/Data/b.mrc"]
    assert pick_files("out", names, "box") == [
        Path("out/grid1/Data/a.box"),
        Path("out/grid2/Data/a.box"),
        Path("out/b.box"),
    ]


@pytest.mark.parametrize("names", [[".a"], ["x/.hid/a.mrc", "x/y/a.mrc"]])
def test_hidden_files_are_refused(names):
    with pytest.raises(ValueError, match=r"begins with a dot is hidden"):
        pick_files("out", names, "box")
