import numpy as np
import pandas as pd
import pytest

from pusklearn import Micrograph
from pusklearn.io import read_coordinates
from pusklearn.micrographs.io._write_table import write_table

TABLE = pd.DataFrame(
    {
        "micrograph": ["Movies/b.mrc", "Movies/a.mrc", "Movies/b.mrc"],
        "x": [1.5, 2.0, 30.0],
        "y": [4.25, 5.0, 6.0],
        "score": [0.5, -0.5, 9.0],
    }
)


@pytest.mark.parametrize(
    ("target", "format"),
    [
        ("picks.csv", "auto"),
        ("picks.txt", "auto"),
        ("picks.star", "auto"),
        ("boxes", "cbox"),
    ],
)
def test_a_table_is_written_and_read_again(tmp_path, target, format):
    path = tmp_path / target
    write_table(path, TABLE, format, box_size=20)
    table = read_coordinates(path).sort_values("score")
    np.testing.assert_allclose(
        table[["x", "y", "score"]], TABLE.sort_values("score")[["x", "y", "score"]]
    )
    assert [
        name[-5:].strip("s/").removesuffix(".mrc") for name in table["micrograph"]
    ] == [*"abb"]


def test_names_of_a_star_file_keep_their_folders(tmp_path):
    write_table(tmp_path / "picks.star", TABLE)
    names = read_coordinates(tmp_path / "picks.star")["micrograph"]
    assert names.tolist() == ["Movies/b.mrc", "Movies/b.mrc", "Movies/a.mrc"]


def test_a_job_of_relion_is_written_from_names_alone(tmp_path):
    job = tmp_path / "AutoPick" / "job012"
    write_table(job, TABLE, "relion")
    table = read_coordinates(job / "autopick.star")
    assert table["micrograph"].tolist() == [
        "Movies/b.mrc",
        "Movies/b.mrc",
        "Movies/a.mrc",
    ]


def test_rows_go_to_micrographs(tmp_path):
    micrographs = [
        Micrograph(np.zeros((9, 40)), name=name, pixel_size=2.0) for name in ("a", "b")
    ]
    write_table(
        tmp_path / "boxes", TABLE, "box", micrographs=micrographs, box_size="8A"
    )
    assert (tmp_path / "boxes" / "a.box").read_text() == "0\t3\t4\t4\n"
    with pytest.raises(ValueError, match="must be given, not names"):
        write_table(tmp_path / "boxes", TABLE, "box", box_size="8A")


def test_an_empty_table_names_no_micrograph(tmp_path):
    with pytest.raises(ValueError, match="`micrographs` must be given"):
        write_table(tmp_path / "picks.csv", TABLE[:0])
    write_table(tmp_path / "picks.csv", TABLE[:0], micrographs=["a"])
    assert len(read_coordinates(tmp_path / "picks.csv")) == 0


def test_one_name_may_not_be_that_of_two_micrographs(tmp_path):
    table = TABLE.assign(micrograph=["b.mrc", "grid1/b.mrc", "b.mrc"])
    with pytest.raises(ValueError, match=r"may be either|either may be"):
        write_table(tmp_path / "picks.csv", table)
