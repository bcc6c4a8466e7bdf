import csv
import io
import json

import pandas as pd
import pytest

from pusklearn.topaz._via_tables import is_via_table, read_via_table, via_text

# As the annotator itself exports points.
TEXT = """\
filename,file_size,file_attributes,region_count,region_id,region_shape_attributes,region_attributes
a.mrc,-1,"{}",2,0,"{""name"":""point"",""cx"":12,""cy"":34}","{}"
a.mrc,-1,"{}",2,1,"{""name"":""point"",""cx"":5,""cy"":6}","{""score"":""0.5""}"
b.mrc,-1,"{}",0,0,"{}","{}"
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "points.csv"
    path.write_text(TEXT)
    return path


def test_points_are_read(file):
    assert is_via_table(file)
    table = read_via_table(file)
    assert table["image_name"].tolist() == ["a", "a"]
    assert table[["x_coord", "y_coord"]].values.tolist() == [[12, 34], [5, 6]]
    assert pd.isna(table["score"][0])
    assert table["score"][1] == 0.5


def test_another_table_is_not_one_of_the_annotator(tmp_path):
    (tmp_path / "a.csv").write_text("image_name,x_coord,y_coord\na,1,2\n")
    assert not is_via_table(tmp_path / "a.csv")


@pytest.mark.parametrize("shape", ['{"name":"rect","x":1}', "[", '{"cx":"a","cy":1}'])
def test_another_shape_is_an_error_that_names_the_line(file, shape):
    quoted = shape.replace('"', '""')
    file.write_text(TEXT + f'c.mrc,-1,"{{}}",1,0,"{quoted}","{{}}"\n')
    with pytest.raises(ValueError, match=r"points\.csv, line 5: a region must be"):
        read_via_table(file)


@pytest.mark.parametrize("has_scores", [True, False])
def test_a_written_table_is_read_again(tmp_path, has_scores):
    table = pd.DataFrame(
        {"image_name": ["a", "a", "b"], "x_coord": [1, 2, 3], "y_coord": [4, 5, 6]}
    )
    if has_scores:
        table["score"] = [0.25, -1.5, 3.0]
    (tmp_path / "a.csv").write_text(via_text(table, ".mrc"))
    read = read_via_table(tmp_path / "a.csv")
    pd.testing.assert_frame_equal(read, table, check_dtype=False)


def test_regions_are_counted_within_an_image():
    table = pd.DataFrame(
        {"image_name": ["a", "a", "b"], "x_coord": [1, 2, 3], "y_coord": [4, 5, 6]}
    )
    rows = list(csv.DictReader(io.StringIO(via_text(table, ".mrc"))))
    assert [row["filename"] for row in rows] == ["a.mrc", "a.mrc", "b.mrc"]
    counts = [(row["region_count"], row["region_id"]) for row in rows]
    assert counts == [("2", "0"), ("2", "1"), ("1", "0")]
    shape = json.loads(rows[1]["region_shape_attributes"])
    assert shape == {"name": "point", "cx": 2, "cy": 5}
    assert [row["region_attributes"] for row in rows] == ["{}"] * 3
