import os

import mrcfile
import numpy as np
import pytest

from pusklearn.io import read_micrographs

OPTICS = """
# version 30001

data_optics

loop_
_rlnOpticsGroupName #1
_rlnOpticsGroup #2
_rlnMicrographOriginalPixelSize #3
_rlnVoltage #4
_rlnMicrographPixelSize #5
opticsGroup1            1     0.530000   300.000000     1.060000
opticsGroup2            2     0.400000   300.000000     0.800000
"""
LIST_31 = (
    OPTICS
    + """

# version 30001

data_micrographs

loop_
_rlnCtfPowerSpectrum #1
_rlnMicrographName #2
_rlnOpticsGroup #3
MotionCorr/job002/Movies/a_PS.mrc MotionCorr/job002/Movies/a.mrc            1
MotionCorr/job002/Movies/b_PS.mrc MotionCorr/job002/Movies/b.mrc            2
"""
)
LIST_30 = """
data_

loop_
_rlnMicrographName #1
_rlnMagnification #2
_rlnDetectorPixelSize #3
MotionCorr/job002/Movies/a.mrc 132075.471698     14.000000
MotionCorr/job002/Movies/b.mrc 10000.000000     0.800000
"""


@pytest.fixture
def project(tmp_path):
    """Return a project whose micrographs are called a and b, without pixel sizes."""
    folder = tmp_path / "MotionCorr/job002/Movies"
    folder.mkdir(parents=True)
    for rows, name in enumerate("ab", start=1):
        mrcfile.write(folder / f"{name}.mrc", np.zeros((rows, 4), "f4"))
    return tmp_path


def write(project, text, name="CtfFind/job003/micrographs_ctf.star"):
    path = project / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def set_header(project, size):
    for name in "ab":
        path = project / f"MotionCorr/job002/Movies/{name}.mrc"
        with mrcfile.open(path, "r+") as mrc:
            mrc.voxel_size = size


def sizes(path):
    return {m.name: m.pixel_size for m in read_micrographs(path)}


NONE = r"0 angstrom, which is none \(a, b\)"
EXPECTED = {"a": pytest.approx(1.06), "b": pytest.approx(0.8)}


@pytest.mark.parametrize("text", [LIST_31, LIST_30], ids=["3.1", "3.0"])
@pytest.mark.parametrize("change", ["none", "CRLF", "no numbers", "quotes", "blank"])
def test_each_micrograph_has_its_own_pixel_size(project, text, change):
    if change == "CRLF":
        text = text.replace("\n", "\r\n")
    elif change == "no numbers":
        text = "\n".join(line.split(" #")[0] for line in text.split("\n"))
    elif change == "quotes":
        text = text.replace(
            "MotionCorr/job002/Movies/b.mrc", '"MotionCorr/job002/Movies/b.mrc"'
        )
    elif change == "blank":
        text = text.replace("\n\n", "\n \n\t\n\n# a comment\n")
    assert sizes(write(project, text)) == EXPECTED


def test_an_absolute_path_of_the_list(project):
    text = LIST_31.replace(" MotionCorr", f" {project}/MotionCorr")
    [first, _] = read_micrographs(write(project, text))
    assert first.path == f"{project}/MotionCorr/job002/Movies/a.mrc"
    assert first.pixel_size == 1.06


def test_a_header_that_contradicts_the_list_is_told(project):
    set_header(project, 0.8)
    with pytest.warns(UserWarning, match=r"\(a: 1.06, header 0.8 angstrom\)") as caught:
        assert sizes(write(project, LIST_31)) == EXPECTED
    assert len(caught) == 1
    for header in (1.0, 0.0):
        set_header(project, header)
        assert sizes(write(project, LIST_31)) == EXPECTED


def test_movies_may_have_been_binned(project):
    """A list without the pixel size of micrographs tells that of their movies."""
    text = LIST_31.replace("rlnMicrographPixelSize", "rlnOther")
    path = write(project, text)
    assert sizes(path) == {"a": 0.53, "b": 0.4}
    set_header(project, 1.06)
    assert sizes(path) == {"a": pytest.approx(1.06), "b": pytest.approx(1.06)}


def test_a_list_without_pixel_sizes_asks_the_job_of_the_micrographs(project):
    names = LIST_31[LIST_31.index("data_micrographs") :].replace("_rlnOptics", "_rlnO")
    index = write(project, names, "AutoPick/job004/picks.star")
    with pytest.warns(UserWarning, match=NONE):
        assert sizes(index) == {"a": None, "b": None}
    write(project, LIST_31, "MotionCorr/job002/corrected_micrographs.star")
    assert sizes(index) == EXPECTED


def test_particles_stand_for_their_micrographs(project):
    """The pixel size of their images is not that of the micrographs."""
    text = """
data_optics

loop_
_rlnOpticsGroup #1
_rlnMicrographOriginalPixelSize #2
_rlnImagePixelSize #3
1 0.53 4.24

data_particles

loop_
_rlnMicrographName #1
_rlnCoordinateX #2
_rlnCoordinateY #3
_rlnOpticsGroup #4
MotionCorr/job002/Movies/b.mrc 1 2 1
MotionCorr/job002/Movies/a.mrc 1 2 1
MotionCorr/job002/Movies/b.mrc 3 4 1
"""
    path = write(project, text, "Extract/job005/particles.star")
    assert sizes(path) == {"b": 0.53, "a": 0.53}
    write(project, LIST_31, "MotionCorr/job002/corrected_micrographs.star")
    assert list(sizes(path).items()) == [("b", 0.8), ("a", 1.06)]
    old = LIST_30.replace(
        "data_\n\nloop_", "data_\n\nloop_\n_rlnCoordinateX #1"
    ).replace("\nMotionCorr", "\n7 MotionCorr")
    for number in (3, 2, 1):
        old = old.replace(f" #{number}\n_rlnM", f" #{number + 1}\n_rlnM")
    old = old.replace(" #2\n_rlnD", " #3\n_rlnD").replace(
        "PixelSize #3", "PixelSize #4"
    )
    (project / "MotionCorr/job002/corrected_micrographs.star").unlink()
    path = write(project, old.replace("X #2", "X #1"))
    with pytest.warns(UserWarning, match=NONE):
        assert sizes(path) == {"a": None, "b": None}


def test_the_list_of_a_job_stands_for_its_folder(project):
    write(project, LIST_31, "MotionCorr/job002/corrected_micrographs.star")
    expected = ["MotionCorr/job002/Movies/a.mrc", "MotionCorr/job002/Movies/b.mrc"]
    for place in ("MotionCorr/job002", "MotionCorr/job*", "MotionCorr/*/corr*.star"):
        found = read_micrographs(project / place)
        assert [m.path for m in found] == expected
    os.rename(project / "MotionCorr/job002/Movies", project / "MotionCorr/job002/M")
    with pytest.raises(FileNotFoundError, match=r"lists MotionCorr/job002/Movies/a"):
        read_micrographs(project / "MotionCorr/job002")


def test_a_row_of_no_optics_group_is_told_with_its_file(project):
    path = write(project, LIST_31.replace("b.mrc            2", "b.mrc            3"))
    with pytest.raises(ValueError, match=r"micrographs_ctf.star .* '3' of line 25"):
        read_micrographs(path)


def test_coordinates_are_no_list_of_micrographs(project):
    text = "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n1 2\n"
    with pytest.raises(ValueError, match=r"Got 0\. It holds coordinates, which `read_"):
        read_micrographs(write(project, text, "a_autopick.star"))
