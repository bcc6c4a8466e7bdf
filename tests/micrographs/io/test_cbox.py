import numpy as np
import pytest

from pusklearn.micrographs.io._cbox import read_cbox

HEADER = """data_global

_cbox_format_version 1.0

data_cryolo

loop_
_CoordinateX #1
_CoordinateY #2
_CoordinateZ #3
_Width #4
_Height #5
_Depth #6
_EstWidth #7
_EstHeight #8
_Confidence #9
_NumBoxes #10
_Angle #11
"""
ROWS = """10.0 20.0 <NA> 40.0 40.0 <NA> 38.0 39.0 0.75 <NA> <NA>
100.5 60.0 <NA> 40.0 50.0 <NA> 38.0 39.0 0.25 <NA> <NA>
"""


def read(folder, text):
    (folder / "a.cbox").write_text(text)
    return read_cbox(folder / "a.cbox")


def test_centres_and_confidence(tmp_path):
    table = read(tmp_path, HEADER + ROWS)
    assert table.to_numpy().tolist() == [[30, 40, 0.75], [120.5, 85, 0.25]]
    assert list(table) == ["x", "y", "score"]
    assert table.index.tolist() == [19, 20]


def test_another_block_may_follow(tmp_path):
    more = "\ndata_cryolo_include\n\nloop_\n_slice_index #1\n<NA>\n"
    assert len(read(tmp_path, HEADER + ROWS + more)) == 2


def test_a_confidence_may_be_missing(tmp_path):
    scores = read(tmp_path, HEADER + ROWS.replace("0.25", "<NA>"))["score"]
    np.testing.assert_array_equal(scores, [0.75, np.nan])
    table = read(
        tmp_path, HEADER + ROWS.replace("0.25", "<NA>").replace("0.75", "<NA>")
    )
    assert list(table) == ["x", "y"]
    lines = ROWS.splitlines()
    short = "\n".join(" ".join(line.split()[:8]) for line in lines)
    header = HEADER[: HEADER.index("_Confidence")]
    assert list(read(tmp_path, header + short)) == ["x", "y"]


def test_a_micrograph_may_have_no_boxes(tmp_path):
    assert read(tmp_path, HEADER).shape == (0, 3)


def test_no_value_is_written_in_several_ways(tmp_path):
    table = read(tmp_path, HEADER + ROWS.replace("<NA>", "nan", 2))
    assert len(table) == 2
    table = read(tmp_path, HEADER + ROWS.replace("0.75", "nan").replace("<NA>", "None"))
    np.testing.assert_array_equal(table["score"], [np.nan, 0.25])


def test_boxes_along_filaments_are_boxes(tmp_path):
    header = HEADER + "_filamentid #12\n"
    rows = ROWS.replace("\n", " 0.0\n")
    assert read(tmp_path, header + rows).to_numpy().tolist() == [
        [30, 40, 0.75],
        [120.5, 85, 0.25],
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "10\t20\t40\t60\t0.75\t38\t39\n100.5\t60\t40\t50\t1\t38\t39\n",
            [[30, 50, 0.75], [120.5, 85, 1]],
        ),
        ("10 20 40 60 0\n", [[30, 50, 0]]),
        ("\n10 20 40 60\n", [[30, 50]]),
        ("-5 -6 40 60 1\n", [[15, 24, 1]]),
    ],
)
def test_files_of_older_versions_have_no_header(tmp_path, text, expected):
    assert read(tmp_path, text).to_numpy().tolist() == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("10 20 40 60 38 39\n", "confidence, from 0 to 1. Got '38' in line 1"),
        ("1 2 3 4 0.5\n1 2 3 4 x\n", "from 0 to 1. Got 'x' in line 2"),
        ("1 2 3 4 0.5\n1 2 3 4 -1\n", "from 0 to 1. Got '-1' in line 2"),
        ("1 2 3\n", "line 1 has 3 values"),
        ("1 2 -3 4 0.5\n", "must not be negative"),
    ],
)
def test_a_file_without_header_must_have_boxes_and_confidence(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            HEADER + ROWS + "\ndata_cryolo_include\n\nloop_\n_slice_index #1\n4\n",
            "slice_index tells of .* tomogram",
        ),
        ("data_\n", r"one table with the columns CoordinateX, .*Those found are \[\]"),
        (HEADER.replace("_Width", "_W") + ROWS, "must contain one table with the col"),
        (HEADER + ROWS + HEADER + ROWS, "must contain one table"),
        (HEADER.replace("Confidence #9", "Conf9") + ROWS, "no column .* but Conf9, wh"),
        (HEADER.replace("_Conf", "_Cnf") + ROWS, "misspelt 'Confidence'"),
        (HEADER + ROWS.replace("<NA>", "7", 1), "CoordinateZ tells of .* tomogram"),
        (HEADER + ROWS.replace("40.0", "-40.0"), "negative. That in line 19 is"),
        (HEADER + ROWS.replace("20.0", "inf"), "`CoordinateY` .* Got 'inf' in line 19"),
        (
            HEADER + ROWS.replace("100.5", "<NA>"),
            "`CoordinateX` .* Got '<NA>' in line 20",
        ),
        (
            HEADER + ROWS.replace("0.25", "high"),
            "`Confidence` .* Got 'high' in line 20",
        ),
        (HEADER + ROWS[:-9], "line 20 has 10 values, but its table has 11"),
    ],
)
def test_what_cannot_be_understood_is_named(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        read(tmp_path, text)


BOX_MANAGER = """
data_global

_cbox_format_version   1.0 

data_cryolo

loop_
_CoordinateX #1
_CoordinateY #2
_CoordinateZ #3
_Width #4
_Height #5
_Depth #6
_EstWidth #7
_EstHeight #8
_Confidence #9
_NumBoxes #10
_Angle #11
 12.500000  28.250000  0.000000  25.000000  25.000000  25.000000 <NA>  <NA>  <NA>  <NA>  <NA>         
 66.500000  39.000000  0.000000  25.000000  25.000000  25.000000 <NA>  <NA>  <NA>  <NA>  <NA>         

data_cryolo_include

loop_
_slice_index #1
 0.000000 
"""  # noqa: E501, W291


def test_slice_0_of_the_box_manager_is_a_micrograph(tmp_path):
    table = read(tmp_path, BOX_MANAGER)
    assert table.to_numpy().tolist() == [[25, 40.75], [79, 51.5]]
    assert list(table) == ["x", "y"]
    with pytest.raises(ValueError, match=r"CoordinateZ tells of .* tomogram"):
        read(tmp_path, BOX_MANAGER.replace("39.000000  0.000000", "39.000000  60.0"))
    with pytest.raises(ValueError, match=r"slice_index tells of .* tomogram"):
        read(tmp_path, BOX_MANAGER + " 1.000000 \n")


def test_corners_of_traced_filaments_are_no_boxes(tmp_path):
    vertices = """data_filament_vertices

loop_
_CoordinateX #1
_CoordinateY #2
_filamentid #3
1 2 0
300 400 0

"""
    rows = ROWS.replace("\n", " 0.0\n")
    text = HEADER.replace("data_cryolo\n", vertices + "data_cryolo\n")
    assert read(tmp_path, text + "_filamentid #12\n" + rows).to_numpy().tolist() == [
        [30, 40, 0.75],
        [120.5, 85, 0.25],
    ]
