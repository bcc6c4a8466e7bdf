import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.io import coordinates_for, corrections_of_selection, read_coordinates

# Particles of RELION 5: all that were extracted, then those of the classes that were
# selected, which keep their coordinates and have got shifts and a class.
A = "MotionCorr/job002/Movies/a.mrc"
B = "MotionCorr/job002/Movies/b.mrc"
OPTICS = """
# version 50001

data_optics

loop_
_rlnOpticsGroupName #1
_rlnOpticsGroup #2
_rlnMicrographOriginalPixelSize #3
_rlnImagePixelSize #4
opticsGroup1 1 0.885 1.77

# version 50001

data_particles

loop_
"""
EXTRACTED = (
    OPTICS
    + f"""_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnAutopickFigureOfMerit #3
_rlnMicrographName #4
_rlnImageName #5
_rlnOpticsGroup #6
 100.000000  200.000000 0.9 {A} 000001@Extract/job010/Movies/a.mrcs 1
 300.500000  400.000000 0.8 {A} 000002@Extract/job010/Movies/a.mrcs 1
 700.000000  400.000000 0.7 {A} 000003@Extract/job010/Movies/a.mrcs 1
  50.000000   60.000000 0.6 {B} 000001@Extract/job010/Movies/b.mrcs 1
"""
)
SELECTED = (
    OPTICS
    + f"""_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnMicrographName #3
_rlnImageName #4
_rlnOpticsGroup #5
_rlnClassNumber #6
_rlnOriginXAngst #7
_rlnOriginYAngst #8
 300.500000  400.000000 {A} 000002@Extract/job010/Movies/a.mrcs 1 7 8.85 0
"""
)
# The same particle after a new extraction that was centred on the shifts: other
# coordinates, and the image has another number.
CENTRED = (
    OPTICS
    + f"""_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnMicrographName #3
_rlnImageName #4
_rlnOpticsGroup #5
 291.000000  400.000000 {A} 000001@Extract/job020/Movies/a.mrcs 1
"""
)


def read_star(folder, text, **options):
    path = folder / "particles.star"
    path.write_text(text)
    return read_coordinates(path, **options)


def table(*rows):
    return pd.DataFrame(rows, columns=["micrograph", "x", "y"])


def rows(table):
    return table[["micrograph", "x", "y", "verdict"]].to_dict("split")["data"]


WRONG = [
    [A, 100, 200, "wrong"],
    [A, 700, 400, "wrong"],
    [B, 50, 60, "wrong"],
]


@pytest.mark.filterwarnings("ignore:Coordinates are read without the shifts")
def test_a_selection_of_classes_in_relion(tmp_path):
    picks = read_star(tmp_path, EXTRACTED)
    kept = read_star(tmp_path, SELECTED)
    found = corrections_of_selection(kept, picks, radius=40)
    assert list(found) == ["micrograph", "x", "y", "verdict"]
    assert rows(found) == [[A, 300.5, 400, "right"], *WRONG]


def test_a_selection_may_have_moved_by_less_than_the_radius(tmp_path):
    picks = read_star(tmp_path, EXTRACTED)
    kept = read_star(tmp_path, SELECTED, apply_shifts=True, pixel_size=0.885)
    found = corrections_of_selection(kept, picks, radius=40)
    assert rows(found) == [[A, 290.5, 400, "right"], *WRONG]
    kept = read_star(tmp_path, CENTRED)
    found = corrections_of_selection(kept, picks, radius=40)
    assert rows(found) == [[A, 291, 400, "right"], *WRONG]


PATH_A = b"J4/motioncorrected/008578565574161745010_a_patch_aligned.mrc"
UID_A = 8578565574161745010


def save_cs(path, uids, x, y):
    """Write particles of a micrograph of 4000 x 6000 pixels, as cryoSPARC does."""
    columns = [
        ("uid", "<u8"),
        ("location/micrograph_uid", "<u8"),
        ("location/micrograph_path", f"S{len(PATH_A)}"),
        ("location/micrograph_shape", "<u4", (2,)),
        ("location/center_x_frac", "<f4"),
        ("location/center_y_frac", "<f4"),
    ]
    particles = np.zeros(len(uids), dtype=columns)
    particles["uid"] = uids
    particles["location/micrograph_uid"] = UID_A
    particles["location/micrograph_path"] = PATH_A
    particles["location/micrograph_shape"] = (4000, 6000)
    particles["location/center_x_frac"] = x
    particles["location/center_y_frac"] = y
    with open(path, "wb") as file:
        np.save(file, particles)


