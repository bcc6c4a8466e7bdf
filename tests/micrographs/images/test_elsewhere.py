import warnings

import pytest
from joblib import parallel_config

from pusklearn.micrographs.images import _elsewhere
from pusklearn.micrographs.images._elsewhere import (
    computes_elsewhere,
    is_task_of_worker,
    only_row_and_warnings,
    rows_with_warnings,
)
from pusklearn.micrographs.images._lazy_rows import (
    LazyRows,
    compute_in_parallel,
    in_one_go,
    parallel,
)
from pusklearn.pu._warn_caller import warn_caller


def warn_and_double(number):
    warn_caller(f"{number} is odd")
    return 2 * number


def is_elsewhere(_):
    return computes_elsewhere()


class State:
    execution_state = None


@pytest.fixture
def in_a_task(monkeypatch):
    """Let this thread look like one of a worker of a cluster."""
    from distributed import utils

    monkeypatch.setattr(utils, "thread_state", State())


@pytest.mark.parametrize(
    ("backend", "expected"),
    [("threading", False), ("sequential", False), ("loky", True)],
)
def test_processes_share_no_memory(backend, expected):
    assert not computes_elsewhere()
    with parallel_config(backend, n_jobs=2):
        assert computes_elsewhere() is expected


def test_without_joblib_nothing_has_been_chosen(monkeypatch):
    monkeypatch.delitem(_elsewhere.sys.modules, "joblib")
    assert not computes_elsewhere()


def test_the_task_of_a_worker_is_done_as_a_whole(in_a_task):
    assert is_task_of_worker()
    with parallel_config("loky", n_jobs=2):
        assert not computes_elsewhere()
        # Otherwise it would be another process, and True.
        assert compute_in_parallel(LazyRows(is_elsewhere, [1, 2])) == [False, False]
        assert parallel(prefer="threads").n_jobs == 1


def test_no_other_thread_does_such_a_task():
    assert not is_task_of_worker()


def test_warnings_are_given_by_the_one_who_asks():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = [
            only_row_and_warnings(LazyRows(warn_and_double, [number]))
            for number in (3, 5)
        ]
    with pytest.warns(UserWarning, match="is odd") as caught:
        assert list(rows_with_warnings(results)) == [6, 10]
    assert [str(one.message) for one in caught] == ["3 is odd", "5 is odd"]
    # They are kept no more.
    with pytest.warns(UserWarning, match="7 is odd"):
        warn_and_double(7)


def test_what_cannot_travel_as_a_path_is_left_as_it_is():
    arrays = [[[1.0]]]
    assert in_one_go(arrays) is arrays
    with parallel_config("loky", n_jobs=2):
        assert in_one_go(arrays) is arrays
        assert in_one_go(None) is None
