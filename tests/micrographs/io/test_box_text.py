import pandas as pd

from pusklearn.micrographs.io._box_text import box_text, corners

TABLE = pd.DataFrame({"x": [100.0, 7.5], "y": [30.0, 8.25], "score": [1.0, 2.0]})


def test_a_box_is_its_corner_and_its_size():
    assert box_text(TABLE, 20) == "90\t20\t20\t20\n-2.5\t-1.75\t20\t20\n"


def test_a_box_of_odd_size_has_a_corner_between_pixels():
    boxes = corners(TABLE[:1], 41.0)
    assert boxes.to_dict("records") == [
        {"x": 79.5, "y": 9.5, "width": 41.0, "height": 41.0}
    ]


def test_no_picks_are_no_lines():
    assert box_text(TABLE[:0], 20) == ""
