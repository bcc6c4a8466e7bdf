import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import starfile
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pusklearn import Micrograph
from pusklearn.io import coordinates_for, read_coordinates, write_coordinates
from pusklearn.micrographs.io._names import micrograph_key

NAMES = ["May08_03.05.02", "0012", "c"]
# No two numbers agree, so that a flip, a swap or a mixed-up micrograph shows.
PICKS = [
    np.array([[100.25, 20.5, 0.75], [3000.125, 4.0, -1.5]]),
    np.empty((0, 3)),
    np.array([[7.5, 888.0, 1e-9]]),
]
# path, format, whether it keeps scores
TARGETS = [
    ("picks.star", "auto", True),
    ("picks.txt", "auto", True),
    ("picks.tsv", "auto", True),
    ("picks.csv", "auto", True),
    ("picks.dat", "topaz", True),
    ("made/deeper/", "star", True),
    ("made/", "auto", False),
    ("made", "box", False),
    ("new", "cbox", True),
    ("new", "eman2", True),
]
each_target = pytest.mark.parametrize(("target", "format", "has_score"), TARGETS)


def write(folder, target, picks=PICKS, micrographs=NAMES, format="auto", **options):
    path = os.path.join(folder, target)
    if target == "made":
        os.mkdir(path)
    write_coordinates(path, picks, micrographs, format, **{"box_size": 41, **options})
    return path


@each_target
def test_what_is_written_is_read_again(tmp_path, target, format, has_score):
    table = read_coordinates(write(tmp_path, target, format=format))
    for points, expected in zip(coordinates_for(table, NAMES), PICKS, strict=True):
        np.testing.assert_allclose(points, expected[:, :2], rtol=1e-8)
    assert ("score" in table) == has_score
    if has_score:
        # A folder is read by name, where "M" comes before "c".
        np.testing.assert_allclose(table["score"], [0.75, -1.5, 1e-9], rtol=1e-8)


@each_target
def test_picks_without_scores_are_read_again(tmp_path, target, format, has_score):
    picks = [points[:, :2] for points in PICKS]
    table = read_coordinates(write(tmp_path, target, picks, format=format))
    assert list(table.dropna(axis=1, how="all")) == ["micrograph", "x", "y"]
    for points, expected in zip(coordinates_for(table, NAMES), picks, strict=True):
        np.testing.assert_allclose(points, expected, rtol=1e-8)


@each_target
@pytest.mark.parametrize("width", [2, 3])
def test_no_picks_at_all_give_an_empty_table(
    tmp_path, target, format, has_score, width
):
    picks = [np.empty((0, width))] * 3
    table = read_coordinates(write(tmp_path, target, picks, format=format))
    # A .cbox file has a column of scores, even if it has no row, and EMAN2 has none.
    has_score = format == "cbox" or (has_score and width == 3 and format != "eman2")
    scores = ["score"] if has_score else []
    assert list(table.columns) == ["micrograph", "x", "y", *scores]
    assert len(table) == 0
    assert [points.shape for points in coordinates_for(table, NAMES)] == [(0, 2)] * 3


coordinates = st.floats(-1e5, 1e5, allow_subnormal=False)


@settings(max_examples=25, deadline=None)
@pytest.mark.filterwarnings("ignore:Rows stand twice")
@given(
    picks=st.lists(
        st.integers(0, 3).flatmap(
            lambda k: arrays(float, (k, 3), elements=coordinates)
        ),
        min_size=1,
        max_size=3,
    ),
    target=st.sampled_from(TARGETS),
)
def test_coordinates_survive_every_format(picks, target):
    target, format, _ = target
    names = NAMES[: len(picks)]
    with tempfile.TemporaryDirectory() as folder:
        table = read_coordinates(write(folder, target, picks, names, format))
    is_exact = target.endswith((".txt", ".tsv", ".csv", ".dat"))
    tolerance = 0 if is_exact else 1e-3
    for points, expected in zip(coordinates_for(table, names), picks, strict=True):
        np.testing.assert_allclose(points, expected[:, :2], rtol=0, atol=tolerance)


