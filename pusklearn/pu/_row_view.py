"""Rows of a large array, which are read a few at a time."""

import mmap
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from pusklearn.pu._columns import check_not_masked, naming_columns
from pusklearn.pu._inner_estimators import innermost
from pusklearn.pu._sklearn_compat import safe_indexing

# An array of more values than this is never copied as a whole: 64 MB of float32.
MANY_VALUES = 2**24
CHUNK_BYTES = 2**24
# Linux may map 2 MB of a file around each row that is read, and counts them as memory
# of the process. So many rows are read before they are given back; a file that is
# smaller than that is left mapped.
ROWS_AT_ONCE = 64
MAPPED_BYTES = 2**26


class RowView:
    """Rows of an array of numbers, which stay where they are until they are needed.

    An integer index gives one row; a slice, mask or index array gives another view, and
    copies nothing. ``np.asarray(view)`` copies all its rows. If the array is a memory
    map, the parts of the file that have been read are given back to the system again
    and again, so the process does not grow.

    Parameters
    ----------
    X : ndarray of shape (n, ...)
        Numbers, in memory or in a memory map.
    rows : ndarray of int or None, default=None
        The rows of the view; None takes all.
    dtype : dtype, default=float32
        The type that rows get when they are read.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.pu._row_view import RowView
    >>> view = RowView(np.arange(12).reshape(4, 3))[[3, 0]]
    >>> view.shape
    (2, 3)
    >>> np.asarray(view)
    array([[ 9., 10., 11.],
           [ 0.,  1.,  2.]], dtype=float32)
    """

    def __init__(
        self, X: NDArray, rows: NDArray | None = None, dtype: DTypeLike = np.float32
    ):
        self.X = X
        self.rows = rows
        self.dtype = np.dtype(dtype)
        mapping = shared_mapping(X)
        is_small = mapping is None or len(mapping) <= MAPPED_BYTES
        self._mapping = None if is_small else mapping

    def __len__(self) -> int:
        return len(self.X if self.rows is None else self.rows)

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of rows, and the shape of one."""
        return (len(self), *self.X.shape[1:])

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return self.X.ndim

    def __getitem__(self, key: Any) -> Any:
        if np.ndim(key) == 0 and not isinstance(key, slice):
            return self.take(np.array([key]))[0]
        if isinstance(key, list):
            key = np.asarray(key)
        numbers = np.arange(len(self.X)) if self.rows is None else self.rows
        return RowView(self.X, numbers[key], self.dtype)

    def __array__(
        self, dtype: DTypeLike | None = None, copy: bool | None = None
    ) -> NDArray:
        values = np.concatenate(
            [np.empty((0, *self.shape[1:]), self.dtype), *self.chunks()]
        )
        return values if dtype is None else values.astype(dtype, copy=False)

    def take(self, rows: NDArray) -> NDArray:
        """Return a copy of a few rows, which is writable and contiguous.

        They are read in the order of the file.
        """
        rows = rows if self.rows is None else self.rows[rows]
        order = np.argsort(rows, kind="stable")
        values = np.empty((len(rows), *self.X.shape[1:]), self.dtype)
        values[order] = self._read(rows[order])
        return values

    def chunks(self, multiple: int = 1) -> Iterator[NDArray]:
        """Yield all rows, some MB at a time.

        Parameters
        ----------
        multiple : int, default=1
            All chunks but the last have a multiple of so many rows.

        Yields
        ------
        ndarray
            The rows, contiguous and writable.
        """
        n, n_bytes = len(self), int(np.prod(self.shape[1:])) * self.dtype.itemsize
        size = max(1, CHUNK_BYTES // (n_bytes * multiple)) * multiple
        for start in range(0, n, size):
            if self.rows is None:
                yield self._read(slice(start, min(start + size, n)))
            else:
                yield self.take(np.arange(start, min(start + size, n)))

    def _read(self, rows):
        """Return a copy of rows of the array, a slice or numbers that ascend."""
        X = np.asarray(self.X)
        n = rows.stop - rows.start if isinstance(rows, slice) else len(rows)
        values = np.empty((n, *X.shape[1:]), self.dtype)
        with np.errstate(over="ignore"):  # such a value becomes infinite
            if self._mapping is None:
                values[:] = X[rows]
            elif not X.flags.c_contiguous:
                # The values of a column lie together, those of a row far apart. To read
                # a few rows is to read all of the file, which then stays mapped: to map
                # it again and again takes ten times as long as to learn.
                for column in np.ndindex(X.shape[1:]):
                    values[:, *column] = X[rows, *column]
                    if isinstance(rows, slice):
                        release(self._mapping)
            elif isinstance(rows, slice):
                values[:] = X[rows]
                release(self._mapping)
            else:
                for start in range(0, n, ROWS_AT_ONCE):
                    part = slice(start, start + ROWS_AT_ONCE)
                    values[part] = X[rows[part]]
                    release(self._mapping)
        return values


def is_large(X: Any) -> bool:
    """Tell whether samples are an array of numbers that must not be copied.

    Such are a memory map, and an array of more than 2^24 values.
    """
    return (
        isinstance(X, np.ndarray)
        and X.dtype.kind in "biuf"
        and 2 <= X.ndim <= 4
        and X.size > 0
        and (X.size > MANY_VALUES or mapping_of(X)[0] is not None)
    )


def release(mapping: mmap.mmap) -> None:
    """Give the pages of a file back that this process has read; they stay cached."""
    if hasattr(mmap, "MADV_DONTNEED"):  # not on Windows
        mapping.madvise(mmap.MADV_DONTNEED)


def mapping_of(X: Any) -> tuple[mmap.mmap | None, bool]:
    """Return the memory map that an array lies in, and whether it is a private one."""
    is_private, part = False, X
    while part is not None and not isinstance(part, mmap.mmap):
        is_private |= getattr(part, "mode", None) == "c"
        part = getattr(part, "base", None)
    return part, is_private


def shared_mapping(X: NDArray) -> mmap.mmap | None:
    """Return the memory map whose pages can be given back, if there is one.

    Those of the mode "c" hold changes that are nowhere else.
    """
    mapping, is_private = mapping_of(X)
    return None if is_private else mapping


def takes_views(estimator: Any) -> bool:
    """Tell whether an estimator reads the rows of a view when it needs them.

    All others copy them as a whole.
    """
    return getattr(estimator, "_takes_row_views", False)


def rows_for(estimator: Any, X: Any, rows: NDArray) -> Any:
    """Return some samples for an estimator: a view if it takes one, or else a copy.

    Parameters
    ----------
    estimator : estimator
        What the samples are for.
    X : array-like, sparse matrix, DataFrame, list or RowView
        The samples.
    rows : ndarray of int
        Their rows.

    Returns
    -------
    RowView or the type of `X`
        A copy of samples that are no large array, or that the estimator would copy.
    """
    if isinstance(X, RowView) or (is_large(X) and takes_views(estimator)):
        return as_view(X)[rows]
    return safe_indexing(X, rows)


def in_chunks(estimator: Any, method: str, X: Any) -> NDArray:
    """Return what a method gives for samples, for large arrays part after part.

    Parameters
    ----------
    estimator : estimator
        A fitted estimator.
    method : str
        Gives one value or row of values per sample, such as "predict_proba".
    X : array-like, sparse matrix, DataFrame, list or RowView
        The samples.

    Returns
    -------
    ndarray
        All values.
    """
    check_not_masked(X)
    function = getattr(estimator, method)
    is_whole = not isinstance(X, RowView) and not is_large(X)
    with naming_columns(X, type(innermost(estimator)).__name__):
        if is_whole or takes_views(estimator):
            return function(X)
        parts = as_view(X).chunks()
        return np.concatenate([np.asarray(function(part)) for part in parts])


def as_view(X: Any) -> RowView:
    """Return all rows of a large array, of its own type."""
    return X if isinstance(X, RowView) else RowView(X, dtype=X.dtype)
