"""Give each micrograph its rows of a table of coordinates."""

import difflib
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._names import (
    distinct_stems,
    micrograph_names,
    micrograph_stem,
)


def coordinates_for(
    table: pd.DataFrame, micrographs: Sequence[Micrograph | str]
) -> list[NDArray[np.float64]]:
    """Give each micrograph its rows of a table of coordinates.

    A row belongs to a micrograph if their names agree without folders and extension:
    ``"Movies/a.mrc"`` in the table is the micrograph named ``"a"``. A name may contain
    dots, since only known extensions are left out: ``"May08_03.05.02"`` stays whole.

    Parameters
    ----------
    table : DataFrame
        A table with columns ``micrograph``, ``x`` and ``y``; the coordinates are pixels
        of the original micrograph, zero-based pixel centres. Rows for other
        micrographs, such as those of a test set, are left out.
    micrographs : sequence of Micrograph or str
        Micrographs that have a name, or names. A micrograph may have no rows.

    Returns
    -------
    list of ndarray of shape (k, 2)
        One array with columns ``x, y`` per micrograph, in the order of `micrographs`;
        the rows are in the order of the table. ``k`` is 0 if the table has no rows for
        a micrograph.

    Raises
    ------
    ValueError
        If the table has rows but none for any of the micrographs, two different names
        agree without folders and extension, a micrograph has no name, or a column of
        the table is missing or has a gap.
    TypeError
        If `table` is not a DataFrame, or `micrographs` is a single micrograph or name.

    See Also
    --------
    read_coordinates : Reads such a table.

    Examples
    --------
    >>> import pandas as pd
    >>> from pusklearn.io import coordinates_for
    >>> table = pd.DataFrame({
    ...     "micrograph": ["a.mrc", "b.mrc", "a.mrc"],
    ...     "x": [10.0, 20.0, 30.0],
    ...     "y": [1.0, 2.0, 3.0],
    ... })
    >>> for coordinates in coordinates_for(table, ["c", "a"]):
    ...     print(coordinates.tolist())
    []
    [[10.0, 1.0], [30.0, 3.0]]
    """
    _check_table(table)
    names = micrograph_names(micrographs)
    distinct_stems(dict.fromkeys(names), "Micrographs")
    owners = table["micrograph"].astype(str)
    distinct_stems(owners.unique(), "Micrographs of one table")

    wanted = [micrograph_stem(name) for name in names]
    rows = table.groupby(owners.map(micrograph_stem).to_numpy()).indices
    if wanted and rows and rows.keys().isdisjoint(wanted):
        raise ValueError(_describe_mismatch(wanted, list(rows)))
    points = table[["x", "y"]].to_numpy(dtype=float)
    return [points[rows.get(name, [])] for name in wanted]


def _check_table(table):
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"`table` must be a DataFrame. Got {type(table).__name__}.")
    missing = {"micrograph", "x", "y"}.difference(table.columns)
    if missing:
        raise ValueError(
            "`table` must have columns micrograph, x and y. "
            f"It has no {', '.join(sorted(missing))}. "
            f"Its columns are {list(table.columns)}."
        )
    gaps = table[["micrograph", "x", "y"]].isna().any(axis=1)
    if gaps.any():
        row = int(gaps.to_numpy().argmax())
        values = table[["micrograph", "x", "y"]].iloc[row].to_dict()
        raise ValueError(
            "`table` must have no gaps in micrograph, x and y. Row "
            f"{table.index[row]!r} has {values}."
        )


def _describe_mismatch(wanted, listed):
    """Show the first names that were looked for and the nearest names of the table."""
    shown = wanted[:3]
    near = [name for want in shown for name in difflib.get_close_matches(want, listed)]
    return (
        "The table has no row for any of the micrographs. Looked for "
        f"{_enumerate(shown)} ({len(wanted)} in all). The table has "
        f"{_enumerate(dict.fromkeys(near or listed[:3]))} ({len(listed)} in all)."
    )


def _enumerate(names):
    return ", ".join(repr(name) for name in names)