def test_a_star_file_holds_what_relion_expects(tmp_path):
    path = write(tmp_path, "picks.star", star_name="MotionCorr/job002/{name}.mrc")
    blocks = starfile.read(path, always_dict=True)
    [(block_name, block)] = blocks.items()
    assert block_name == ""
    assert block.to_dict("list") == {
        "rlnMicrographName": [
            "MotionCorr/job002/May08_03.05.02.mrc",
            "MotionCorr/job002/May08_03.05.02.mrc",
            "MotionCorr/job002/c.mrc",
        ],
        "rlnCoordinateX": [100.25, 3000.125, 7.5],
        "rlnCoordinateY": [20.5, 4.0, 888.0],
        "rlnAutopickFigureOfMerit": [0.75, -1.5, 1e-9],
        "rlnClassNumber": [0, 0, 0],
        "rlnAnglePsi": [0, 0, 0],
    }


def test_names_in_a_star_file_end_in_mrc_by_default(tmp_path):
    table = read_coordinates(write(tmp_path, "picks.star"))
    assert table["micrograph"].tolist() == ["May08_03.05.02.mrc"] * 2 + ["c.mrc"]


def test_a_folder_of_star_files_has_one_per_micrograph(tmp_path):
    write(tmp_path, "", format="star")
    assert sorted(os.listdir(tmp_path)) == [
        "0012_autopick.star",
        "May08_03.05.02_autopick.star",
        "c_autopick.star",
    ]
    text = (tmp_path / "c_autopick.star").read_text()
    assert "\ndata_\n" in text
    assert "rlnMicrographName" not in text
    block = starfile.read(tmp_path / "c_autopick.star")
    assert block["rlnCoordinateX"].tolist() == [7.5]


def test_boxes_are_given_by_their_corners(tmp_path):
    write(tmp_path, "", [[[100, 30]], [[7.5, 8.25]]], ["a", "b"], box_size=20)
    assert (tmp_path / "a.box").read_text() == "90\t20\t20\t20\n"
    assert (tmp_path / "b.box").read_text() == "-2.5\t-1.75\t20\t20\n"


def test_topaz_text_is_as_topaz_writes_it(tmp_path):
    path = write(tmp_path, "picks.txt", [[[1.5, 20, 3]]], ["a.mrc"])
    expected = "image_name\tx_coord\ty_coord\tscore\na\t1.5\t20.0\t3.0\n"
    assert Path(path).read_bytes() == expected.encode()


@pytest.mark.parametrize("file", ["a.box", "a.cbox", "a_info.json"])
def test_a_single_micrograph_may_have_a_file_of_its_name(tmp_path, file):
    write(tmp_path, file, [[[100, 30]]], ["a"], box_size=20)
    table = read_coordinates(tmp_path / file)
    assert table.to_dict("split")["data"] == [["a", 100, 30]]


@pytest.mark.parametrize("names", [["b"], ["a", "b"]])
def test_a_box_file_of_another_name_is_refused(tmp_path, names):
    picks = [[[100, 30]]] * len(names)
    with pytest.raises(ValueError, match=r"has its name.* Got .*a.box for micrographs"):
        write(tmp_path, "a.box", picks, names, box_size=20)


def test_micrographs_give_their_names_and_nothing_is_scaled(tmp_path):
    micrograph = Micrograph(np.zeros((3, 4)), name="raw/a.mrc", scale=4.0)
    path = write(tmp_path, "picks.csv", [[[100, 30, 0.5]]], [micrograph])
    assert Path(path).read_text() == "micrograph,x,y,score\na,100.0,30.0,0.5\n"


def test_picks_may_come_as_an_object_array(tmp_path):
    picks = np.empty(3, dtype=object)
    picks[:] = PICKS
    assert len(read_coordinates(write(tmp_path, "picks.csv", picks))) == 3


