import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from pusklearn.pu.splits._folds_with_copies_together import (
    folds_with_copies_together,
    row_keys,
)

rng = np.random.default_rng(0)
DRAWN = rng.integers(1, 50, size=(60, 4)).astype(float)
TWICE = np.concatenate([DRAWN, DRAWN[:20]])
IS_POSITIVE = np.arange(80) >= 60  # each of them is among the unlabeled again


@pytest.mark.parametrize(
    "make",
    [
        np.asarray,
        sparse.csr_array,
        pd.DataFrame,
        lambda X: X.astype(object),
        lambda X: X.reshape(80, 2, 2),
        lambda X: [str(row) for row in X],
    ],
)
def test_copies_share_a_fold(make):
    folds = folds_with_copies_together(make(TWICE), IS_POSITIVE, 4, 0)
    np.testing.assert_array_equal(folds[60:], folds[:20])
    assert np.bincount(folds[IS_POSITIVE]).tolist() == [5, 5, 5, 5]


def test_a_stored_zero_makes_no_other_sample():
    X = sparse.csr_array(([1.0, 1.0, 0.0], ([0, 1, 1], [0, 0, 1])), shape=(2, 2))
    rest = sparse.csr_array(rng.random((6, 2)))
    folds = folds_with_copies_together(
        sparse.vstack([X, rest], "csr"), np.arange(8) % 2 == 0, 2, 0
    )
    assert folds[0] == folds[1]


def test_values_that_recur_are_no_copies():
    X = np.repeat([[0.0], [1.0]], 50, axis=0)
    folds = folds_with_copies_together(X, np.arange(100) % 2 == 0, 5, 0)
    for value in (X[:, 0] == 0, X[:, 0] == 1):
        assert len(np.unique(folds[value])) == 5


def test_each_fold_has_either_kind():
    is_positive = np.arange(30) < 4
    folds = folds_with_copies_together(rng.random((30, 2)), is_positive, 4, 0)
    assert np.bincount(folds[is_positive]).tolist() == [1, 1, 1, 1]


def test_the_same_state_gives_the_same_folds():
    first, second = (
        folds_with_copies_together(TWICE, IS_POSITIVE, 3, 5) for _ in range(2)
    )
    np.testing.assert_array_equal(first, second)


def test_every_process_draws_the_same_folds():
    program = (
        "import numpy as np;"
        "from pusklearn.pu.splits import _folds_with_copies_together as m;"
        "X = np.random.default_rng(0).normal(size=(60, 2)); X = np.r_[X, X[:20]];"
        "print(m.folds_with_copies_together(X, np.arange(80) >= 60, 4, 0).tolist())"
    )
    drawn = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(drawn) == 1


@pytest.mark.parametrize(
    "X",
    [
        [["a"], ["b", "c"], ["a"], ["d"]] * 2,
        pd.DataFrame({"words": [["a"], ["b", "c"], ["a"], ["d"]] * 2}),
    ],
)
def test_samples_may_be_of_any_length(X):
    assert len(folds_with_copies_together(X, np.arange(8) % 2 == 0, 2, 0)) == 8


def test_long_rows_of_objects_are_told_apart():
    X = rng.normal(size=(60, 1500)).astype(object)
    X[:, 0] = X[0, 0]
    assert len(np.unique(row_keys(X))) == 60
