import numpy as np
import pandas as pd
import pytest

from pusklearn.micrographs.displays._sorted_picks import sort_picks

PICKS = [(10, 12, 5.0), (70, 20, 4.0), (40, 41, 3.0)]
TRUE = [(11, 12), (40, 40), (5, 55)]


def test_picks_and_their_scores_are_sorted():
    points, scores = sort_picks(PICKS, TRUE, 4)
    assert {kind: some.tolist() for kind, some in points.items()} == {
        "hit": [[10, 12], [40, 41]],
        "false": [[70, 20]],
        "missed": [[5, 55]],
    }
    assert {kind: some.tolist() for kind, some in scores.items()} == {
        "hit": [5, 3],
        "false": [4],
    }


def test_without_truth_there_are_picks_alone():
    table = pd.DataFrame(PICKS, columns=["x", "y", "score"])[["score", "y", "x"]]
    for picks in (PICKS, table):
        points, scores = sort_picks(picks, None, 4)
        assert points["pick"].tolist() == [[10, 12], [70, 20], [40, 41]]
        assert scores["pick"].tolist() == [5, 4, 3]


@pytest.mark.parametrize("true", [None, TRUE])
def test_picks_need_no_scores(true):
    points, scores = sort_picks([pick[:2] for pick in PICKS], true, 4)
    assert sum(map(len, points.values())) >= 3
    assert scores == {}


def test_there_may_be_no_pick():
    points, scores = sort_picks([], TRUE, 4)
    assert len(points["missed"]) == 3
    assert len(scores["hit"]) == 0


def test_a_score_that_is_nan_is_refused():
    with pytest.raises(ValueError, match="Scores must not be NaN"):
        sort_picks([(1, 2, np.nan)], None, 4)
