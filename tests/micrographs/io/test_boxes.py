import pytest

from pusklearn.micrographs.io._boxes import read_boxes


def read(folder, text):
    (folder / "a.box").write_text(text)
    return read_boxes(folder / "a.box")


def test_corners_and_sizes_and_their_lines(tmp_path):
    boxes = read(tmp_path, "# boxes\n10 20.5\t30 40\n\n-1 -2 3e1 40 \n")
    assert boxes.to_numpy().tolist() == [[10, 20.5, 30, 40], [-1, -2, 30, 40]]
    assert boxes.index.tolist() == [2, 4]
    assert list(boxes) == ["x", "y", "width", "height"]


def test_further_values_are_left_out(tmp_path):
    assert read(tmp_path, "1 2 3 4 -3 x\n").to_numpy().tolist() == [[1, 2, 3, 4]]


@pytest.mark.parametrize(
    ("text", "scores"),
    [
        ("1 2 3 4 0.75\n5 6 3 4 1\n", [0.75, 1]),
        ("1 2 3 4 -1.5 7\n5 6 3 4 2e1 7\n", [-1.5, 20]),
        ("1 2 3 4 1.0\n", [1]),
        ("1 2 3 4 0\n5 6 3 4 1\n", None),
        ("1 2 3 4 0.5\n5 6 3 4 good\n", None),
        ("1 2 3 4 0.5\n5 6 3 4 inf\n", None),
    ],
)
def test_a_fifth_column_with_decimals_is_a_score(tmp_path, text, scores):
    boxes = read(tmp_path, text)
    assert (boxes["score"].tolist() if "score" in boxes else None) == scores
    assert boxes["x"].tolist() == [1, 5][: len(boxes)]


@pytest.mark.parametrize(
    "line",
    [
        "#micrograph: actin.mrc",
        "#segment length: 384",
        "#helix: (359.3, 24.9),(310.9, 30.7),38",
        "# helix: (359.3, 24.9),(310.9, 30.7),38",
    ],
)
def test_files_of_helices_are_named(tmp_path, line):
    with pytest.raises(ValueError, match=r"line 1 is one of EMAN's e2helixboxer"):
        read(tmp_path, f"{line}\n3597.3 2470.9\n")


def test_boxes_may_have_no_size(tmp_path):
    assert len(read(tmp_path, "1 2 0 0\n")) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1 2 3\n", "line 1 has 3 values, but 4 are expected"),
        ("1 2 3 4\n\n1 2 3 4 5\n", "line 3 has 5 values, but 4"),
        ("1 2 3 4 5\n1 2 3 4\n", "line 2 has 4 values, but 5"),
        ("x y w h\n1 2 3 4\n", "`x` must hold finite numbers. Got 'x' in line 1"),
        ("1 2 3 4\n1 2 inf 4\n", "`width` must hold finite .* Got 'inf' in line 2"),
        ("1 1_0 3 4\n", "`y` must hold finite .* Got '1_0' in line 1"),
        ("1 2 3 4\n# 1 2 3 4\n", "line 2 has 5 values, but 4"),
        ("1 2 3 4\n#1 2 3 4\n", "Got '#1' in line 2"),
        ("1 2 3 4 -1\n5 6 3 4 -2\n", "line 1 has -1 behind its box, .* a filament"),
        ("1 2 3 4 -3\n5 6 3 4 -2\n", "line 2 has -2 behind its box"),
        ("1 2 3 4 -1.0\n5 6 3 4 -2.0\n", "are -1 and -2, which mark the ends of f"),
        ("1 2 3 -4\n", "must not be negative. Got 3 x -4 in line 1"),
    ],
)
def test_what_is_no_box_is_an_error_that_names_the_line(tmp_path, text, said):
    with pytest.raises(ValueError, match=said):
        read(tmp_path, text)


def test_a_last_row_that_lost_digits_is_noticed(tmp_path):
    rows = "1 2 180 180\n" * 3
    for end in ("1 2 180 1", "1 2 180 18"):
        with pytest.raises(ValueError, match="cut off: its last row has no end"):
            read(tmp_path, rows + end)
        assert len(read(tmp_path, f"{rows}{end}\n")) == 4
    assert len(read(tmp_path, f"{rows}1 2 180 180")) == 4
    # Boxes of many sizes tell nothing.
    assert len(read(tmp_path, f"{rows}1 2 90 90\n1 2 180 18")) == 5


def test_scores_may_have_an_exponent_instead_of_a_point(tmp_path):
    (tmp_path / "a.box").write_text("1 2 3 4 1e-3\n5 6 3 4 5e-1\n")
    assert read_boxes(tmp_path / "a.box")["score"].tolist() == [0.001, 0.5]
    (tmp_path / "a.box").write_text("1 2 3 4 1e0\n5 6 3 4 -3\n")
    assert "score" not in read_boxes(tmp_path / "a.box")


@pytest.mark.parametrize(
    ("fifths", "said"),
    [
        (["0.5", "1.25", "2,5"], "most rows, .* Got '2,5' in line 3"),
        (["0.5", "nan", "2.5"], "most rows, .* Got 'nan' in line 2"),
        (["-3", "-3", "-3.5", "-3"], "is '-3' in 3 of 4, and '-3.5' in line 3"),
        (["x", "0.5", "x", "x"], "is 'x' in 3 of 4, and '0.5' in line 2"),
    ],
)
def test_a_column_of_scores_and_of_marks_is_damaged(tmp_path, fifths, said):
    with pytest.raises(ValueError, match=said):
        read(tmp_path, "".join(f"1 {i} 3 4 {f}\n" for i, f in enumerate(fifths)))


def test_scores_may_be_whole_in_some_rows(tmp_path):
    boxes = read(tmp_path, "".join(f"1 2 3 4 {s}\n" for s in ("1", "0.5", "1", "2")))
    assert boxes["score"].tolist() == [1, 0.5, 1, 2]
