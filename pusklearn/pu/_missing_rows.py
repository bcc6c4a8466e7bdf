"""Rows that hold no sample, such as regions beside the data, as runs of rows."""

import numpy as np
from numpy.typing import NDArray

from pusklearn.pu._warn_caller import warn_caller


def count_rows(runs: NDArray[np.integer]) -> int:
    """Count the rows in runs.

    Parameters
    ----------
    runs : ndarray of int of shape (n_runs, 2)
        The first row of each run and the row after its last one.

    Returns
    -------
    int
        The number of rows.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.pu._missing_rows import count_rows
    >>> count_rows(np.array([[0, 2], [5, 6]]))  # rows 0, 1 and 5
    3
    """
    return int((runs[:, 1] - runs[:, 0]).sum())


def are_in_runs(
    rows: NDArray[np.integer], runs: NDArray[np.integer]
) -> NDArray[np.bool_]:
    """Tell which rows lie in one of the runs, which are ascending."""
    # Row 5 lies in [2, 7): one more run starts at or before it than ends there.
    starts, stops = runs.T
    n_started = np.searchsorted(starts, rows, side="right")
    return n_started > np.searchsorted(stops, rows, side="right")


def rows_outside(
    numbers: NDArray[np.integer], runs: NDArray[np.integer]
) -> NDArray[np.intp]:
    """Return rows by their numbers among those that lie in no run.

    Parameters
    ----------
    numbers : ndarray of int
        0 for the first row outside of the runs, 1 for the second, and so on.
    runs : ndarray of int of shape (n_runs, 2)
        The first row of each run and the row after its last one, ascending.

    Returns
    -------
    ndarray of int
        The rows.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.pu._missing_rows import rows_outside
    >>> rows_outside(np.arange(4), np.array([[1, 2], [4, 5]]))
    array([0, 2, 3, 5])
    """
    n_skipped = np.r_[0, (runs[:, 1] - runs[:, 0]).cumsum()].astype(np.intp)
    n_outside_before = runs[:, 0] - n_skipped[:-1]
    return numbers + n_skipped[np.searchsorted(n_outside_before, numbers, "right")]


def runs_of(is_missing: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the runs of rows that are missing.

    Parameters
    ----------
    is_missing : ndarray of bool of shape (n,)
        Which rows are missing.

    Returns
    -------
    ndarray of int of shape (n_runs, 2)
        The first row of each run and the row after its last one, ascending.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.pu._missing_rows import runs_of
    >>> runs_of(np.array([True, True, False, True]))
    array([[0, 2],
           [3, 4]])
    """
    changes = np.diff(is_missing, prepend=False, append=False)
    return np.flatnonzero(changes).reshape(-1, 2)


def mark_runs(runs: NDArray[np.integer], n: int) -> NDArray[np.bool_]:
    """Return which of `n` rows lie in one of the runs; this undoes `runs_of`."""
    lengths = np.diff(runs.ravel(), prepend=0, append=n)
    return np.repeat(np.arange(len(lengths)) % 2 == 1, lengths)


def leave_out_missing(
    positives: NDArray[np.integer], runs: NDArray[np.integer], n_samples: int
) -> NDArray[np.integer]:
    """Return the labelled positives that are there.

    Parameters
    ----------
    positives : ndarray of int
        Rows of the labelled positives, ascending.
    runs : ndarray of int of shape (n_runs, 2)
        The runs of missing rows.
    n_samples : int
        The number of samples, missing ones too.

    Returns
    -------
    ndarray of int
        The rows that are not missing.

    Raises
    ------
    ValueError
        If no labelled positive or no unlabeled sample is left.

    Warns
    -----
    UserWarning
        If some are left out.
    """
    if not len(runs):
        return positives
    is_missing = are_in_runs(positives, runs)
    there, left_out = positives[~is_missing], positives[is_missing]
    n_unlabeled = n_samples - count_rows(runs) - len(there)
    if not len(there) or not n_unlabeled:
        raise ValueError(
            "PU learning needs labelled positives and unlabeled samples that are not "
            f"missing. Got {len(there)} and {n_unlabeled}, with {count_rows(runs)} of "
            f"{n_samples} samples missing and {len(left_out)} labels on these."
        )
    if len(left_out):
        warn_caller(
            f"{len(left_out)} of {len(positives)} labelled positives are left out, "
            f"because their samples are missing, such as that of row {left_out[0]}."
        )
    return there
