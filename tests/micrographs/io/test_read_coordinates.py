import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from pusklearn.io import read_coordinates

STAR_30 = """
data_

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnMicrographName #3
_rlnAutopickFigureOfMerit #4
  100.500000     20.250000 Movies/0012.mrc    0.750000
  300.000000      4.000000 Movies/b.mrc      -1.500000

"""
STAR_OF_ONE = """
data_

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnClassNumber #3
_rlnAnglePsi #4
_rlnAutopickFigureOfMerit #5
 100.5  20.25  0  0.0  0.75
"""
INDEX = """
# version 30001

data_coordinate_files

loop_
_rlnMicrographName #1
_rlnMicrographCoordinates #2
Movies/0012.mrc ManualPick/job004/Movies/0012_manualpick.star
Movies/b.mrc    ManualPick/job004/Movies/b_manualpick.star
"""


def write(path, text):
    path.write_text(text)
    return path


def rows(table):
    return table.to_dict("split")["data"]


def check_types(table, columns):
    assert list(table.columns) == columns
    assert all(isinstance(name, str) for name in table["micrograph"])
    assert (table.dtypes[columns[1:]] == np.float64).all()
    assert list(table.index) == list(range(len(table)))


def test_a_folder_is_read_file_by_file(tmp_path):
    write(tmp_path / "b_autopick.star", STAR_OF_ONE)
    write(tmp_path / "a_autopick.star", STAR_OF_ONE.replace("100.5", "7"))
    write(tmp_path / ".c_autopick.star", "a hidden file")
    write(tmp_path / "notes.txt", "no coordinates")
    table = read_coordinates(tmp_path)
    check_types(table, ["micrograph", "x", "y", "score"])
    assert rows(table) == [["a", 7, 20.25, 0.75], ["b", 100.5, 20.25, 0.75]]


def test_several_files_are_read_in_their_order(tmp_path):
    star = write(tmp_path / "b.star", STAR_OF_ONE)
    box = write(tmp_path / "a.box", "0 0 4 2\n")
    table = read_coordinates([star, str(box)])
    assert table["micrograph"].tolist() == ["b", "a"]
    assert table["x"].tolist() == [100.5, 2]
    assert table["score"].tolist() == pytest.approx([0.75, np.nan], nan_ok=True)


def write_job(project):
    """Write what a job of manual picking leaves; return its index."""
    job = project / "ManualPick" / "job004"
    (job / "Movies").mkdir(parents=True)
    write(job / "Movies" / "0012_manualpick.star", STAR_OF_ONE)
    write(job / "Movies" / "b_manualpick.star", "")  # no particles
    return write(job / "manualpick.star", INDEX)


def test_the_index_of_a_relion_job_stands_for_the_files_it_lists(tmp_path, monkeypatch):
    index = write_job(tmp_path)
    found = [["Movies/0012.mrc", 100.5, 20.25, 0.75]]
    table = read_coordinates(index)
    check_types(table, ["micrograph", "x", "y", "score"])
    assert rows(table) == found
    # The nearest folder counts.
    nearer = "job004/ManualPick/job004/Movies/0012_manualpick.star"
    decoy = index.parents[1] / nearer
    decoy.parent.mkdir(parents=True)
    write(decoy, STAR_OF_ONE.replace("100.5", "7"))
    monkeypatch.chdir(index.parent)
    assert rows(read_coordinates("manualpick.star"))[0][1] == 7


def test_an_index_of_one_row_and_an_absolute_path(tmp_path):
    file = write(tmp_path / "007", "micrograph,x,y\nraw,3,4\n")
    for listed in (file, "007"):
        text = f"data_\n\n_rlnMicrographName a\n_rlnMicrographCoordinates {listed}\n"
        assert rows(read_coordinates(write(tmp_path / "i.star", text))) == [["a", 3, 4]]


def test_a_listed_file_must_be_that_of_one_micrograph(tmp_path):
    index = write_job(tmp_path)
    write(index.parent / "Movies" / "b_manualpick.star", STAR_30)
    with pytest.raises(ValueError, match=r"one micrograph for Movies/b.mrc\. .*0012"):
        read_coordinates(index)


