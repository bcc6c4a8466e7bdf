import warnings

import mrcfile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.io import read_coordinates

OPTICS = """
# version 30001

data_optics

loop_
_rlnOpticsGroup #1
_rlnOpticsGroupName #2
{}
_rlnVoltage #9

"""
HEAD_31 = """
data_particles

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnOriginXAngst #3
_rlnOriginYAngst #4
_rlnImageName #5
_rlnMicrographName #6
_rlnOpticsGroup #7
"""
ROWS_31 = """\
100 200    12.0  -6.0 1@Extract/job007/Movies/a.mrcs MotionCorr/job002/Movies/a.mrc 1
300 400    -1.2   0.0 2@Extract/job007/Movies/a.mrcs MotionCorr/job002/Movies/a.mrc 1
500 600     3.0   1.5 1@Extract/job007/Movies/b.mrcs MotionCorr/job002/Movies/b.mrc 2
"""


def star_31(columns, values):
    """Return particles of RELION 3.1 with two optics groups."""
    names = "\n".join(f"_{name} #{i}" for i, name in enumerate(columns, start=3))
    rows = [
        f"{group} opticsGroup{group} {' '.join(map(str, sizes))} 300.0\n"
        for group, sizes in enumerate(values, start=1)
    ]
    return OPTICS.format(names).rstrip() + "\n" + "".join(rows) + HEAD_31 + ROWS_31


HEAD_30 = """
data_

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnMicrographName #3
_rlnOriginX #4
_rlnOriginY #5
_rlnMagnification #6
_rlnDetectorPixelSize #7
100 200 MotionCorr/job002/Movies/a.mrc   3.0  -1.5 10000.0 {size}
300 400 MotionCorr/job002/Movies/b.mrc   0.0   2.0 10000.0 {size}
"""


def write(folder, text):
    path = folder / "Refine3D" / "job009" / "run_data.star"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def write_micrographs(folder, size):
    (folder / "MotionCorr/job002/Movies").mkdir(parents=True)
    for name in "ab":
        path = folder / f"MotionCorr/job002/Movies/{name}.mrc"
        mrcfile.write(path, np.zeros((4, 5), "f4"), voxel_size=size)


