import pytest

from pusklearn.micrographs.io._column_names import check_spelling, find_columns

WANTED = ["x", "y", "score", "micrograph"]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["x", "id", "y"], {0: "x", 2: "y"}),
        (["Y", "X", "Micrograph"], {0: "y", 1: "x", 2: "micrograph"}),
        (["X", "x"], {1: "x"}),
        (["x", "x"], {0: "x", 1: "x"}),
        (["z", "w"], {}),
        (["scoring", "micrograph", "scores2"], {1: "micrograph"}),
        (["score", "scores", "scorf"], {0: "score"}),
    ],
)
def test_columns_are_found_by_name(names, found):
    assert find_columns(names, WANTED) == found


@pytest.mark.parametrize(
    "name", ["scorf", "scor", "scores", "score_", "xscore", "sore"]
)
def test_a_misspelt_column_is_an_error(name):
    with pytest.raises(ValueError, match=f"'{name}' seems to be a misspelt 'score'"):
        find_columns(["x", name], WANTED)
    with pytest.raises(ValueError, match="misspelt"):
        check_spelling(["x", name], WANTED)


@pytest.mark.parametrize("name", ["rlnAutop", "rlnAutopickFigureOf", "rlnCoordin"])
def test_a_column_whose_name_is_cut_off_is_an_error(name):
    wanted = ["rlnCoordinateX", "rlnAutopickFigureOfMerit"]
    with pytest.raises(ValueError, match=f"'{name}' seems to be a misspelt 'rln"):
        check_spelling([name], wanted)


def test_short_words_are_no_names_that_are_cut_off():
    check_spelling(["image", "micro"], ["image_name", "micrograph"])


def test_names_that_are_looked_for_are_not_misspelt():
    check_spelling(["rlnOriginX"], ["rlnOriginX", "rlnOriginY"])
