import pandas as pd
import pytest

from pusklearn.micrographs.io._star_owners import check_is_of_one, stacks_of


def make_table(**columns):
    return pd.DataFrame({"rlnCoordinateX": ["1", "2"], **columns}, dtype=object)


def test_stacks_stand_for_micrographs():
    table = make_table(rlnImageName=["000001@E/a.mrcs", "2@E/b.mrcs"])
    assert stacks_of(table) == ["E/a.mrcs", "E/b.mrcs"]


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"rlnClassNumber": ["1", "2"]},
        {"rlnMicrographMovieName": ["Movies/a.tiff"] * 2},
        {"rlnCtfImage": ["none", "a.ctf"]},
        {"rlnGroupName": ["<NA>", ""]},
        {"rlnReconstructImageName": ["1@a.mrcs", "2@a.mrcs"]},
    ],
)
def test_other_columns_tell_nothing(columns):
    assert stacks_of(make_table(**columns)) is None


def test_a_column_of_several_names_forbids_to_use_that_of_the_file():
    table = make_table(rlnMicrographMovieName=["Movies/a.tiff", "Movies/b.tiff"])
    with pytest.raises(ValueError, match=r"MovieName has a, b \(2 in all\)\. If these"):
        stacks_of(table)


def test_a_column_that_stands_twice_is_looked_at_twice():
    table = pd.DataFrame([["1", "a"], ["1", "b"]], columns=["id", "id"])
    with pytest.raises(ValueError, match=r"no .* call the column micrograph; else "):
        check_is_of_one(table, "micrograph")


@pytest.mark.parametrize(
    "column", ["rlnMicrographId", "image_number", "mic_id", "tomo"]
)
def test_numbers_of_several_micrographs_forbid_to_use_the_name_of_the_file(column):
    with pytest.raises(ValueError, match=rf"its column {column} has 1, 2 \(2 in all\)"):
        check_is_of_one(make_table(**{column: ["1", "2"]}), "micrograph")
    check_is_of_one(make_table(**{column: ["1", "1"]}), "micrograph")
    check_is_of_one(make_table(rlnImagePixelSize=["1.5", "2"]), "micrograph")


@pytest.mark.parametrize("column", ["number_in_micrograph", "rlnImageId", "dynamic"])
def test_numbers_of_particles_are_none_of_micrographs(column):
    check_is_of_one(make_table(**{column: ["1", "2"]}), "micrograph")
