"""Give each micrograph its rows of a table of coordinates."""

import difflib

import pandas as pd

from pusklearn.micrographs.io._names import (
    distinct_stems,
    micrograph_names,
    micrograph_stem,
)


def coordinates_for(table, micrographs):
    """Give each micrograph its rows of a table of coordinates.

    A row belongs to a micrograph where their names agree, folders and extension
    aside: ``"Movies/a.mrc"`` in the table is the micrograph named ``"a"``. Dots
    inside a name are no extension: ``"May08_03.05.02"`` stays whole.

    Parameters
    ----------
    table : DataFrame
        Columns ``micrograph``, ``x`` and ``y``, in pixels of the original
        micrograph. Rows for other micrographs are normal, for instance those of
        a test set, and are left out.
    micrographs : sequence of Micrograph or str
        Micrographs that have a name, or names. One without rows is normal, too.

    Returns
    -------
    list of ndarray of shape (k, 2)
        Columns ``x, y``, one array per micrograph in the order given, the rows in
        the order of the table; ``k`` is 0 where the table has no rows.

    Raises
    ------
    ValueError
        Where the table has rows but none for any of the micrographs, two
        different names agree but for folders and extension, a micrograph has no
        name, or the table lacks a column or has a gap in one.
    TypeError
        Where `table` is not a DataFrame or `micrographs` not a sequence.

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
            f"It lacks {', '.join(sorted(missing))}."
        )
    gaps = table[["micrograph", "x", "y"]].isna().any(axis=1)
    if gaps.any():
        where = gaps.idxmax()
        raise ValueError(
            "`table` must have no gaps in micrograph, x and y. Row "
            f"{where!r} has {table.loc[where, ['micrograph', 'x', 'y']].to_dict()}."
        )


def _describe_mismatch(wanted, found):
    """Show the first names looked for and the nearest names there are."""
    shown = wanted[:3]
    near = [match for name in shown for match in difflib.get_close_matches(name, found)]
    return (
        "The table has no row for any of the micrographs. Looked for "
        f"{_enumerate(shown)} ({len(wanted)} in all). The table has "
        f"{_enumerate(dict.fromkeys(near or found[:3]))} ({len(found)} in all)."
    )


def _enumerate(names):
    return ", ".join(repr(name) for name in names)
