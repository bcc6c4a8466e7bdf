import pandas as pd

from pusklearn.micrographs.io._star_text import star_text

TABLE = pd.DataFrame({"x": [1.5, 30.0], "y": [2.25, 4.0], "score": [-0.5, 7.0]})


def test_a_file_of_one_micrograph_is_as_relion_writes_it():
    assert star_text(TABLE) == (
        "\n# version 30001\n\ndata_\n\nloop_\n"
        "_rlnCoordinateX #1\n"
        "_rlnCoordinateY #2\n"
        "_rlnAutopickFigureOfMerit #3\n"
        "_rlnClassNumber #4\n"
        "_rlnAnglePsi #5\n"
        "1.5 2.25 -0.5 0 0\n"
        "30 4 7 0 0\n\n"
    )


def test_names_follow_the_numbers():
    text = star_text(TABLE[["x", "y"]], ["a.mrc", "b.mrc"])
    assert text[text.index("_rln") :].splitlines() == [
        "_rlnCoordinateX #1",
        "_rlnCoordinateY #2",
        "_rlnMicrographName #3",
        "_rlnClassNumber #4",
        "_rlnAnglePsi #5",
        "1.5 2.25 a.mrc 0 0",
        "30 4 b.mrc 0 0",
        "",
    ]
