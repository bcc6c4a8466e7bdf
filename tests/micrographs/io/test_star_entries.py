import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.io._star_entries import star_entries

PIXELS = np.zeros((2, 3))


def test_paths_are_written_as_the_project_lists_them():
    path = "MotionCorr/job002/Movies/GridSquare_1/Data/a.mrc"
    named = Micrograph(PIXELS, name="a", path=path)
    assert star_entries([named, "b"], None) == [path, "b.mrc"]


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("a", "a.mrc"),
        ("May08_03.05.02", "May08_03.05.02.mrc"),
        ("grid1/a", "grid1/a.mrc"),
        ("Movies/a.mrc", "Movies/a.mrc"),
        ("a.tif", "a.tif"),
        ("a.MRC.gz", "a.MRC.gz"),
        (".mrc", ".mrc.mrc"),
        ("/data/a", "/data/a.mrc"),
        ("a\\", "a.mrc"),
    ],
)
def test_a_name_that_ends_like_an_image_is_a_path(name, entry):
    assert star_entries([name], None) == [entry]


def test_the_path_of_a_micrograph_with_another_name_does_not_count():
    renamed = Micrograph(PIXELS, name="b", path="Movies/a.mrc")
    assert star_entries([renamed], None) == ["b.mrc"]


def test_a_pattern_gets_names_with_the_folders_that_differ():
    names = ["raw/grid1/a.mrc", "raw/grid2/a.mrc", "raw/grid2/b.mrc"]
    assert star_entries(names, "MotionCorr/job002/{name}.mrc") == [
        "MotionCorr/job002/grid1/a.mrc",
        "MotionCorr/job002/grid2/a.mrc",
        "MotionCorr/job002/b.mrc",
    ]


@pytest.mark.parametrize(
    "name", ["my grid/a.mrc", "a#1.mrc", "a'.mrc", 'a".mrc', "\x1b/a.mrc", "\udc80/a"]
)
def test_what_relion_cannot_read_is_refused(name):
    with pytest.raises(
        ValueError, match=r"no space, quote or '#'.*or give `star_name`"
    ):
        star_entries([name], None)
    with pytest.raises(ValueError, match=r"`star_name` is 'x \{name\}'"):
        star_entries(["a"], "x {name}")


def test_a_pattern_must_have_a_place_for_the_name():
    with pytest.raises(ValueError, match=r"must contain '\{name\}'.* Got 'a.mrc'"):
        star_entries(["a"], "a.mrc")