def test_kept_particles_of_cryosparc(tmp_path):
    save_cs(tmp_path / "extracted.cs", [7, 8, 9], [0.25, 0.5, 0.75], [0.5, 0.5, 0.25])
    # The job writes classes, and passes the locations on.
    classes = np.zeros(1, dtype=[("uid", "<u8"), ("alignments2D/class", "<u4")])
    classes["uid"] = 9
    with open(tmp_path / "particles_selected.cs", "wb") as file:
        np.save(file, classes)
    save_cs(tmp_path / "J9_passthrough_particles.cs", [9, 7], [0.75, 0.25], [0.25, 0.5])
    found = corrections_of_selection(
        read_coordinates(tmp_path / "particles_selected.cs"),
        read_coordinates(tmp_path / "extracted.cs"),
        radius=60,
    )
    name = PATH_A.decode()
    assert rows(found) == [
        [name, 4500, 1000, "right"],
        [name, 1500, 2000, "wrong"],
        [name, 3000, 2000, "wrong"],
    ]
    assert found["uid"].tolist() == [UID_A] * 3
    [wrong] = coordinates_for(found[found["verdict"] == "wrong"], ["a"])
    assert wrong.tolist() == [[1500, 2000], [3000, 2000]]


def test_what_was_clicked_on_in_addition_was_missed():
    picks = table(["a.mrc", 10, 10], ["b.mrc", 10, 10])
    kept = table(["a", 11, 10], ["a", 90, 10], ["c", 5, 5])
    assert rows(corrections_of_selection(kept, picks, radius=9)) == [
        ["a.mrc", 11, 10, "right"],
        ["a.mrc", 90, 10, "missed"],
        ["b.mrc", 10, 10, "wrong"],
        ["c", 5, 5, "missed"],
    ]


def test_a_second_pick_of_a_kept_particle_is_not_wrong():
    picks = table(["a", 10, 10], ["a", 14, 10], ["a", 19, 10])
    found = corrections_of_selection(table(["a", 10, 10]), picks, radius=9)
    assert rows(found) == [["a", 10, 10, "right"], ["a", 19, 10, "wrong"]]


POINTS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), *[st.integers(0, 30)] * 2), min_size=1
)


@given(kept=POINTS, picks=POINTS, radius=st.floats(0.5, 20))
def test_verdicts_follow_from_distances(kept, picks, radius):
    def is_near(point, others):
        return any(
            point[0] == other[0]
            and np.hypot(*np.subtract(point[1:], other[1:])) < radius
            for other in others
        )

    right = [point for point in kept if is_near(point, picks)]
    expected = {
        "right": right,
        "wrong": [pick for pick in picks if not is_near(pick, kept)],
        "missed": [point for point in kept if not is_near(point, picks)],
    }
    tables = table(*kept), table(*picks)
    if not right:
        with pytest.raises(ValueError, match="same micrographs"):
            corrections_of_selection(*tables, radius=radius)
        return
    found = corrections_of_selection(*tables, radius=radius)
    for verdict, points in expected.items():
        some = found.loc[found["verdict"] == verdict, ["micrograph", "x", "y"]]
        assert sorted(map(tuple, some.to_numpy())) == sorted(points)


def test_names_that_resemble_each_other_are_warned_of():
    picks = table(["a", 10, 10], ["b", 10, 10])
    kept = table(["a", 10, 10], ["B", 10, 10])
    with pytest.warns(UserWarning, match="looks like the micrograph 'B'"):
        corrections_of_selection(kept, picks, radius=9)


GOOD = table(["a", 10, 10])


@pytest.mark.parametrize(
    ("kept", "picks", "radius", "error", "said"),
    [
        (GOOD, GOOD, 0, ValueError, "`radius` must be"),
        (GOOD, GOOD, "9", TypeError, "`radius` must be"),
        ([], GOOD, 9, TypeError, "`kept` must be a DataFrame"),
        (GOOD, GOOD[["x", "y"]], 9, ValueError, "`picks` must have columns"),
        (table(["a", np.nan, 1]), GOOD, 9, ValueError, "`kept` must have no gaps"),
        (GOOD[:0], GOOD, 9, ValueError, "If all picks are wrong, they are known neg"),
        (GOOD, GOOD[:0], 9, ValueError, "`picks` must have at least 1 row"),
        (table(["c", 10, 10]), GOOD, 9, ValueError, "of the same micrographs. The tab"),
        (
            table(["a", 90, 10]),
            GOOD,
            9,
            ValueError,
            "None of 1 is nearer than 9 pixels",
        ),
    ],
)
def test_wrong_tables_are_refused(kept, picks, radius, error, said):
    with pytest.raises(error, match=said):
        corrections_of_selection(kept, picks, radius=radius)
