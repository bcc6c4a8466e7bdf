import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pusklearn.pu._missing_rows import (
    are_in_runs,
    count_rows,
    leave_out_missing,
    mark_runs,
    rows_outside,
    runs_of,
)

masks = st.integers(1, 30).flatmap(lambda n: arrays(bool, n))


@given(masks)
def test_runs_say_which_rows_are_missing(is_missing):
    runs = runs_of(is_missing)
    assert count_rows(runs) == is_missing.sum()
    rows = np.arange(len(is_missing))
    np.testing.assert_array_equal(are_in_runs(rows, runs), is_missing)
    np.testing.assert_array_equal(mark_runs(runs, len(is_missing)), is_missing)
    outside = np.flatnonzero(~is_missing)
    np.testing.assert_array_equal(rows_outside(np.arange(len(outside)), runs), outside)
    assert (runs[:, 0] < runs[:, 1]).all()
    assert (runs[1:, 0] > runs[:-1, 1]).all()


@given(masks.filter(lambda mask: not mask.all()), st.data())
def test_positives_that_are_missing_are_left_out_with_a_warning(is_missing, data):
    rows = np.arange(len(is_missing))
    positives = np.array(sorted(data.draw(st.sets(st.sampled_from(rows), min_size=1))))
    expected = positives[~is_missing[positives]]
    n_unlabeled = np.sum(~is_missing) - len(expected)
    arguments = positives, runs_of(is_missing), len(rows)
    if is_missing.any() and not (len(expected) and n_unlabeled):
        with pytest.raises(ValueError, match=f"Got {len(expected)} and {n_unlabeled},"):
            leave_out_missing(*arguments)
    elif len(expected) < len(positives):
        first = positives[is_missing[positives]][0]
        counts = f"{len(positives) - len(expected)} of {len(positives)} labelled"
        with pytest.warns(UserWarning, match=rf"{counts}.* of row {first}\."):
            left = leave_out_missing(*arguments)
        np.testing.assert_array_equal(left, expected)
    else:
        assert leave_out_missing(*arguments).tolist() == positives.tolist()
