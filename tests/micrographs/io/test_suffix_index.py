import mrcfile
import numpy as np
import pytest

from pusklearn.io import read_coordinates, read_micrographs
from pusklearn.micrographs.io._suffix_index import micrographs_of

STAR = "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n{} 4\n"
CTF = (
    "data_\n\nloop_\n_rlnMicrographName #1\n_rlnCtfImage #2\n"
    "MotionCorr/job002/grid1/s_1.mrc a.ctf\nMotionCorr/job002/grid2/s_1.mrc b.ctf\n"
    "MotionCorr/job002/grid2/none.mrc c.ctf\n"
)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def rows(table):
    return table[["micrograph", "x"]].to_numpy().tolist()


@pytest.fixture
def job(tmp_path):
    write(tmp_path / "CtfFind/job003/micrographs_ctf.star", CTF)
    job = tmp_path / "AutoPick/job004"
    for grid, x in [("grid1", 1), ("grid2", 2)]:
        write(job / grid / "s_1_autopick.star", STAR.format(x))
    line = "CtfFind/job003/micrographs_ctf.star\n"
    write(job / "coords_suffix_autopick.star", line)
    return job


FOUND = [["MotionCorr/job002/grid1/s_1.mrc", 1], ["MotionCorr/job002/grid2/s_1.mrc", 2]]


def test_picks_lie_beside_the_index_in_the_folders_of_the_movies(job):
    assert rows(read_coordinates(job / "coords_suffix_autopick.star")) == FOUND
    assert rows(read_coordinates(job)) == FOUND


@pytest.mark.parametrize(
    "name",
    [
        "MotionCorr/own/grid1/s_1.mrc",
        "/data/old/MotionCorr/job002/grid1/s_1.mrc",
        "grid1/s_1.mrc",
        "MotionCorr/job002/grid1/s_1.tif",
    ],
)
def test_names_of_micrographs_that_relion_takes_apart(job, name):
    write(job.parents[1] / "m.star", f"data_\n\nloop_\n_rlnMicrographName #1\n{name}\n")
    index = write(job / "coords_suffix_autopick.star", "m.star")
    assert rows(read_coordinates(index)) == [[name, 1]]


def test_files_of_other_formats_have_their_suffix(job):
    for grid, corner in [("grid1", 1), ("grid2", 2)]:
        write(job / grid / "s_1_gauto.box", f"{corner} 3 4 2\n")
    line = (job / "coords_suffix_autopick.star").read_text()
    index = write(job / "coords_suffix_gauto.box", line)
    assert [x for _, x in rows(read_coordinates(index))] == [3, 4]


def test_the_index_of_an_import_has_a_pattern(tmp_path):
    job = tmp_path / "Import/job001"
    for name, x in [("b", 2), ("a", 1)]:
        write(job / "Micrographs" / f"{name}_pick.star", STAR.format(x))
    index = write(job / "coords_suffix_pick.star", "Micrographs/*.mrc\n")
    assert micrographs_of(index) == []
    assert rows(read_coordinates(index)) == [["Micrographs/a", 1], ["Micrographs/b", 2]]
    for name in "ab":
        write(tmp_path / "Micrographs" / f"{name}.mrc", "")
    found = rows(read_coordinates(index))
    assert found == [["Micrographs/a.mrc", 1], ["Micrographs/b.mrc", 2]]


def test_the_index_lists_micrographs(job):
    with pytest.raises(FileNotFoundError, match=r"lists MotionCorr/job002/grid1/s_1"):
        read_micrographs(job / "coords_suffix_autopick.star")
    index = job / "coords_suffix_autopick.star"
    assert micrographs_of(index) == [*(name for name, _ in FOUND), CTF.split()[-2]]


def test_micrographs_have_the_pixel_sizes_of_the_list_that_the_index_names(job):
    project = job.parents[1]
    write(
        project / "CtfFind/job003/micrographs_ctf.star",
        "data_\n\nloop_\n_rlnMicrographName #1\n_rlnMagnification #2\n"
        "_rlnDetectorPixelSize #3\nM/a.mrc 132075.471698 14.0\n",
    )
    (project / "M").mkdir()
    mrcfile.write(project / "M/a.mrc", np.zeros((4, 5), "f4"))
    for place in ("AutoPick/job004", "AutoPick/job004/coords_suffix_autopick.star"):
        [micrograph] = read_micrographs(project / place)
        assert micrograph.path == "M/a.mrc"
        assert micrograph.pixel_size == pytest.approx(1.06)
    write(job / "coords_suffix_pick.star", "M/*.mrc")
    with pytest.warns(UserWarning, match="0 angstrom, which is none"):
        [micrograph] = read_micrographs(job / "coords_suffix_pick.star")
    assert (micrograph.path, micrograph.pixel_size) == ("M/a.mrc", None)


def test_micrographs_that_were_not_selected_are_left_out_aloud(job):
    (job / "micrographs_selected.star").write_text(CTF.replace("grid1", "grid3"))
    said = rf"rlnEnabled 0\) is left out: micrographs {FOUND[0][0]} \("
    with pytest.warns(UserWarning, match=said):
        assert rows(read_coordinates(job)) == FOUND[1:]


def test_an_index_must_be_one_line_and_have_files(job):
    index = job / "coords_suffix_manualpick.star"
    for text, fault in [
        ("", "one line, .* It has 0"),
        ("a\nb\n", "one line, .* It has 2"),
        ("CtfFind/job003/micrographs_ctf.star", "'_manualpick.star' .* There is none"),
        ("M/*.mrc", "There is none"),
    ]:
        with pytest.raises(ValueError, match=rf"manualpick.star cannot be .*{fault}"):
            read_coordinates(write(index, text))
    with pytest.raises(FileNotFoundError, match=r"lists CtfFind/gone\.star"):
        read_coordinates(write(index, "CtfFind/gone.star"))
    with pytest.raises(ValueError, match=r"manualpick.star cannot be read: .*one line"):
        read_micrographs(write(index, ""))


def test_two_micrographs_must_not_share_a_file(job):
    """All files lie beside the index, without the folders of the micrographs."""
    for grid in ("grid1", "grid2"):
        (job / grid / "s_1_autopick.star").replace(job / "s_1_autopick.star")
    with pytest.raises(ValueError, match=r"grid1/s_1.mrc and .*grid2/s_1.mrc have "):
        read_coordinates(job)
