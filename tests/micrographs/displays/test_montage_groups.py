import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pusklearn.micrographs.displays._montage_groups import choose_groups

SCORE = np.array([3.0, 9, 1, 7, 5, 8, 2, 6, 4, 0])


def scores_of(groups):
    return {name: SCORE[rows].tolist() for name, rows in groups.items()}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ((4.5, 2, 4), {"best": [9, 8], "around the cut": [6, 5, 4, 3]}),
        ((4.5, 2, 3), {"best": [9, 8], "around the cut": [6, 5, 4]}),
        ((4.5, 0, 2), {"around the cut": [5, 4]}),
        ((4.5, 2, 0), {"best": [9, 8]}),
        ((8.5, 3, 4), {"best": [9], "around the cut": [8, 7]}),
        ((9.5, 3, 4), {"best": [9, 8, 7], "around the cut": [6, 5]}),
        ((-np.inf, 2, 3), {"best": [9, 8], "lowest": [2, 1, 0]}),
        ((-np.inf, 20, 3), {"best": [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]}),
        ((4.5, 0, 0), {}),
    ],
)
def test_the_best_and_those_next_to_the_threshold_are_chosen(settings, expected):
    assert scores_of(choose_groups(SCORE, *settings)) == expected


@given(
    st.lists(st.integers(-5, 5), max_size=30),
    st.integers(-6, 6),
    st.integers(0, 10),
    st.integers(0, 10),
)
def test_no_pick_is_shown_twice_and_scores_fall(score, threshold, n_best, n_cut):
    score = np.array(score, dtype=float)
    groups = choose_groups(score, threshold, n_best, n_cut)
    rows = np.concatenate([[], *groups.values()]).astype(int)
    assert len(np.unique(rows)) == len(rows) <= n_best + n_cut
    assert (np.diff(score[rows]) <= 0).all()
    assert all(len(rows) for rows in groups.values())
    if "around the cut" in groups:
        around = score[groups["around the cut"]]
        assert np.sum(around > threshold) <= (n_cut + 1) // 2
        assert np.sum(around <= threshold) <= n_cut // 2
