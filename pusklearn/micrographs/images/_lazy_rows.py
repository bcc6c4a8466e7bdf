"""Rows that are computed when they are asked for."""

from collections.abc import Sequence

import numpy as np
from sklearn.utils.parallel import Parallel, delayed

from pusklearn.micrographs.images._memory_maps import (
    free_mapped_memory,
    write_to_temporary_file,
)

# Micrographs of more pixels together, 64 of 1024 x 1024, are not held in memory.
MOST_PIXELS = 2**26


class LazyRows(Sequence):
    """A sequence whose rows a function computes from those of another.

    A slice or an array of integers gives a part of it, just as lazy; so a split by
    scikit-learn does.

    Parameters
    ----------
    function : callable
        Gives a row from one of `rows`. Pickled with the rows, so not a lambda.
    rows : sequence
        What the rows are computed from.
    keep : bool, default=False
        Keep every row once it is computed.

    Attributes
    ----------
    shape : tuple of int
        (n_rows,).

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.images._lazy_rows import LazyRows
    >>> rows = LazyRows(np.sqrt, [4, 9, 16])
    >>> float(rows[1]), len(rows[1:])
    (3.0, 2)
    """

    def __init__(self, function, rows, keep=False):
        self.function = function
        self.rows = rows
        self.keep = keep
        self.kept = {}

    @property
    def shape(self):
        """(n_rows,)."""
        return (len(self),)

    def __len__(self):
        return len(self.rows)

    def __repr__(self):
        name = getattr(self.function, "__name__", type(self.function).__name__)
        return f"<LazyRows: {len(self)} rows of {name}>"

    def __iter__(self):
        # That of a sequence would take an IndexError of the function for the end.
        return (self[row] for row in range(len(self)))

    def __getitem__(self, key):
        if isinstance(key, tuple):
            # So scikit-learn asks for rows of what has a shape.
            key = key[0]
        chosen = np.arange(len(self))[key]
        if chosen.ndim:
            part = self.rows
            if isinstance(part, LazyRows):
                part = part[chosen]
            else:
                part = [part[row] for row in chosen]
            return LazyRows(self.function, part, self.keep)
        if chosen in self.kept:
            return self.kept[chosen]
        source = self.rows[chosen]
        row = self.function(source)
        free_mapped_memory(source)
        if self.keep:
            self.kept[chosen] = row
        return row


def map_now_or_lazily(function, micrographs):
    """Apply a function to micrographs, now or, where they are large, when asked for.

    Parameters
    ----------
    function : callable
        Gives a row from a micrograph. A method should be that of a copy: rows may be
        computed after its object has been fitted anew.
    micrographs : list of Micrograph or LazyRows
        What `check_micrographs` returns.

    Returns
    -------
    list or LazyRows
        Computed in parallel where `joblib.parallel_config` says so.
    """
    if is_large(micrographs):
        return LazyRows(function, micrographs)
    return compute_in_parallel(LazyRows(function, micrographs))


def compute_in_parallel(rows, **options):
    """Compute lazy rows in parallel, as `joblib.parallel_config` says.

    Threads by default: NumPy, SciPy and PyTorch work without holding Python's lock.
    """
    parallel = Parallel(prefer="threads", **options)
    return parallel(
        delayed(compute_only_row)(rows[i : i + 1]) for i in range(len(rows))
    )


def in_memory_or_on_disk(micrographs):
    """Return micrographs as a list of arrays, lazy ones in a temporary file."""
    if isinstance(micrographs, LazyRows):
        return write_to_temporary_file(
            compute_in_parallel(micrographs, return_as="generator")
        )
    return micrographs


def compute_only_row(rows):
    """Return the only row."""
    (row,) = rows
    return row


def is_large(micrographs):
    """Tell whether micrographs together have too many pixels to hold them in memory."""
    if isinstance(micrographs, LazyRows):
        return True
    return sum(micrograph.size for micrograph in micrographs) > MOST_PIXELS
