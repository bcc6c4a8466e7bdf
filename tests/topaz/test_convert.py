import json

import mrcfile
import numpy as np
import pytest

HEAD = "image_name\tx_coord\ty_coord"


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_text(
        f"{HEAD}\tscore\na\t402\t803\t1.5\na\t4\t6\t-2\n000007\t0\t12\t0\n"
    )
    return tmp_path


def rows(text):
    return [line.split("\t") for line in text.splitlines()[1:]]


def test_without_a_change_a_table_stays_as_it_is(run, table):
    status, out, err = run("convert", "in.txt")
    assert (status, out, err) == (0, (table / "in.txt").read_text(), "")


def test_coordinates_are_scaled_and_rounded(run, table):
    _, out, _ = run("convert", "-s", "4", "in.txt")
    assert [row[1:3] for row in rows(out)] == [["101", "201"], ["1", "2"], ["0", "3"]]
    _, out, _ = run("convert", "in.txt", "--up-scale", "8", "--down-scale", "2")
    assert rows(out)[0] == ["a", "1608", "3212", "1.5"]


def test_greater_scores_are_kept(run, table):
    _, out, _ = run("convert", "-t", "-1", "in.txt")
    assert [row[0] for row in rows(out)] == ["a", "000007"]
    _, out, _ = run("convert", "-t", "0", "in.txt")
    assert [row[3] for row in rows(out)] == ["1.5"]


def test_what_has_no_score_is_kept(run, table):
    (table / "labels.txt").write_text(f"{HEAD}\nb\t1\t2\n")
    _, out, _ = run("convert", "--threshold", "0", "labels.txt", "in.txt")
    assert rows(out) == [["b", "1", "2", ""], ["a", "402", "803", "1.5"]]


def test_y_is_counted_from_the_other_end(run, table):
    for name, height in (("a", 1000), ("000007", 100)):
        mrcfile.write(table / f"{name}.mrc", np.zeros((height, 3), np.float32))
    status, out, err = run("convert", "--invert-y", "--imagedir", ".", "in.txt")
    assert (status, err) == (0, "")
    assert [row[2] for row in rows(out)] == ["196", "993", "87"]
    _, out, _ = run("convert", "--invert-y", "--imagedir=.", "-s", "2", "in.txt")
    assert [row[2] for row in rows(out)] == ["98", "497", "44"]


def test_the_heights_are_needed_to_invert(run, table):
    status, _, err = run("convert", "--invert-y", "in.txt")
    assert status == 1
    assert "needs --imagedir" in err


def test_a_folder_has_boxes_or_files_of_eman(run, table):
    run("convert", "in.txt", "-o", "boxes/", "--boxsize", "10")
    lines = (table / "boxes/a.box").read_text().splitlines()
    rows = [list(map(float, line.split())) for line in lines]
    assert rows == [[397, 798, 10, 10], [-1, 1, 10, 10]]
    run("convert", "in.txt", "-o", "eman/")
    boxes = json.loads((table / "eman/000007_info.json").read_text())["boxes"]
    assert boxes[0] == [0, 12, "manual"]


def test_a_folder_may_have_files_of_another_format(run, table):
    run("convert", "in.txt", "-o", "star/", "--to", "star", "--suffix", "_picks")
    assert sorted(file.name for file in (table / "star").iterdir()) == [
        "000007_picks.star",
        "a_picks.star",
    ]


def test_a_star_file_has_the_constants_that_are_given(run, table):
    run(
        *("convert", "in.txt", "-o", "o.star", "--voltage", "300"),
        *("--detector-pixel-size", "5", "--magnification", "50000"),
        *("--amplitude-contrast", "-1", "--image-ext", ".tif"),
    )
    text = (table / "o.star").read_text()
    names = ("Voltage", "DetectorPixelSize", "Magnification")
    assert all(f"_rln{name}" in text for name in names)
    assert "AmplitudeContrast" not in text
    assert "000007.tif" in text


def test_boxes_of_one_image_may_be_one_file(run, table):
    (table / "one.txt").write_text(f"{HEAD}\nb\t10\t20\n")
    run("convert", "one.txt", "-o", "b.box", "--boxsize", "4")
    assert (table / "b.box").read_text().split() == ["8", "18", "4", "4"]
    run("convert", "one.txt", "-o", "b_info.json")
    assert json.loads((table / "b_info.json").read_text())["boxes"][0][:2] == [10, 20]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["in.txt", "-o", "a.box", "--boxsize", "4"], "must be a folder"),
        (["in.txt", "--to", "json"], "must be a folder"),
        (["in.txt", "-o", "a.box"], "need --boxsize"),
        (["no.txt"], "There is no file no.txt"),
        (["in.txt", "--from", "star"], "must have a suffix"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_said(run, table, arguments, words):
    status, out, err = run("convert", *arguments)
    assert (status, out) == (1, "")
    assert words in err


def test_a_file_is_needed(run):
    status, _, err = run("convert", "-s", "2")
    assert status == 2
    assert "at least 1 file" in err


def test_verbose_takes_a_number(run, table):
    _, _, err = run("convert", "in.txt", "-o", "o.txt", "--verbose", "1")
    assert err == "# 3 particles of 2 images have been written.\n"
    assert run("convert", "in.txt", "-o", "o.txt", "-v", "0")[2] == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-s", "0"], "--down-scale must be > 0. Got 0"),
        (["-x", "-1"], "--up-scale must be > 0. Got -1"),
        (["-x", "inf"], "a finite number is needed"),
    ],
)
def test_scales_are_above_0(run, table, arguments, words):
    status, out, err = run("convert", "in.txt", *arguments)
    assert (status, out) == (2, "")
    assert words in err


def test_joined_files_of_which_one_has_scores_are_read_again(run, table):
    (table / "few.txt").write_text(f"{HEAD}\nb\t5\t6\n")
    for name in ("joined.txt", "joined.star", "joined.csv"):
        assert run("convert", "in.txt", "few.txt", "-o", name)[0] == 0
        status, out, err = run("convert", "-t", "0", name)
        assert (status, err) == (0, "")
        assert rows(out) == [["a", "402", "803", "1.5"], ["b", "5", "6", ""]]
    assert "\n5 6 -999 b.mrc " in (table / "joined.star").read_text()
