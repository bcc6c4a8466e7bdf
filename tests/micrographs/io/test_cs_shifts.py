import numpy as np
import pytest

from pusklearn.io import read_coordinates

LOCATION = [
    ("uid", "<u8"),
    ("location/micrograph_path", "S9"),
    ("location/micrograph_shape", "<u4", (2,)),
    ("location/center_x_frac", "<f4"),
    ("location/center_y_frac", "<f4"),
]
PIXEL = ("location/micrograph_psize_A", "<f4")
IN_2D = ("alignments2D/shift", "<f4", (2,)), ("alignments2D/psize_A", "<f4")
IN_3D = ("alignments3D/shift", "<f4", (2,)), ("alignments3D/psize_A", "<f4")


def save(folder, *columns, **values):
    """Write two particles in a micrograph of 40 rows and 80 columns."""
    rows = np.zeros(2, dtype=[*LOCATION, *columns])
    values = {
        "uid": [5, 6],
        "location/micrograph_path": b"J1/a.mrc",
        "location/micrograph_shape": (40, 80),
        "location/center_x_frac": [0.25, 0.5],
        "location/center_y_frac": [0.125, 0.25],
        "location/micrograph_psize_A": 1,
        "alignments2D/shift": [(1, 2), (0, 0)],
        "alignments2D/psize_A": 2,
        "alignments3D/shift": [(0, 0), (-3, 1)],
        "alignments3D/psize_A": 1.5,
    } | values
    for name in set(rows.dtype.names) & set(values):
        rows[name] = values[name]
    with open(folder / "a.cs", "wb") as file:
        np.save(file, rows)
    return folder / "a.cs"


def points(path, **options):
    return read_coordinates(path, **options)[["x", "y"]].to_numpy().tolist()


AS_PICKED = [[20, 5], [40, 10]]


def test_shifts_are_told_unless_they_are_applied(tmp_path):
    path = save(tmp_path, PIXEL, *IN_2D)
    with pytest.warns(UserWarning, match=r"without the shifts .*a.cs \(1 in all\)"):
        assert points(path) == AS_PICKED
    # Two angstrom per pixel of an image are two pixels of the micrograph.
    assert points(path, apply_shifts=True) == [[18, 1], [40, 10]]
    assert points(path, apply_shifts=True, pixel_size=4) == [[19.5, 4], [40, 10]]


def test_shifts_in_three_dimensions_count_more(tmp_path):
    path = save(tmp_path, PIXEL, *IN_2D, *IN_3D)
    assert points(path, apply_shifts=True) == [[20, 5], [44.5, 8.5]]


@pytest.mark.parametrize("columns", [(), (*IN_2D, *IN_3D)])
def test_no_shifts_bring_no_word(tmp_path, columns):
    path = save(tmp_path, PIXEL, *columns, **{"alignments3D/shift": 0})
    assert points(path) == points(path, apply_shifts=True) == AS_PICKED


@pytest.mark.parametrize(
    ("columns", "values", "said"),
    [
        ([PIXEL, IN_2D[0]], {}, "pixel size of the images of particles must be known"),
        ([*IN_2D], {}, r"of the micrographs must be known, .* `pixel_size=1\.06`"),
        ([*IN_2D, PIXEL], {PIXEL[0]: 0}, "of the micrographs must be known"),
        ([*IN_2D, PIXEL], {IN_2D[1][0]: 0}, "of the images of particles must be"),
        ([*IN_2D, PIXEL], {IN_2D[0][0]: np.inf}, "2D/shift must hold finite numbers"),
    ],
)
def test_what_shifts_need_is_named(tmp_path, columns, values, said):
    with pytest.raises(ValueError, match=rf"a.cs cannot be read .*{said}"):
        points(save(tmp_path, *columns, **values), apply_shifts=True)
