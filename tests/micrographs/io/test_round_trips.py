"""What is written is read again: every format, against files made by hand."""

import json
import os
import tempfile
from pathlib import Path

import mrcfile
import numpy as np
import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pusklearn import Micrograph
from pusklearn.io import (
    coordinates_for,
    read_coordinates,
    read_micrograph,
    write_coordinates,
)

HEIGHT, WIDTH = 3838, 5760
MOVIES = "MotionCorr/job002/Movies"
# target, format, whether it keeps scores; a slash means a folder
TARGETS = [
    ("picks.star", "star", True),
    ("picks.csv", "csv", True),
    ("picks.txt", "topaz", True),
    ("picks.cs", "cs", True),
    ("AutoPick/job012/", "relion", True),
    ("stars/", "star", True),
    ("boxes/", "box", False),
    ("CBOX/", "cbox", True),
    ("info/", "eman2", True),
]
each_target = pytest.mark.parametrize(("target", "format", "has_scores"), TARGETS)


def make(path, uid=None, **attributes):
    """Return a micrograph that is wider than high, without memory."""
    pixels = np.broadcast_to(np.float32(0), (HEIGHT, WIDTH))
    name = Path(path).stem
    return Micrograph(pixels, name, 0.885, path=path, uid=uid, **attributes)


MICROGRAPHS = [
    make(f"{MOVIES}/GridSquare_{square}/Data/{name}.mrc", uid)
    for square, name, uid in [
        (1, "FoilHole_7_Data_5", 2**63 + 11),
        (2, "FoilHole_7_Data_5", 12),
        (2, "May08_03.05.02", 13),
    ]
]
# The corners of the image, and a point in one corner alone: any flip or swap shows.
PICKS = [
    np.array([[0, 0, 3.5], [WIDTH - 1, HEIGHT - 1, -2.25], [5000.25, 17.5, 0.125]]),
    np.array([[0, HEIGHT - 1, 1.5], [WIDTH - 1.0, 0, 0.5]]),
    np.empty((0, 3)),
]


def trip(picks, target, format, micrographs=MICROGRAPHS, **options):
    """Write picks and return the table that is read, without what lies in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, target)
        options = {"box_size": 301, **options}
        write_coordinates(path, picks, micrographs, format, **options)
        return read_coordinates(path)


@each_target
def test_picks_come_back_to_their_micrographs(target, format, has_scores):
    table = trip(PICKS, target, format)
    for micrograph, points in zip(MICROGRAPHS, PICKS, strict=True):
        [xy] = (
            coordinates_for(table, [micrograph]) if len(points) else [np.empty((0, 2))]
        )
        np.testing.assert_allclose(xy, points[:, :2], rtol=0, atol=0.01)
    together = coordinates_for(table, MICROGRAPHS)
    assert [len(xy) for xy in together] == [3, 2, 0]
    if has_scores:
        assert sorted(table["score"]) == [-2.25, 0.125, 0.5, 1.5, 3.5]


@each_target
def test_micrographs_that_were_made_smaller_change_nothing(target, format, has_scores):
    pixels = np.broadcast_to(np.float32(0), (HEIGHT // 2, WIDTH // 2))
    half = [
        Micrograph(pixels, m.name, 2 * 0.885, 2.0, path=m.path, uid=m.uid)
        for m in MICROGRAPHS
    ]
    table = trip(PICKS, target, format, half, box_size="266A")
    for xy, points in zip(coordinates_for(table, MICROGRAPHS), PICKS, strict=True):
        np.testing.assert_allclose(xy, points[:, :2], rtol=0, atol=0.01)


@pytest.mark.filterwarnings("ignore:Rows stand twice")
@settings(max_examples=30, deadline=None)
@given(
    picks=st.lists(
        st.integers(0, 4).flatmap(
            lambda k: arrays(
                float,
                (k, 3),
                elements=st.floats(0, HEIGHT - 1, allow_subnormal=False),
            )
        ),
        min_size=3,
        max_size=3,
    ),
    target=st.sampled_from(TARGETS),
    box_size=st.sampled_from([1, 100, 101, "240A", "63.5px"]),
)
def test_all_coordinates_survive_all_formats(picks, target, box_size):
    target, format, has_scores = target
    table = trip(picks, target, format, box_size=box_size)
    assert len(table) == sum(map(len, picks))
    if not len(table):
        return
    for xy, points in zip(coordinates_for(table, MICROGRAPHS), picks, strict=True):
        np.testing.assert_allclose(xy, points[:, :2], rtol=0, atol=0.01)
    if has_scores:
        scores = np.sort(np.concatenate(picks)[:, 2])
        np.testing.assert_allclose(
            np.sort(table["score"]), scores, rtol=1e-6, atol=1e-9
        )


STAR = """
# version 30001