def test_empty_picks_fit_picks_with_and_without_scores(tmp_path):
    picks = [[], np.empty((0, 2)), [[1.0, 2.0, 3.0]]]
    assert len(read_coordinates(write(tmp_path, "picks.csv", picks))) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"picks": PICKS[:2]}, "Got 2 for 3 micrographs"),
        ({"picks": [], "micrographs": []}, "At least 1 micrograph"),
        ({"picks": [[[1.0]], [], []]}, r"shape \(k, 3\).* Got \(1, 1\)"),
        ({"picks": [[1.0, 2.0, 3.0], [], []]}, r"shape \(k, 3\).* Got \(3,\)"),
        ({"picks": [[[1, 2]], [], [[1, 2, 3]]]}, r"Got \(1, 2\), \(0,\), \(1, 3\)"),
        (
            {"picks": [[], [[np.nan, 1, 2]], []]},
            r"number 1 are not: \[nan, 1\.0, 2\.0\]",
        ),
        ({"picks": [[], [], [[1, 2, np.inf]]]}, "finite. Those of micrograph number 2"),
        ({"micrographs": ["a", "b", "a.mrc"]}, "'a' and 'a.mrc' are both 'a'"),
        ({"micrographs": ["a", "a", "b"]}, "'a' and 'a' are both 'a'"),
        ({"micrographs": ["a", "b", np.zeros((3, 4))]}, "number 2 is None"),
        ({"format": "json"}, "`format` must be .* Got 'json'"),
        ({"target": "picks.dat"}, r"must end in .*\.star.* Got .*picks.dat"),
        ({"target": "made/", "format": "csv"}, "'csv' is a single file"),
        (
            {"target": "autopick.star", "format": "relion"},
            r"'relion' is a job .*folder, such as .* Got .*autopick.star",
        ),
        ({"target": "made/", "box_size": None}, "`box_size` must .* Got None"),
        (
            {"target": "made/", "box_size": 0},
            r"`box_size` must be a number in \(0, inf\)\. Got 0",
        ),
        ({"target": "picks.star", "star_name": "a.mrc"}, "must contain '{name}'"),
        (
            {"target": "picks.star", "micrographs": ["my grid", "b", "c"]},
            "no space, quote or '#'.* Got 'my grid.mrc'",
        ),
    ],
)
def test_what_cannot_be_written_is_an_error_and_leaves_nothing(
    tmp_path, arguments, said
):
    with pytest.raises(ValueError, match=said):
        write(tmp_path, **{"target": "picks.csv", **arguments})
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("target", ["picks.csv", ""])
def test_a_failure_keeps_the_files_there_were(tmp_path, monkeypatch, target):
    before = {"picks.csv": "old", "c.box": "old", "May08_03.05.02.box": "old"}
    for name, text in before.items():
        (tmp_path / name).write_text(text)
    write_bytes = Path.write_bytes

    def fail_on_last(self, content):
        write_bytes(self, content[: len(content) // 2])
        if self.name in ("c.box", "picks.csv"):
            raise OSError("disk full")

    monkeypatch.setattr(Path, "write_bytes", fail_on_last)
    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, target)
    monkeypatch.undo()

    assert {file.name: file.read_text() for file in tmp_path.iterdir()} == before


def test_an_old_file_is_replaced(tmp_path):
    (tmp_path / "picks.csv").write_text("old")
    assert len(read_coordinates(write(tmp_path, "picks.csv"))) == 3


def test_a_missing_parent_folder_is_not_found(tmp_path):
    with pytest.raises(FileNotFoundError):
        write(tmp_path, "none/picks.csv")


def test_columns_of_a_table_are_known_by_their_names(tmp_path):
    picks = pd.DataFrame({"y": [1.0], "score": [2.0], "x": [50.0]})
    write_coordinates(tmp_path / "p.csv", [picks], ["a"])
    assert read_coordinates(tmp_path / "p.csv").iloc[0].tolist() == ["a", 50, 1, 2]
    write_coordinates(tmp_path / "p.csv", [picks[["y", "x"]]], ["a"])
    assert read_coordinates(tmp_path / "p.csv").iloc[0].tolist() == ["a", 50, 1]


def test_names_stand_at_no_row_s_start_in_a_star_file(tmp_path):
    picks = [[[1.5, 2.5, 0.5]]] * 3
    names = ["data_001", "_x", "loop_"]
    path = write(tmp_path, "picks.star", picks, names, star_name="{name}")
    block = starfile.read(path)
    assert block["rlnMicrographName"].tolist() == names
    assert block["rlnCoordinateX"].tolist() == [1.5] * 3


FILES = [t for t in TARGETS if not t[0].startswith(("made", "new"))]
ODD_NAMES = [
    *["data_001", "_x", "loop_", "nan", "NA", "null", "1e5", "007", '"a', "'a", "#a"],
    *["a b", " a", "a ", "a,b", "gr\u00fcn", "\u00a0a", "a\u2028b", "\ufeffa", "a\tb"],
    *["a.mrc", "a.tif.mrc", "micrograph", "x", "-", "=1+1", "x/a", "a\nb"],
]
name_letters = st.one_of(
    st.text("ab0_.-,;'\"# @%\\=(){}[]$", min_size=1, max_size=8),
    st.text(min_size=1, max_size=4),
    st.sampled_from(ODD_NAMES),
)


@settings(max_examples=100, deadline=None)
@given(
    names=st.lists(name_letters, min_size=1, max_size=3, unique_by=micrograph_key),
    target=st.sampled_from(TARGETS),
)
def test_what_is_written_is_read_again_under_any_name(names, target):
    target, format, _ = target
    picks = [
        [[row + 1.5, row + 2.5 + number, row / 2] for number in range(row + 1)]
        for row in range(len(names))
    ]
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = write(folder, target, picks, names, format)
        except (ValueError, OSError):
            # Names that a format cannot hold are refused.
            event(f"refused: {target}")
            assume(False)
        table = read_coordinates(path)
    assert len(table) == sum(map(len, picks))
    for points, expected in zip(coordinates_for(table, names), picks, strict=True):
        np.testing.assert_array_equal(points, np.asarray(expected)[:, :2])


@pytest.mark.parametrize("target", ["picks.csv", "picks.txt"])
@pytest.mark.parametrize(
    "name", ['"a', 'a"b', "'a", "#a", " a ", "a,b", "a;b", "nan", "007", "data_1", "_x"]
)
def test_csv_and_topaz_take_every_name_of_one_line(tmp_path, target, name):
    table = read_coordinates(write(tmp_path, target, [[[1, 2, 3]]], [name]))
    assert table.iloc[0].tolist() == [name, 1, 2, 3]


@pytest.mark.parametrize("target", ["picks.csv", "picks.txt", "picks.star", "made/"])
@pytest.mark.parametrize("name", ["a\tb", "a\nb", "a\x00", "a\udc80"])
def test_names_with_control_characters_are_refused(tmp_path, target, name):
    with pytest.raises(ValueError, match="must have letters, and neither tabs"):
        write(tmp_path, target, [[[1, 2, 3]]], [name])


GRIDS = [
    Micrograph(np.zeros((9, 9)), name="s_1", path=f"/data/grid{i}/s_1.mrc")
    for i in (1, 2)
]


@pytest.mark.parametrize("target", [t[0] for t in FILES])
def test_micrographs_of_one_name_are_told_apart_by_their_folders(tmp_path, target):
    picks = [[[1, 2, 0.5]], [[3, 4, 0.25]]]
    path = write(
        tmp_path, target, picks, GRIDS, format="topaz" if "dat" in target else "auto"
    )
    table = read_coordinates(path)
    assert [name.removesuffix(".mrc") for name in table["micrograph"]] == (
        ["/data/grid1/s_1", "/data/grid2/s_1"]
        if "star" in target
        else ["grid1/s_1", "grid2/s_1"]
    )
    first, second = coordinates_for(table, GRIDS)
    assert (first.tolist(), second.tolist()) == ([[1, 2]], [[3, 4]])


@pytest.mark.parametrize(
    ("format", "ending"),
    [
        ("box", ".box"),
        ("cbox", ".cbox"),
        ("eman2", "_info.json"),
        ("star", "_autopick.star"),
    ],
)
def test_files_of_one_name_lie_side_by_side_in_folders(tmp_path, format, ending):
    write(tmp_path, "made/", [[[1, 2, 5]], [[3, 4, 6]]], GRIDS, format)
    table = read_coordinates(str(tmp_path / "made" / "**" / f"*{ending}"))
    first, second = coordinates_for(table, GRIDS)
    assert (first.tolist(), second.tolist()) == ([[1, 2]], [[3, 4]])
    assert (tmp_path / "made" / "grid2" / f"s_1{ending}").is_file()


def test_a_hidden_file_would_not_be_read_again(tmp_path):
    with pytest.raises(ValueError, match=r"hidden, .* Got the micrograph '\.a'"):
        write(tmp_path, "made/", [[[1, 2, 3]]], [".a"])


def test_links_that_lie_in_wait_are_not_followed(tmp_path):
    (tmp_path / "victim").write_text("precious")
    folder = tmp_path / "shared"
    folder.mkdir()
    for name in (f".picks.csv.{os.getpid()}", "picks.csv"):
        (folder / name).symlink_to("../victim")
    path = write(folder, "picks.csv")
    assert (tmp_path / "victim").read_text() == "precious"
    assert len(read_coordinates(path)) == 3


def test_a_pipe_is_not_written_to(tmp_path):
    os.mkfifo(tmp_path / "picks.csv")
    with pytest.raises(ValueError, match="is neither a file nor a link"):
        write(tmp_path, "picks.csv")
