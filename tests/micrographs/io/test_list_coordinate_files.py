import pytest

from pusklearn.io import read_coordinates, read_micrographs
from pusklearn.micrographs.io._list_coordinate_files import list_coordinate_files

CLICKS = "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n3 4\n"
OTHER = "data_\n\nloop_\n_rlnMicrographName #1\na.mrc\n"


def write(path, text=CLICKS):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_sequence_may_mix_files_folders_and_patterns(tmp_path):
    first = write(tmp_path / "a.star")
    for star, box in [("b", "d"), ("c", "e")]:
        write(tmp_path / "more" / f"{star}.star")
        write(tmp_path / "boxes" / f"{box}.box", "0 0 4 2\n")
    given = [tmp_path / "more", str(first), f"{tmp_path}/boxes/*.box"]
    found = [file.name for file in list_coordinate_files(given)]
    assert found == ["b.star", "c.star", "a.star", "d.box", "e.box"]
    assert read_coordinates(given)["micrograph"].tolist() == list("bcade")


def test_a_path_that_stands_for_no_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"\*\.box"):
        read_coordinates([f"{tmp_path}/*.box"])
    with pytest.raises(ValueError, match="it is a folder"):
        read_coordinates([tmp_path])


def test_of_a_job_without_an_index_files_with_coordinates_are_read(tmp_path):
    job = tmp_path / "job012"
    write(job / "job.star", OTHER)
    write(job / "Movies" / "a.star", OTHER)
    with pytest.raises(ValueError, match=r"Found none in .*job012"):
        read_coordinates(job)
    write(job / "Movies" / "a_autopick.star")
    write(job / "Movies" / "b_autopick.star", "")
    assert [file.name for file in list_coordinate_files(job)] == [
        "a_autopick.star",
        "b_autopick.star",
    ]


def test_the_folder_of_one_job_must_be_given(tmp_path):
    for job in ("AutoPick/job006", "AutoPick/job012", "Extract/job007"):
        write(tmp_path / job / "particles.star")
    for folder, said in [
        ("", r"AutoPick/job006, .*AutoPick/job012, .*Extract/job007\. Give"),
        ("AutoPick", r"AutoPick has jobs of RELION: .*job006, .*job012\. Give"),
    ]:
        for read in (read_coordinates, read_micrographs):
            with pytest.raises(ValueError, match=said):
                read(tmp_path / folder)
    for number in range(3):
        (tmp_path / f"job01{number}").mkdir()
    (tmp_path / "job1").mkdir()
    with pytest.raises(ValueError, match=r"job012, \.\.\. 6 in all"):
        read_coordinates(tmp_path)
    write(tmp_path / "own.star")
    assert len(list_coordinate_files(tmp_path)) == 4


def test_a_folder_of_tables_tells_how_to_give_them(tmp_path):
    for name in "ab":
        write(tmp_path / f"{name}.csv", "X-Coordinate,Y-Coordinate,Diameter\n1,2,3\n")
    said = (
        r"Found none in .*It has tables: a.csv, b.csv \(2 in all\)\. Give .*/\*\.csv'"
    )
    with pytest.raises(ValueError, match=said):
        read_coordinates(tmp_path)
    table = read_coordinates(f"{tmp_path}/*.csv")
    assert table["micrograph"].tolist() == ["a", "b"]


@pytest.mark.parametrize("path", [None, 5, b"a.star"])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(TypeError, match=r"`path` must be a path, .* Got (None|int|by)"):
        read_coordinates(path)
