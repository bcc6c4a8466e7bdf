import mrcfile
import numpy as np
import pandas as pd
import pytest

from pusklearn.io import read_coordinates, read_micrographs
from pusklearn.micrographs.io._selected import is_deselected

INDEX = """
data_coordinate_files

loop_
_rlnMicrographName #1
_rlnMicrographCoordinates #2
Movies/a.mrc ManualPick/job004/Movies/a_manualpick.star
Movies/b.mrc ManualPick/job004/Movies/b_manualpick.star
"""
SELECTION = """
# version 30001

data_

loop_
_rlnMicrographName #1
_rlnSelected #2
Movies/a.mrc            {}
Movies/b.mrc            {}
"""
CLICKS = "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n3 4\n"


@pytest.fixture
def job(tmp_path):
    job = tmp_path / "ManualPick" / "job004"
    for folder in (job / "Movies", tmp_path / "Movies"):
        folder.mkdir(parents=True)
    for name in "ab":
        (job / "Movies" / f"{name}_manualpick.star").write_text(CLICKS)
        mrcfile.write(
            tmp_path / "Movies" / f"{name}.mrc", np.zeros((4, 5), "f4"), voxel_size=1.5
        )
    (job / "manualpick.star").write_text(INDEX)
    (job / "local_selection.star").write_text(SELECTION.format(1, 1))
    return job


@pytest.mark.parametrize("name", ["", "manualpick.star", "local_selection.star"])
def test_a_selection_says_which_clicks_count(job, name):
    names = ["Movies/a.mrc", "Movies/b.mrc"]
    assert read_coordinates(job / name)["micrograph"].tolist() == names
    (job / "local_selection.star").write_text(SELECTION.format(0, 1))
    with pytest.warns(UserWarning, match=r"is left out: micrographs Movies/a.mrc \("):
        table = read_coordinates(job / name)
    assert table["micrograph"].tolist() == names[1:]
    (job / "local_selection.star").write_text("data_\n\nloop_\n_rlnOther #1\n0\n")
    assert read_coordinates(job / name)["micrograph"].tolist() == names
    (job / "local_selection.star").write_text(SELECTION.format(0, 0))
    with pytest.raises(ValueError, match=r"All micrographs .* are deselected"):
        read_coordinates(job / name)


def test_a_selection_says_which_micrographs_count(job):
    selection = job / "local_selection.star"
    assert len(read_micrographs(selection)) == 2
    selection.write_text(SELECTION.format("0", "1"))
    with pytest.warns(UserWarning, match=r"with rlnSelected 0 in .* \(Movies/a.mrc\)"):
        found = read_micrographs(selection)
    assert [m.path for m in found] == ["Movies/b.mrc"]
    selection.write_text(SELECTION.format(0, 0))
    with pytest.raises(ValueError, match=r"Found none in .*, which has .*rlnSelected"):
        read_micrographs(selection)


def test_a_selection_without_clicks_is_told(job):
    (job / "manualpick.star").unlink()
    with pytest.raises(ValueError, match=r"local_selection.star tells .* no particles"):
        read_coordinates(job / "local_selection.star")


def test_particles_that_are_not_selected_are_left_out_aloud(tmp_path):
    path = tmp_path / "particles.star"
    path.write_text(
        "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n_rlnSelected #3\n"
        "_rlnMicrographName #4\n1 2 0 a.mrc\n3 4 1 a.mrc\n5 6 1 b.mrc\n"
    )
    with pytest.warns(UserWarning, match=r"is left out: 1 of 3 rows of particles.star"):
        assert read_coordinates(path)["x"].tolist() == [3, 5]
    for name in "ab":
        mrcfile.write(tmp_path / f"{name}.mrc", np.zeros((4, 5), "f4"), voxel_size=1.5)
    assert len(read_micrographs(path)) == 2
    path.write_text(path.read_text().replace(" 0 ", " 2 "))
    assert len(read_coordinates(path)) == 3


def test_only_zero_is_not_selected():
    table = pd.DataFrame({"rlnSelected": ["1", "0", "0.000", "null", "2"]})
    assert is_deselected(table).tolist() == [False, True, True, False, False]
    assert not is_deselected(table.rename(columns=str.lower)).any()
    table["rlnEnabled"] = ["0", "0", "1", "1", "1"]
    assert is_deselected(table).tolist() == [True, True, True, False, False]


def test_what_scipion_has_disabled_is_left_out_aloud(tmp_path):
    path = tmp_path / "particles.star"
    path.write_text(
        "data_Particles\n\nloop_\n_rlnEnabled #1\n_rlnCoordinateX #2\n"
        "_rlnCoordinateY #3\n_rlnMicrographName #4\n1 1 2 a.mrc\n0 3 4 a.mrc\n"
    )
    with pytest.warns(UserWarning, match=r"rlnEnabled 0\) is left out: 1 of 2 rows"):
        assert read_coordinates(path)["x"].tolist() == [1]
    path.write_text(
        "data_\n\nloop_\n_rlnEnabled #1\n_rlnMicrographName #2\n1 a.mrc\n0 b.mrc\n"
    )
    for name in "ab":
        mrcfile.write(tmp_path / f"{name}.mrc", np.zeros((4, 5), "f4"), voxel_size=1.5)
    with pytest.warns(UserWarning, match=r"micrographs with rlnEnabled 0 in .*b\.mrc"):
        assert [m.name for m in read_micrographs(path)] == ["a"]


def test_rows_of_an_index_and_of_its_files_are_left_out(job):
    (job / "local_selection.star").unlink()
    rows = INDEX.replace("Coordinates #2", "Coordinates #2\n_rlnSelected #3").replace(
        "_manualpick.star\nM", "_manualpick.star 0\nM"
    )
    (job / "manualpick.star").write_text(rows.rstrip() + " 1\n")
    with pytest.warns(UserWarning, match=r"out: 1 of 2 rows of manualpick.star \("):
        assert read_coordinates(job)["micrograph"].tolist() == ["Movies/b.mrc"]
    clicks = CLICKS.replace("Y #2", "Y #2\n_rlnSelected #3").replace("3 4", "3 4 0")
    (job / "manualpick.star").write_text(INDEX)
    (job / "Movies" / "b_manualpick.star").write_text(clicks)
    with pytest.warns(UserWarning, match=r"out: 1 of 1 rows of b_manualpick.star \("):
        assert read_coordinates(job)["micrograph"].tolist() == ["Movies/a.mrc"]
