import json

import pandas as pd
import pytest

from pusklearn.micrographs.io._eman_info_text import eman_info_text

TABLE = pd.DataFrame({"x": [1018.0, 200.5], "y": [1152.0, 300.0]})
BOXES = [[1018.0, 1152.0, "manual"], [200.5, 300.0, "manual"]]


def test_boxes_are_centres_with_a_label(tmp_path):
    text = eman_info_text(TABLE, tmp_path / "a_info.json")
    assert json.loads(text) == {"boxes": BOXES}


def test_the_score_stands_behind_the_label(tmp_path):
    text = eman_info_text(TABLE.assign(score=[0.5, -2.0]), tmp_path / "a_info.json")
    assert json.loads(text)["boxes"] == [
        [1018.0, 1152.0, "manual", 0.5],
        [200.5, 300.0, "manual", -2.0],
    ]


def test_all_else_of_a_file_is_kept(tmp_path):
    file = tmp_path / "a_info.json"
    kept = {"ctf": [1.5, "x", None], "quality": 5, "boxes_rej": [[1, 2, "manual"]]}
    file.write_text(json.dumps({**kept, "boxes": [[9, 9, "manual"]]}))
    assert json.loads(eman_info_text(TABLE, file)) == {**kept, "boxes": BOXES}
    assert json.loads(eman_info_text(TABLE[:0], file)) == {**kept, "boxes": []}


@pytest.mark.parametrize(
    "text", ["", "{", "[1, 2]", "\udcff", "[" * 100_000], ids=range(5)
)
def test_a_file_that_is_no_such_json_is_not_replaced(tmp_path, text):
    file = tmp_path / "a_info.json"
    file.write_text(text, errors="surrogateescape")
    with pytest.raises(
        ValueError, match=r"a_info\.json must be a JSON object of EMAN2"
    ):
        eman_info_text(TABLE, file)
