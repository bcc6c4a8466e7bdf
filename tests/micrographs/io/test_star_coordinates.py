import numpy as np
import pytest

from pusklearn.io import read_coordinates

CLICKS = """

# version 30001

data_

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnParticleSelectionType #3
_rlnAnglePsi #4
_rlnAutopickFigureOfMerit #5
 1011.234568   345.679012            2   -999.00000   -999.00000
    7.000000     8.500000            2   -999.00000     0.734000


"""
# pyem writes like this: blanks at the ends of names, no blanks before rows.
PYEM = """
data_images

loop_
_rlnImageName #1
_rlnMicrographName #2
_rlnCoordinateX #3
_rlnCoordinateY #4
_ucsfUid #5
_ucsfParticleSymmetryIndex #6
_rlnOriginX #7
_rlnOriginY #8
000001@J5/extract/a_particles.mrcs J2/motioncorrected/000123456789012345678_a.mrc 10.0 20.5 7 0 0.0 0.0
000002@J5/extract/a_particles.mrcs J2/motioncorrected/000123456789012345678_a.mrc 30.0 40.0 8 0 0.0 0.0
"""  # noqa: E501


def read(folder, text, name="Movies_a_manualpick.star"):
    path = folder / name
    path.write_bytes(text.encode())
    return read_coordinates(path)


def test_clicks_are_named_after_their_file_and_have_no_score(tmp_path):
    table = read(tmp_path, CLICKS)
    assert table["micrograph"].tolist() == ["Movies_a", "Movies_a"]
    assert table[["x", "y"]].to_numpy().tolist() == [
        [1011.234568, 345.679012],
        [7, 8.5],
    ]
    np.testing.assert_array_equal(table["score"], [np.nan, 0.734])


@pytest.mark.parametrize(
    "change",
    [
        ("\n", "\r\n"),
        (" #1", ""),
        ("\n\n", "\n"),
        ("data_\n", "data_particles\n"),
        ("# version 30001", "# version 50001"),
        ("loop_\n", "loop_ \n"),
        ("_rlnCoordinateX #1\n", "_rlnCoordinateX #1 \n"),
        (" 1011", '"1011'),
    ],
    ids=["CRLF", "number", "blank", "name", "RELION 5", "loop", "column", "quote"],
)
def test_the_same_file_as_other_programs_write_it(tmp_path, change):
    text = CLICKS.replace(*change)
    if change[0] == " #1":
        text = "\n".join(line.split(" #")[0] for line in text.split("\n"))
    if change[1] == '"1011':
        text = text.replace("34568 ", '34568" ')
    assert read(tmp_path, text).equals(read(tmp_path, CLICKS))


def test_a_file_of_pyem(tmp_path):
    table = read(tmp_path, PYEM, "from_csparc.star")
    assert list(table) == ["micrograph", "x", "y"]
    assert table["micrograph"].str.endswith("/000123456789012345678_a.mrc").all()
    assert table[["x", "y"]].to_numpy().tolist() == [[10, 20.5], [30, 40]]


def test_only_minus_999_and_minus_9999_of_relion_are_no_score(tmp_path):
    text = "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n"
    text += "_rlnAutopickFigureOfMerit #3\n1 2 -998.9\n1 2 -9999.0\n1 2 999\n"
    table = read(tmp_path, text)
    np.testing.assert_array_equal(table["score"], [-998.9, np.nan, 999])
    table = read(tmp_path, "micrograph,x,y,score\na,1,2,-999\n", "a.csv")
    assert table["score"].tolist() == [-999]


@pytest.mark.parametrize(
    "column",
    [
        "rlnCenteredCoordinateXAngst",
        "rlnTomoName",
        "rlnTomoParticleName",
        "rlnCoordinateZ",
    ],
)
def test_particles_of_tomograms_are_refused(tmp_path, column):
    """RELION 5 measures their coordinates from the centre of the tomogram."""
    text = f"data_particles\n\nloop_\n_{column} #1\n_rlnCoordinateX #2\n"
    with pytest.raises(ValueError, match=rf"column {column} tells .* tomogram"):
        read(tmp_path, text + "_rlnCoordinateY #3\n1 2 3\n")


def test_a_list_of_micrographs_has_no_coordinates(tmp_path):
    text = "data_micrographs\n\nloop_\n_rlnMicrographName #1\na.mrc\n"
    with pytest.raises(ValueError, match=r"Got 0; .* A list of micrographs stands"):
        read(tmp_path, text, "micrographs_ctf.star")


@pytest.mark.parametrize(
    ("name", "micrograph"),
    [
        ("a_automatch.star", "a"),
        ("a_autopick.star", "a"),
        ("a_pick.star", "a"),
        ("a_automatcher.star", "a_automatcher"),
    ],
)
def test_endings_of_the_names_of_files(tmp_path, name, micrograph):
    assert set(read(tmp_path, CLICKS, name)["micrograph"]) == {micrograph}
