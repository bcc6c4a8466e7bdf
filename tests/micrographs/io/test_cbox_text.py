import pandas as pd

from pusklearn.micrographs.io._cbox import read_cbox
from pusklearn.micrographs.io._cbox_text import cbox_text

TABLE = pd.DataFrame({"x": [30.0, 120.5], "y": [40.0, 80.0], "score": [0.75, -2.5]})
# As crYOLO 1.8 writes it.
EXPECTED = """data_global

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
10 20 <NA> 40 40 <NA> 40 40 0.75 <NA> <NA>
100.5 60 <NA> 40 40 <NA> 40 40 -2.5 <NA> <NA>

data_cryolo_include

loop_
_slice_index #1

"""


def test_the_text_is_as_cryolo_writes_it():
    assert cbox_text(TABLE, 40.0) == EXPECTED


def test_picks_without_scores_have_no_confidence(tmp_path):
    text = cbox_text(TABLE[["x", "y"]], 40.0)
    assert "10 20 <NA> 40 40 <NA> 40 40 <NA> <NA> <NA>\n" in text
    (tmp_path / "a.cbox").write_text(text)
    assert list(read_cbox(tmp_path / "a.cbox")) == ["x", "y"]


def test_a_micrograph_may_have_no_picks(tmp_path):
    (tmp_path / "a.cbox").write_text(cbox_text(TABLE[:0], 40.0))
    assert len(read_cbox(tmp_path / "a.cbox")) == 0
