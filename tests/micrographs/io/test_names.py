import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.io._names import (
    distinct_stems,
    micrograph_names,
    micrograph_stem,
)


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("a", "a"),
        ("a.mrc", "a"),
        ("a.MRC", "a"),
        ("a.mrc.gz", "a"),
        ("a.mrc.bz2", "a"),
        ("a.mrcs", "a"),
        ("a.tif", "a"),
        ("a.tiff", "a"),
        ("a.eer", "a"),
        ("a.png", "a"),
        ("a.jpg", "a"),
        ("a.star", "a"),
        ("a.txt", "a"),
        ("a.box", "a"),
        ("MotionCorr/job002/Movies/a.mrc", "a"),
        (r"C:\data\a.mrc", "a"),
        ("May08_03.05.02", "May08_03.05.02"),
        ("raw/May08_03.05.02.mrc", "May08_03.05.02"),
        ("0012.mrc", "0012"),
        ("a.gz", "a.gz"),
        ("amrc", "amrc"),
    ],
)
def test_only_folders_and_known_extensions_go(name, stem):
    assert micrograph_stem(name) == stem


def test_names_come_from_micrographs_and_from_strings():
    micrograph = Micrograph(np.zeros((2, 3)), name="a")
    assert micrograph_names([micrograph, "b"]) == ["a", "b"]


@pytest.mark.parametrize("name", [None, ""])
def test_a_micrograph_without_a_name_is_refused(name):
    nameless = Micrograph(np.zeros((2, 3)), name=name)
    with pytest.raises(ValueError, match=r"micrograph number 1 is (None|'')"):
        micrograph_names(["a", nameless])


@pytest.mark.parametrize("single", ["a", Micrograph(np.zeros((2, 3)), name="a")])
def test_a_single_micrograph_is_no_sequence(single):
    with pytest.raises(TypeError, match="must be a sequence"):
        micrograph_names(single)


def test_two_names_with_one_stem_are_refused():
    with pytest.raises(ValueError, match=r"'x/a.mrc' and 'y/a.mrc' are both 'a'"):
        distinct_stems(["x/a.mrc", "b", "y/a.mrc"], "Micrographs")