def test_a_listed_file_that_is_missing_is_named(tmp_path):
    index = write_job(tmp_path)
    (index.parent / "Movies" / "b_manualpick.star").unlink()
    with pytest.raises(FileNotFoundError, match=r"manualpick.star lists .*b_manual"):
        read_coordinates(index)
    (index.parent / "Movies" / "b_manualpick.star").mkdir()
    with pytest.raises(FileNotFoundError, match=r"manualpick.star lists .*b_manual"):
        read_coordinates(index)


def test_an_index_must_list_coordinates(tmp_path):
    index = write_job(tmp_path)
    write(index, INDEX.replace("Movies/b_manualpick", "manualpick"))
    with pytest.raises(ValueError, match="must have one column for `x`"):
        read_coordinates(index)
    write(index, INDEX[: INDEX.index("Movies")])
    with pytest.raises(ValueError, match=r"manualpick.star lists none"):
        read_coordinates(index)
    write(index, INDEX.replace("Movies/b.mrc ", '""'))
    with pytest.raises(ValueError, match="must not have gaps"):
        read_coordinates(index)


def test_a_pattern_is_read_file_by_file(tmp_path):
    for folder, name in [("2", "a"), ("1", "c[0]"), ("1", "b"), ("1/3", "d")]:
        (tmp_path / folder).mkdir(exist_ok=True)
        write(tmp_path / folder / f"{name}_autopick.star", STAR_OF_ONE)
    (tmp_path / "1" / "z_autopick.star").mkdir()
    table = read_coordinates(tmp_path / "*" / "*_autopick.star")
    assert table["micrograph"].tolist() == ["b", "c[0]", "a"]
    assert len(read_coordinates(f"{tmp_path}/**/d*.star")) == 1
    assert len(read_coordinates(tmp_path / "1" / "c[0]_autopick.star")) == 1
    with pytest.raises(ValueError, match=r"Found none in .*/\*.box"):
        read_coordinates(tmp_path / "*.box")


def test_two_files_found_for_one_micrograph_are_refused(tmp_path):
    files = [
        write(tmp_path / name, STAR_OF_ONE)
        for name in ("a_autopick.star", "a_manualpick.star")
    ]
    for path in (tmp_path, tmp_path / "*.star"):
        with pytest.raises(
            ValueError, match=r"in .* may hold the same .* both hold 'a'"
        ):
            read_coordinates(path)
    assert len(read_coordinates(files)) == 2


def test_nothing_to_read_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="Found none in"):
        read_coordinates(tmp_path)
    with pytest.raises(ValueError, match=r"Found none in \[\]"):
        read_coordinates([])


@pytest.mark.parametrize("name", ["a.txt", "a.csv", "a.star", "a.box"])
def test_a_missing_file_is_not_found(tmp_path, name):
    with pytest.raises(FileNotFoundError):
        read_coordinates(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "n_particles"),
    [("empiar-10017", 7799), ("empiar-10146", 1643), ("empiar-10025", 283)],
)
def test_real_coordinates(data_dir, name, n_particles):
    path = data_dir / name / "particles.txt"
    table = read_coordinates(path)
    check_types(table, ["micrograph", "x", "y"])
    assert len(table) == n_particles

    [_, first, *_] = Path(path).read_text().splitlines()
    micrograph, x, y = first.split("\t")
    assert rows(table.head(1)) == [[micrograph, float(x), float(y)]]
    assert pd.unique(table["micrograph"]).tolist()[0] == micrograph


def test_shifts_of_an_alignment_are_told_and_not_applied(tmp_path):
    text = (
        "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n"
        "_rlnOriginXAngst #3\n_rlnOriginYAngst #4\n10 20 {} 0\n30 40 0 0\n"
    )
    with pytest.warns(UserWarning, match=r"without the shifts .*a\.star \(1 in all\)"):
        table = read_coordinates(write(tmp_path / "a.star", text.format(12)))
    assert table["x"].tolist() == [10, 30]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_coordinates(write(tmp_path / "b.star", text.format(0)))
        read_coordinates(write(tmp_path / "c.star", text.format("null")))
