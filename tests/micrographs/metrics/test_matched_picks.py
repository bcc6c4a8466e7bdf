import numpy as np
import pandas as pd
import pytest

from pusklearn.micrographs.metrics._matched_picks import check_picks, matched_picks


def test_picks_of_all_micrographs_are_pooled_in_their_order():
    true = [[(10, 10), (40, 40)], np.empty((0, 2)), [(25, 5)]]
    picks = [[(80, 80, 6.0), (12, 10, 5.0)], [(10, 10, 4.0)], [(25, 6, -1.0)]]
    hit, score, n_true = matched_picks(true, picks, radius=3)
    np.testing.assert_array_equal(hit, [False, True, False, True])
    np.testing.assert_array_equal(score, [6, 5, 4, -1])
    assert n_true == 3


def test_without_particles_every_pick_is_wrong():
    hit, _, n_true = matched_picks([[]], [[(1, 2, 3.0)]], radius=3)
    assert hit.tolist() == [False]
    assert n_true == 0


@pytest.mark.parametrize("lists", [([], []), ([[(1, 2)]], [[]])])
def test_without_picks_nothing_is_matched(lists):
    hit, score, n_true = matched_picks(*lists, radius=3)
    assert hit.shape == score.shape == (0,)
    assert hit.dtype == bool
    assert n_true == len(lists[0])


def test_lists_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match="Got 1 and 2 entries"):
        matched_picks([[]], [[], []], radius=3)


def test_columns_of_a_table_are_taken_by_name():
    table = pd.DataFrame({"score": [5.0], "y": [2.0], "x": [1.0]})
    np.testing.assert_array_equal(check_picks(table, 0), [(1, 2, 5)])


@pytest.mark.parametrize(
    ("picks", "message"),
    [
        ([(1, 2)], r"micrograph number 4 have shape \(1, 2\)"),
        ([(1, 2, np.nan)], "Some scores of micrograph number 4 are NaN"),
        (np.ma.masked_array([[1, 2, 3.0]], [[0, 0, 1]]), "number 4 .* 1 of 3 values"),
    ],
)
def test_wrong_picks_are_refused_by_the_number_of_their_micrograph(picks, message):
    with pytest.raises(ValueError, match=message):
        check_picks(picks, 4)
