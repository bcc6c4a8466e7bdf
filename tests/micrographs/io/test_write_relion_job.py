import os

import pandas as pd

from pusklearn.io import read_coordinates
from pusklearn.micrographs.io._write_relion_job import write_relion_job

NAMES = ["MotionCorr/job002/Movies/a.mrc", "MotionCorr/job002/Movies/grid/b.mrc"]
TABLES = [
    pd.DataFrame([[1.5, 2.25, 0.5], [30.0, 4.0, -7.0]], columns=["x", "y", "score"]),
    pd.DataFrame([[5.0, 6.0, 0.125]], columns=["x", "y", "score"]),
]


def rows_of(file):
    """Return the lines of a STAR file but for blank ones and comments."""
    lines = (" ".join(line.split()) for line in file.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def test_a_job_has_an_index_and_a_file_per_micrograph(tmp_path):
    job = tmp_path / "AutoPick" / "job012"
    write_relion_job(job, TABLES, NAMES, None)
    assert rows_of(job / "autopick.star") == [
        "data_coordinate_files",
        "loop_",
        "_rlnMicrographName #1",
        "_rlnMicrographCoordinates #2",
        f"{NAMES[0]} AutoPick/job012/Movies/a_autopick.star",
        f"{NAMES[1]} AutoPick/job012/Movies/grid/b_autopick.star",
    ]
    assert rows_of(job / "Movies" / "a_autopick.star") == [
        "data_",
        "loop_",
        "_rlnCoordinateX #1",
        "_rlnCoordinateY #2",
        "_rlnAutopickFigureOfMerit #3",
        "_rlnClassNumber #4",
        "_rlnAnglePsi #5",
        "1.5 2.25 0.5 0 0",
        "30 4 -7 0 0",
    ]
    table = read_coordinates(job / "autopick.star")
    assert table["micrograph"].tolist() == [NAMES[0], NAMES[0], NAMES[1]]
    assert table["score"].tolist() == [0.5, -7.0, 0.125]


def test_micrographs_without_picks_have_no_file(tmp_path):
    job = tmp_path / "AutoPick" / "job012"
    write_relion_job(job, TABLES, NAMES, None)
    write_relion_job(job, [TABLES[0], TABLES[1][:0]], NAMES, None)
    assert len(rows_of(job / "autopick.star")) == 5
    assert os.listdir(job / "Movies" / "grid") == []
    write_relion_job(job, [TABLES[0][:0], TABLES[1][:0]], NAMES, None)
    assert rows_of(job / "autopick.star")[1:] == [
        "loop_",
        "_rlnMicrographName #1",
        "_rlnMicrographCoordinates #2",
    ]


def test_the_index_is_put_in_place_last(tmp_path, monkeypatch):
    placed = []
    replace = os.replace
    monkeypatch.setattr(
        os,
        "replace",
        lambda draft, file: (placed.append(file.name), replace(draft, file)),
    )
    write_relion_job(tmp_path / "AutoPick" / "job012", TABLES, NAMES, None)
    assert placed == ["a_autopick.star", "b_autopick.star", "autopick.star"]
