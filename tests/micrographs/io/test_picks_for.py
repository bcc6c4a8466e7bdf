import numpy as np
import pandas as pd
import pytest

from pusklearn import Micrograph
from pusklearn.micrographs.io._picks_for import picks_for

TABLE = pd.DataFrame(
    {
        "micrograph": ["a.mrc", "b.mrc", "a.mrc"],
        "x": [1.0, 2.0, 3.0],
        "y": [4.0, 5.0, 6.0],
        "score": [0.5, -0.5, 9.0],
    }
)


def as_lists(picks):
    return [points.tolist() for points in picks]


def test_scores_stay_with_their_rows():
    assert as_lists(picks_for(TABLE, ["c", "a", "b"])) == [
        [],
        [[1, 4, 0.5], [3, 6, 9]],
        [[2, 5, -0.5]],
    ]
    assert picks_for(TABLE, ["c", "a"])[0].shape == (0, 3)


@pytest.mark.parametrize("scores", [None, np.nan])
def test_a_table_may_have_no_scores(scores):
    table = TABLE.drop(columns="score")
    table = table if scores is None else table.assign(score=scores)
    assert as_lists(picks_for(table, ["b"])) == [[[2, 5]]]


def test_scores_of_some_rows_are_refused():
    table = TABLE.assign(score=[0.5, np.nan, 9.0])
    with pytest.raises(ValueError, match=r"1 of 3 rows have none, .* 'b\.mrc'"):
        picks_for(table, ["a", "b"])
    assert as_lists(picks_for(table, ["b"], with_scores=False)) == [[[2, 5]]]


def test_rows_outside_may_be_left_out_with_their_scores():
    micrograph = Micrograph(np.zeros((5, 9)), name="a")
    with pytest.raises(ValueError, match="must lie inside"):
        picks_for(TABLE, [micrograph])
    with pytest.warns(UserWarning, match="left out"):
        picks = picks_for(TABLE, [micrograph], outside="warn")
    assert as_lists(picks) == [[[1, 4, 0.5]]]


def of_uid(uid):
    return Micrograph(np.zeros((9, 9)), name="a", path=f"{uid}/a.mrc", uid=uid)


def test_uids_tell_micrographs_of_one_name_apart():
    table = TABLE.assign(micrograph="m/a.mrc", uid=pd.array([11, 22, 11], "UInt64"))
    micrographs = [of_uid(22), of_uid(11)]
    assert as_lists(picks_for(table, micrographs)) == [
        [[2, 5, -0.5]],
        [[1, 4, 0.5], [3, 6, 9]],
    ]


def test_rows_without_a_uid_belong_to_the_one_of_their_name():
    table = TABLE.assign(micrograph="m/a.mrc", uid=pd.array([2**64 - 1, None, None]))
    assert len(picks_for(table, [of_uid(2**64 - 1)])[0]) == 3
    table = TABLE.assign(micrograph="m/a.mrc", uid=pd.array([11, 22, None], "UInt64"))
    with pytest.raises(ValueError, match=r"'m/a.mrc' have the uids 11 and 22, .*none"):
        picks_for(table, [of_uid(11), of_uid(22)])


def test_the_rows_of_one_name_and_two_uids_are_counted_together():
    names = ["x/1_a.mrc", "x/1_a.mrc", "b.mrc"]
    table = TABLE.assign(micrograph=names, uid=pd.array([11, 22, None], "UInt64"))
    with pytest.warns(UserWarning, match=r"2 of 3 rows .*'x/1_a.mrc' \(2 rows\)"):
        picks_for(table, ["a", "b"])
