import pandas as pd

from pusklearn.micrographs.io._star_text import star_text

TABLE = pd.DataFrame({"x": [1.5, 30.0], "y": [2.25, 4.0], "score": [-0.5, 7.0]})


def lines_of(text):
    """Return what is neither blank nor a comment, with single blanks."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def test_a_file_of_one_micrograph_is_as_relion_writes_it():
    assert lines_of(star_text(TABLE)) == [
        "data_",
        "loop_",
        "_rlnCoordinateX #1",
        "_rlnCoordinateY #2",
        "_rlnAutopickFigureOfMerit #3",
        "_rlnClassNumber #4",
        "_rlnAnglePsi #5",
        "1.5 2.25 -0.5 0 0",
        "30 4 7 0 0",
    ]


def test_names_follow_the_numbers():
    lines = lines_of(star_text(TABLE[["x", "y"]], ["a.mrc", "b.mrc"]))
    assert lines[2:] == [
        "_rlnCoordinateX #1",
        "_rlnCoordinateY #2",
        "_rlnMicrographName #3",
        "_rlnClassNumber #4",
        "_rlnAnglePsi #5",
        "1.5 2.25 a.mrc 0 0",
        "30 4 b.mrc 0 0",
    ]
