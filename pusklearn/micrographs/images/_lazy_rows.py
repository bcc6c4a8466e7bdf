"""Rows that are computed when they are asked for."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from pusklearn.micrographs.images._elsewhere import (
    computes_elsewhere,
    is_task_of_worker,
    only_row_and_warnings,
    rows_with_warnings,
)
from pusklearn.micrographs.images._mapped_pixels import check_unchanged
from pusklearn.micrographs.images._memory_maps import (
    free_mapped_memory,
    mapped_file,
    write_to_temporary_file,
)
from pusklearn.micrographs.images._stand_ins import (
    NO_NAME,
    UNUSABLE,
    is_fault_of_system,
    label_of,
    stand_in,
    with_number,
)
from pusklearn.pu._progress_bar import progress_bar, without_bars
from pusklearn.pu._warn_caller import keeping_warnings, warn_caller

# Micrographs that have more pixels together than 64 of 1024 x 1024 do not stay in
# memory.
MOST_PIXELS = 2**26

# What the bar says while all steps before the training are computed at once.
PREPARING = "preparing micrographs"


class LazyRows(Sequence):
    """A sequence whose rows a function computes from the rows of another sequence.

    A row is computed each time it is asked for. A slice or an array of integers gives
    a part of the sequence that is just as lazy, and so does a split by scikit-learn.

    Parameters
    ----------
    function : callable
        Computes a row from one of `rows`. It is pickled with the rows, so it cannot be
        a lambda.
    rows : sequence
        The rows that the new rows are computed from.
    keep : bool, default=False
        Whether to keep every row once it is computed.
    instead : callable or None, default=None
        If a row cannot be computed, because its file or its pixels cannot be used, this
        is called with the row of `rows` or None, its label and the error, and returns
        the new row. None raises the error.
    bar : str or None, default=None
        What a bar says that is shown while all rows are computed; None shows no bar.

    Attributes
    ----------
    shape : tuple of int
        The number of rows, as ``(n_rows,)``.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.images._lazy_rows import LazyRows
    >>> rows = LazyRows(np.sqrt, [4, 9, 16])
    >>> float(rows[1]), len(rows[1:])
    (3.0, 2)
    """

    def __init__(
        self,
        function: Callable[[Any], Any],
        rows: Sequence,
        keep: bool = False,
        instead: Callable[[Any, str, Exception], Any] | None = None,
        bar: str | None = None,
    ) -> None:
        self.function = function
        self.rows = rows
        self.keep = keep
        self.instead = instead
        self.bar = bar
        self.kept: dict[int, Any] = {}
        # The numbers that messages call the rows by, which a part of them keeps.
        self.numbers = np.arange(len(rows))

    @property
    def shape(self) -> tuple[int]:
        """The number of rows, as ``(n_rows,)``."""
        return (len(self),)

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        name = getattr(self.function, "__name__", type(self.function).__name__)
        return f"<LazyRows: {len(self)} rows of {name}>"

    def __iter__(self) -> Iterator:
        # The iterator of a plain Sequence would take an IndexError of the function for
        # the end of the rows.
        return (self[row] for row in range(len(self)))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, tuple):
            # scikit-learn asks anything that has a shape for its rows this way.
            key = key[0]
        chosen = np.arange(len(self))[key]
        return self._compute(int(chosen)) if chosen.ndim == 0 else self._part(chosen)

    def _part(self, chosen):
        if isinstance(self.rows, LazyRows):
            rows = self.rows[chosen]
        else:
            rows = [self.rows[row] for row in chosen]
        part = LazyRows(self.function, rows, self.keep, self.instead, self.bar)
        part.numbers = self.numbers[chosen]
        return part

    def _compute(self, number):
        if number in self.kept:
            return self.kept[number]
        source = None
        try:
            source = self.rows[number]
            row = self._call(number, check_unchanged(source))
        except UNUSABLE as error:
            row = self._replace(number, source, error)
        free_mapped_memory(source)
        if self.keep:
            self.kept[number] = row
        return row

    def _call(self, number, source):
        """Compute a row; warnings name a micrograph without a name by its number."""
        label = label_of(source, self.numbers[number])
        try:
            with without_bars(), keeping_warnings() as kept:
                return self.function(source)
        finally:
            for message, category in kept:
                warn_caller(with_number(category(message), label), category)

    def _replace(self, number, source, error):
        """Return what stands for a row that cannot be computed, or raise the error."""
        known = self._origin(number) if source is None else source
        label = label_of(known, self.numbers[number])
        if self.instead is not None and not is_fault_of_system(error):
            return self.instead(source, label, error)
        if type(error) is ValueError and NO_NAME in str(error):
            raise ValueError(with_number(error, label)) from error
        raise error

    def _origin(self, number):
        """Return the path or the array that a row comes from in the end."""
        rows = self.rows
        while isinstance(rows, LazyRows):
            rows = rows.rows
        return rows[number]


def map_now_or_lazily(
    function: Callable[[Any], Any],
    micrographs: Sequence,
    on_error: str = "raise",
    bar: str | None = None,
) -> list | LazyRows:
    """Apply a function to micrographs: now, or lazily if they are large.

    Parameters
    ----------
    function : callable
        Computes a row from a micrograph. If it is a method, it should belong to a copy
        of its object, since rows may be computed after the object is fitted again.
    micrographs : list of Micrograph or LazyRows
        The micrographs, as `check_micrographs` returns them.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a micrograph cannot be used: an error, or a warning, and a row
        that is masked as a whole.
    bar : str or None, default=None
        What the bar says, see `LazyRows`.

    Returns
    -------
    list or LazyRows
        A list is computed in parallel, as `joblib.parallel_config` says.
    """
    instead = stand_in if on_error == "warn" else None
    rows = LazyRows(function, micrographs, instead=instead, bar=bar)
    return rows if is_large(micrographs) else compute_in_parallel(rows)


def compute_in_parallel(rows: LazyRows, bar: str | None = None) -> list:
    """Compute lazy rows in parallel, as `joblib.parallel_config` says.

    Parameters
    ----------
    rows : LazyRows
        The rows.
    bar : str or None, default=None
        What the bar says; None takes what the rows say, or else those that they are
        computed from.

    Returns
    -------
    list
        The rows.
    """
    bar = bar or find_bar(rows)
    if bar is not None:
        return list(generate_in_parallel(rows, bar))
    results = parallel(prefer="threads")(computations(rows))
    return list(rows_with_warnings(results)) if computes_elsewhere() else results


def generate_in_parallel(rows: LazyRows, bar: str | None = None) -> Iterator:
    """Return the rows that `compute_in_parallel` computes, one after the other."""
    results = parallel(prefer="threads", return_as="generator")(computations(rows))
    if computes_elsewhere():
        results = rows_with_warnings(results)
    bar = bar or find_bar(rows)
    if bar is None:
        return results
    shown = progress_bar(results, description=bar, unit="micrograph", total=len(rows))
    return iter(shown)


def computations(rows: LazyRows) -> Iterator:
    """Return the computation of each row, as joblib takes it.

    Threads are the default, since NumPy, SciPy and PyTorch work without holding
    Python's lock.
    """
    # See `parallel`.
    from sklearn.utils.parallel import delayed

    compute = only_row_and_warnings if computes_elsewhere() else compute_only_row
    return (delayed(compute)(rows[i : i + 1]) for i in range(len(rows)))


def parallel(**options: Any) -> Any:
    """Return scikit-learn's `Parallel`, which is imported when it is first needed.

    A program that is started anew for each micrograph has one row to compute, and the
    import would take as long as that of torch.
    """
    from sklearn.utils.parallel import Parallel

    # A worker of a cluster has got a task as a whole, to be done by itself.
    if is_task_of_worker():
        options["require"] = "sharedmem"
    return Parallel(**options)


def find_bar(rows: Any) -> str | None:
    """Return what the bar of the rows says, or of those that they are computed from."""
    while isinstance(rows, LazyRows):
        if rows.bar is not None:
            return rows.bar
        rows = rows.rows
    return None


def in_one_go(micrographs: Any) -> Any:
    """Return micrographs as lazy rows if other processes compute and can read them.

    All steps of a picker are then done by the process that has read the micrograph, and
    only the picks come back. Anything else is returned as it is.
    """
    if isinstance(micrographs, LazyRows) or not computes_elsewhere():
        return micrographs
    is_mapped = isinstance(micrographs, Sequence) and all(
        mapped_file(micrograph) is not None for micrograph in micrographs
    )
    return LazyRows(unchanged, micrographs) if is_mapped else micrographs


def in_memory_or_on_disk(
    micrographs: Sequence, on_error: str = "raise", bar: str | None = None
) -> Sequence:
    """Return micrographs as a list of arrays.

    Lazy ones are computed once and written to a temporary file, which is mapped into
    memory; others stay as they are. Lazy ones that cannot be used raise an error or, if
    `on_error` is "warn", are masked as a whole. `bar` is that of `compute_in_parallel`.
    """
    if isinstance(micrographs, LazyRows):
        if on_error == "warn":
            micrographs = LazyRows(unchanged, micrographs, instead=stand_in)
        return write_to_temporary_file(generate_in_parallel(micrographs, bar))
    return micrographs


def unchanged(row: Any) -> Any:
    """Return a row as it is."""
    return row


def compute_only_row(rows: Sequence) -> Any:
    """Return the only row of a sequence; a lazy one is computed."""
    (row,) = rows
    return row


def is_large(micrographs: Sequence) -> bool:
    """Tell whether micrographs together have too many pixels to stay in memory.

    Lazy rows count as large, whatever their number of pixels.
    """
    if isinstance(micrographs, LazyRows):
        return True
    return sum(micrograph.size for micrograph in micrographs) > MOST_PIXELS
