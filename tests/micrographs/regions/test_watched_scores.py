import pickle
import warnings
from operator import neg

import numpy as np
import pytest
from joblib import parallel_config

from pusklearn import Micrograph
from pusklearn.micrographs.images._lazy_rows import LazyRows, compute_in_parallel
from pusklearn.micrographs.regions._watched_scores import (
    WatchedScores,
    warn_of_inverted,
)


def first_pixel_is_light(micrograph):
    return micrograph[0, 0] > 0


def rows_of(*light):
    return [
        Micrograph(np.full((2, 2), 1.0 if is_light else -1.0), name=f"m{i}")
        for i, is_light in enumerate(light)
    ]


def watched(micrographs):
    return WatchedScores(neg, first_pixel_is_light, len(micrographs))


@pytest.mark.parametrize("n_jobs", [1, 4])
def test_one_warning_comes_with_the_last_row(n_jobs):
    micrographs = rows_of(True, False, True, False)
    rows = LazyRows(watched(micrographs), micrographs)
    with (
        pytest.warns(UserWarning, match="2 of 4 micrographs look inverted") as caught,
        parallel_config("threading", n_jobs=n_jobs),
    ):
        maps = compute_in_parallel(rows)
    assert len(caught) == 1
    assert "m0" in str(caught[0].message)
    assert "m2" in str(caught[0].message)
    np.testing.assert_array_equal(maps[1], -micrographs[1])


def test_it_comes_once_however_often_rows_are_computed():
    micrographs = rows_of(True, False)
    rows = LazyRows(watched(micrographs), micrographs)
    with pytest.warns(UserWarning, match="1 of 2"):
        list(rows)
    list(rows)  # a second warning would be an error


def test_rows_that_are_right_bring_none():
    micrographs = rows_of(False, False)
    list(LazyRows(watched(micrographs), micrographs))


def test_a_thread_that_is_late_says_nothing():
    micrographs = rows_of(True)
    function = watched(micrographs)
    function.is_inverted = lambda m: function.to_come.clear()
    function(micrographs[0])


def test_another_process_warns_of_its_own_rows():
    micrographs = rows_of(True, True, False)
    function = pickle.loads(pickle.dumps(watched(micrographs)))
    with pytest.warns(UserWarning, match="1 of 3 micrographs look inverted"):
        function(micrographs[0])
    function(micrographs[2])


def test_many_names_are_not_all_listed():
    with pytest.warns(UserWarning, match=r"m4 and 3 more\. If so, multiply"):
        warn_of_inverted([f"m{i}" for i in range(8)], 9)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*micrographs look inverted")
        warn_of_inverted(["m0"], 1)


def test_micrographs_without_a_name_are_counted():
    with pytest.warns(UserWarning, match="2 of 3 .* They have no names; `Micrograph"):
        warn_of_inverted([None, None], 3)
    with pytest.warns(UserWarning, match=r"These micrographs are m1 and 2 more\."):
        warn_of_inverted([None, "m1", None], 3)
