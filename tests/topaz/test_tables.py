import json

import numpy as np
import pandas as pd
import pytest

from pusklearn.topaz._tables import (
    coord_text,
    read_table,
    rounded,
    table_of_picks,
    write_boxes,
    write_each,
    write_joined,
)


@pytest.fixture
def table():
    return pd.DataFrame(
        {
            "image_name": ["000001", "000001", "b"],
            "x_coord": [10, 20, 30],
            "y_coord": [1, 2, 3],
            "score": [0.5, -1.25, 2.0],
        }
    )


def test_names_are_texts_without_folder_and_suffix(tmp_path):
    (tmp_path / "a.txt").write_text(
        "image_name\tx_coord\ty_coord\n000012\t1\t2\nproc/mic_01.5.mrc\t3\t4\n"
    )
    table = read_table(tmp_path / "a.txt")
    assert table["image_name"].tolist() == ["000012", "mic_01.5"]
    assert list(table) == ["image_name", "x_coord", "y_coord"]


def test_further_columns_are_left_out(tmp_path):
    (tmp_path / "a.txt").write_text(
        "image_name\tx_coord\ty_coord\tscore\tsource\na\t1\t2\t0.5\t0\n"
    )
    table = read_table(tmp_path / "a.txt", "coord")
    assert table.values.tolist() == [["a", 1, 2, 0.5]]


def test_the_suffix_tells_the_format(tmp_path):
    (tmp_path / "a.box").write_text("10\t20\t6\t8\n")
    assert read_table(tmp_path / "a.box").values.tolist() == [["a", 13, 24]]
    (tmp_path / "a_info.json").write_text('{"boxes": [[5, 6, "manual"]]}')
    assert read_table(tmp_path / "a_info.json").values.tolist() == [["a", 5, 6]]
    star = "data_\n\nloop_\n_rlnMicrographName #1\n_rlnCoordinateX #2\n"
    star += "_rlnCoordinateY #3\n_rlnAutopickFigureOfMerit #4\nM/a.mrc 1 2 0.5\n"
    (tmp_path / "p.star").write_text(star)
    assert read_table(tmp_path / "p.star", "star").values.tolist() == [["a", 1, 2, 0.5]]


def test_a_format_must_be_that_of_the_suffix(tmp_path):
    (tmp_path / "a.txt").touch()
    with pytest.raises(ValueError, match=r"'box' must have a suffix of it.*a\.txt"):
        read_table(tmp_path / "a.txt", "box")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no\.txt"):
        read_table(tmp_path / "no.txt")


def test_the_text_of_a_table_is_read_again(tmp_path, table):
    (tmp_path / "a.txt").write_text(coord_text(table))
    pd.testing.assert_frame_equal(
        read_table(tmp_path / "a.txt"), table, check_dtype=False
    )


def test_what_has_no_score_has_no_text_for_it(table):
    table.loc[1, "score"] = np.nan
    assert coord_text(table).splitlines()[2] == "000001\t20\t2\t"
    assert coord_text(table.drop(columns="score")).splitlines()[0] == (
        "image_name\tx_coord\ty_coord"
    )


def test_picks_become_a_table():
    picks = [("a", np.array([[1.5, 2.4, 0.5]])), ("b", np.empty((0, 3)))]
    assert table_of_picks(picks).values.tolist() == [["a", 2, 2, 0.5]]
    assert list(table_of_picks([])) == ["image_name", "x_coord", "y_coord", "score"]


def test_a_half_is_rounded_up(table):
    xy = table.assign(x_coord=[0.5, 1.5, -0.5])
    assert rounded(xy)["x_coord"].tolist() == [1, 2, 0]


def test_a_star_file_names_images_and_constants(tmp_path, table):
    constants = {"rlnVoltage": 300.0}
    write_joined(
        table,
        str(tmp_path / "a.star"),
        "star",
        constants=constants,
        image_suffix=".tif",
    )
    text = (tmp_path / "a.star").read_text()
    assert "000001.tif" in text
    assert "_rlnVoltage" in text
    read = read_table(tmp_path / "a.star")
    assert read["score"].tolist() == table["score"].tolist()
    assert read["x_coord"].tolist() == table["x_coord"].tolist()


@pytest.mark.parametrize("kind", ["coord", "csv", "star", "box", "json"])
def test_each_image_has_a_file(tmp_path, table, kind):
    names = ["000001", "b", "empty"]
    write_each(table, names, tmp_path / "new", kind, suffix="_x", box_size=4)
    ending = {"coord": ".txt", "json": "_info.json"}.get(kind, f".{kind}")
    files = [tmp_path / "new" / f"{name}_x{ending}" for name in names]
    assert sorted((tmp_path / "new").iterdir()) == sorted(files)
    if kind in ("coord", "star", "csv"):
        read = read_table(files[0])
        assert read["x_coord"].tolist() == [10, 20]
        assert read["image_name"].tolist()[0].startswith("000001")


def test_boxes_are_those_of_their_programs(tmp_path, table):
    write_boxes(table[:2], tmp_path / "a.box", "box", 4)
    lines = (tmp_path / "a.box").read_text().splitlines()
    rows = [list(map(float, line.split())) for line in lines]
    assert rows == [[8, -1, 4, 4], [18, 0, 4, 4]]
    write_boxes(table[:2], tmp_path / "a_info.json", "json", 0)
    boxes = json.loads((tmp_path / "a_info.json").read_text())["boxes"]
    assert boxes == [[10, 1, "manual"], [20, 2, "manual"]]
