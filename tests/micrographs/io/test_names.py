import numpy as np
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.io._names import (
    check_is_sequence,
    listed_name,
    micrograph_key,
    micrograph_name,
    micrograph_stem,
    path_parts,
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
        ("micrographs/a.hdf", "a"),
        ("a.dm4", "a"),
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
    assert micrograph_name(Micrograph(np.zeros((2, 3)), name="a"), 0) == "a"
    assert micrograph_name("b", 0) == "b"


@pytest.mark.parametrize("name", [None, ""])
def test_a_micrograph_without_a_name_is_refused(name):
    nameless = Micrograph(np.zeros((2, 3)), name=name)
    with pytest.raises(ValueError, match=r"micrograph number 1 is (None|'')"):
        micrograph_name(nameless, 1)


@pytest.mark.parametrize("single", ["a", Micrograph(np.zeros((2, 3)), name="a")])
def test_a_single_micrograph_is_no_sequence(single):
    with pytest.raises(TypeError, match="must be a sequence"):
        check_is_sequence(single)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("a", ["a"]),
        ("raw//x/./a.mrc", ["raw", "x", "a.mrc"]),
        ("//server/a.mrc", ["server", "a.mrc"]),
        (r"C:\x\a.mrc", ["C:", "x", "a.mrc"]),
        ("/", []),
    ],
)
def test_a_path_has_folders_and_a_last_name(name, parts):
    assert path_parts(name) == parts


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("raw/a.tif.mrc", "a"),
        ("a.mrc.mrc.gz", "a"),
        (".mrc", ".mrc"),
        ("", ""),
        ("gru\u0308n.mrc", "gr\u00fcn"),
    ],
)
def test_the_key_of_a_name_is_the_same_for_all_its_forms(name, key):
    assert micrograph_key(name) == key
    assert micrograph_key(key) == key


def test_a_path_is_listed_unless_the_micrograph_was_renamed():
    pixels = np.zeros((2, 3))
    assert listed_name("x/a.mrc", 0) == "x/a.mrc"
    assert listed_name(Micrograph(pixels, name="a"), 0) == "a"
    assert listed_name(Micrograph(pixels, name="a", path="x/a.mrc"), 0) == "x/a.mrc"
    assert listed_name(Micrograph(pixels, name="b", path="x/a.mrc"), 0) == "b"
    assert listed_name(Micrograph(pixels, path="x/a.mrc"), 0) == "x/a.mrc"
    with pytest.raises(ValueError, match="micrograph number 3 is None"):
        listed_name(Micrograph(pixels), 3)