data_

loop_
_rlnCoordinateX #1
_rlnCoordinateY #2
_rlnAutopickFigureOfMerit #3
_rlnClassNumber #4
_rlnAnglePsi #5
1018 1152.5 0.75 0 0
200.25 3000 -1.5 0 0

"""
# The two picks of a micrograph, in boxes of 40 pixels, as the documents of each
# program have it.
BY_HAND = {
    "star": ("{}_autopick.star", STAR),
    "box": ("{}.box", "998\t1132.5\t40\t40\n180.25\t2980\t40\t40\n"),
    "cbox": (
        "{}.cbox",
        "data_global\n\n_cbox_format_version 1.0\n\ndata_cryolo\n\nloop_\n"
        "_CoordinateX #1\n_CoordinateY #2\n_CoordinateZ #3\n_Width #4\n_Height #5\n"
        "_Depth #6\n_EstWidth #7\n_EstHeight #8\n_Confidence #9\n_NumBoxes #10\n"
        "_Angle #11\n"
        "998 1132.5 <NA> 40 40 <NA> 40 40 0.75 <NA> <NA>\n"
        "180.25 2980 <NA> 40 40 <NA> 40 40 -1.5 <NA> <NA>\n\n"
        "data_cryolo_include\n\nloop_\n_slice_index #1\n\n",
    ),
    "eman2": (
        "{}_info.json",
        '{"boxes": [[1018.0, 1152.5, "manual", 0.75],'
        ' [200.25, 3000.0, "manual", -1.5]]}',
    ),
}
POINTS = [[1018, 1152.5, 0.75], [200.25, 3000, -1.5]]


@pytest.mark.parametrize("format", BY_HAND)
def test_files_made_by_hand_are_read_and_written_alike(tmp_path, format):
    name, text = BY_HAND[format]
    file = tmp_path / name.format("mic_7")
    file.write_text(text)
    table = read_coordinates(file)
    assert set(table["micrograph"]) == {"mic_7"}
    columns = ["x", "y"] if format == "box" else ["x", "y", "score"]
    expected = [point[: len(columns)] for point in POINTS]
    assert table[columns].to_numpy().tolist() == expected

    write_coordinates(f"{tmp_path}/new/", [POINTS], ["mic_7"], format, box_size=40)
    written = (tmp_path / "new" / file.name).read_text()
    if format == "eman2":
        assert json.loads(written) == json.loads(text)
    else:
        assert written == text


@each_target
def test_picks_point_to_their_pixels_in_a_file_of_the_image(
    tmp_path, monkeypatch, target, format, has_scores
):
    # Wider than high, and all spots in one half: a flip or a swap hits none.
    image = np.zeros((40, 90), np.float32)
    spots = np.array([[80, 3], [51, 0], [89, 12], [60, 17]])
    image[spots[:, 1], spots[:, 0]] = 1, 2, 3, 4
    path = f"{MOVIES}/a.mrc"
    (tmp_path / MOVIES).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    mrcfile.write(path, image, voxel_size=1.5)
    micrograph = Micrograph(read_micrograph(path), path=path, uid=7)
    picks = np.column_stack([spots, [1.0, 2, 3, 4]])
    write_coordinates(target, [picks], [micrograph], format, box_size="31.5A")
    table = read_coordinates(target)
    [xy] = coordinates_for(table, [micrograph])
    x, y = np.rint(xy).astype(int).T
    np.testing.assert_array_equal(micrograph[y, x], picks[:, 2])
    if has_scores:
        np.testing.assert_array_equal(table["score"], picks[:, 2])


folders = st.lists(st.sampled_from(["g1", "g2", "Data", "Import/job001"]), max_size=3)
paths = st.builds(
    lambda above, name: "/".join([*above, f"{name}.mrc"]),
    folders,
    st.sampled_from(["a", "b", "a_patch_aligned"]),
)


@settings(max_examples=60, deadline=None)
@given(
    paths=st.lists(paths, min_size=1, max_size=4, unique=True),
    target=st.sampled_from(TARGETS),
)
def test_no_pick_comes_back_to_another_micrograph(paths, target):
    target, format, _ = target
    micrographs = [make(path, uid) for uid, path in enumerate(paths, start=1)]
    # A micrograph has as many picks as no other.
    picks = [
        [[uid, 7 + number, 0.5] for number in range(uid)]
        for uid in range(1, len(paths) + 1)
    ]
    try:
        table = trip(picks, target, format, micrographs)
        found = coordinates_for(table, micrographs)
    except ValueError as error:
        event(f"refused: {str(error)[:40]}")
        return
    assert [len(xy) for xy in found] == [len(xys) for xys in picks]
    assert all((xy[:, 0].round() == len(xy)).all() for xy in found)