def read(path, **options):
    """Return x and y, read without a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = read_coordinates(path, apply_shifts=True, **options)
    return table[["x", "y"]].to_numpy()


def shifted_31(first, second):
    """Return what is right for the pixel sizes of the two optics groups."""
    angst = np.array([[12, -6], [-1.2, 0], [3, 1.5]])
    sizes = np.array([[first], [first], [second]])
    return np.array([[100, 200], [300, 400], [500, 600]]) - angst / sizes


@pytest.mark.parametrize(
    "columns",
    [
        ["rlnMicrographPixelSize", "rlnImagePixelSize"],
        ["rlnMicrographOriginalPixelSize", "rlnImagePixelSize"],
    ],
)
def test_angstrom_are_divided_by_the_pixel_size_of_the_micrograph(tmp_path, columns):
    """The images of particles were rescaled."""
    path = write(tmp_path, star_31(columns, [(1.2, 4.8), (1.5, 6.0)]))
    np.testing.assert_allclose(read(path), shifted_31(1.2, 1.5))
    np.testing.assert_allclose(read(path, pixel_size=3), shifted_31(3, 3))


@given(size=st.floats(0.2, 20), shift=st.floats(-500, 500), place=st.floats(0, 20_000))
def test_a_shift_in_angstrom_is_found_again(tmp_path_factory, size, shift, place):
    path = tmp_path_factory.mktemp("p") / "p.star"
    path.write_text(
        "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n_rlnOriginXAngst #3\n"
        f"_rlnOriginYAngst #4\n_rlnMicrographPixelSize #5\n"
        f"{place!r} 7 {shift!r} 0 {size!r}\n"
    )
    [[x, y]] = read(path)
    assert (place - x) * size == pytest.approx(shift, abs=1e-6)
    assert y == 7


def test_movies_were_binned(tmp_path):
    """Coordinates are pixels of micrographs, and the file tells those of movies."""
    columns = ["rlnMicrographOriginalPixelSize", "rlnImagePixelSize"]
    path = write(tmp_path, star_31(columns, [(0.6, 4.8), (0.6, 4.8)]))
    write_micrographs(tmp_path, 1.2)
    np.testing.assert_allclose(read(path), shifted_31(1.2, 1.2), rtol=1e-6)


def test_an_unknown_pixel_size_is_an_error_that_says_how_to_give_it(tmp_path):
    path = write(tmp_path, star_31(["rlnImagePixelSize"], [(4.8,), (4.8,)]))
    said = (
        r"run_data.star .*a\.mrc in line 24 is not\. .* 4\.8 angst.* pixel_size=1\.06"
    )
    with pytest.raises(ValueError, match=said):
        read_coordinates(path, apply_shifts=True)
    np.testing.assert_allclose(read(path, pixel_size=1.2), shifted_31(1.2, 1.2))
    bare = (
        "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n_rlnOriginXAngst #3\n"
    )
    path = write(tmp_path, f"{bare}1 2 0\n")
    np.testing.assert_array_equal(read(path), [[1, 2]])
    path = write(tmp_path, f"{bare}1 2 0\n1 2 3\n")
    with pytest.raises(ValueError, match=r"its micrograph in line 8 is not\. Give the"):
        read_coordinates(path, apply_shifts=True)


def test_pixels_are_those_of_the_images(tmp_path):
    """Before 3.1, shifts were in pixels, and rescaled images have other ones."""
    path = write(tmp_path, HEAD_30.format(size=2.4))
    expected = np.array([[100 - 6, 200 + 3], [300, 400 - 4]])
    np.testing.assert_allclose(read(path, pixel_size=1.2), expected)
    write_micrographs(tmp_path, 1.2)
    np.testing.assert_allclose(read(path), expected, rtol=1e-6)


def test_the_project_tells_whether_images_were_rescaled(tmp_path):
    path = write(tmp_path, HEAD_30.format(size=2.4))
    job = tmp_path / "CtfFind" / "job003"
    job.mkdir(parents=True)
    (job / "micrographs_ctf.star").write_text(
        "data_\n\nloop_\n_rlnMicrographName #1\n_rlnMagnification #2\n"
        "_rlnDetectorPixelSize #3\nMotionCorr/job002/Movies/a.mrc 10000.0 1.2\n"
        "MotionCorr/job002/Movies/b.mrc 10000.0 1.2\n"
    )
    np.testing.assert_allclose(read(path), [[94, 203], [300, 396]])


def test_pixels_of_unknown_size_are_taken_as_they_are_aloud(tmp_path):
    path = write(tmp_path, HEAD_30.format(size=2.4))
    with pytest.warns(UserWarning, match=r"were not rescaled .* `pixel_size=1.06`"):
        table = read_coordinates(path, apply_shifts=True)
    np.testing.assert_array_equal(table[["x", "y"]], [[97, 201.5], [300, 398]])
    path = write(tmp_path, HEAD_30.format(size=0))
    with pytest.warns(UserWarning, match=r"were not rescaled .* \(rlnImagePixelSize\)"):
        read_coordinates(path, apply_shifts=True, pixel_size=1.2)


def test_angstrom_count_if_there_are_both(tmp_path):
    """Some programs leave the old columns beside the new ones."""
    text = (
        "data_optics\n\nloop_\n_rlnOpticsGroup #1\n_rlnImagePixelSize #2\n1 3.54\n\n"
        "data_particles\n\nloop_\n_rlnMicrographName #1\n_rlnCoordinateX #2\n"
        "_rlnCoordinateY #3\n_rlnOriginX #4\n_rlnOriginY #5\n_rlnOriginXAngst #6\n"
        "_rlnOriginYAngst #7\n_rlnOpticsGroup #8\n_rlnMicrographOriginalPixelSize #9\n"
        "m.mrc 135.458824 2336.664720 -3.30401 -1.30401 -11.69620 -4.61620 1 0.885000\n"
    )
    expected = [[135.458824 + 11.6962 / 0.885, 2336.66472 + 4.6162 / 0.885]]
    np.testing.assert_allclose(read(write(tmp_path, text)), expected)


def test_without_shifts_nothing_changes(tmp_path):
    text = "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n1.5 2\n"
    np.testing.assert_array_equal(read(write(tmp_path, text)), [[1.5, 2]])
    path = tmp_path / "a.box"
    path.write_text("0 0 4 2\n")
    np.testing.assert_array_equal(read(path), [[2, 1]])


def test_shifts_in_the_files_of_an_index(tmp_path):
    path = write(tmp_path, HEAD_30.format(size=1.2).replace("b.mrc", "a.mrc"))
    index = tmp_path / "autopick.star"
    index.write_text(
        "data_\n\nloop_\n_rlnMicrographName #1\n_rlnMicrographCoordinates #2\n"
        f"a.mrc {path}\n"
    )
    np.testing.assert_allclose(read(index, pixel_size=1.2)[0], [97, 201.5])
    with pytest.warns(UserWarning, match="without the shifts"):
        read_coordinates(index)
    with pytest.warns(UserWarning, match="were not rescaled"):
        read_coordinates(index, apply_shifts=True)


def test_settings_are_checked():
    with pytest.raises(TypeError, match="`apply_shifts` must be True or False"):
        read_coordinates("a.star", apply_shifts="yes")
    with pytest.raises(ValueError, match="`pixel_size` must be"):
        read_coordinates("a.star", pixel_size=0)


def test_the_pixel_size_of_a_stack_is_not_that_of_the_micrograph(tmp_path):
    (tmp_path / "Extract/job007").mkdir(parents=True)
    stack = tmp_path / "Extract/job007/a.mrcs"
    mrcfile.write(stack, np.zeros((1, 4, 5), "f4"), voxel_size=4.8)
    path = write(
        tmp_path,
        "data_\n\nloop_\n_rlnCoordinateX #1\n_rlnCoordinateY #2\n"
        "_rlnImageName #3\n_rlnOriginXAngst #4\n1 2 1@Extract/job007/a.mrcs 3\n",
    )
    with pytest.raises(ValueError, match=r"its micrograph in line 8 is not"):
        read_coordinates(path, apply_shifts=True)
