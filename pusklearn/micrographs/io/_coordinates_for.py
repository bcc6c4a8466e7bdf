"""Give each micrograph its rows of a table of coordinates."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pusklearn.micrographs.images._check_coordinates import check_inside
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.io._match_names import Named, match_names
from pusklearn.micrographs.io._name_mismatch import (
    describe_mismatch,
    describe_no_match,
)
from pusklearn.micrographs.io._names import check_is_sequence, listed_name
from pusklearn.pu._checks import check_choice
from pusklearn.pu._warn_caller import warn_caller


def coordinates_for(
    table: pd.DataFrame,
    micrographs: Sequence[Micrograph | str],
    *,
    outside: Literal["raise", "warn"] = "raise",
) -> list[NDArray[np.float64]]:
    """Give each micrograph its rows of a table of coordinates.

    A row belongs to a micrograph if their names agree without folders and extension:
    ``"Movies/a.mrc"`` in the table is the micrograph named ``"a"``. A name may contain
    dots, since only known extensions are left out: ``"May08_03.05.02"`` stays whole.

    If several names agree so, folders tell them apart. The row of
    ``"grid2/stack_0001.mrc"`` belongs to the micrograph whose ``path`` ends in
    ``"grid2/stack_0001.mrc"``, and to none of ``"grid1"``.

    cryoSPARC puts a number of 21 digits before a name, and endings such as
    ``_patch_aligned_doseweighted`` behind it. Names that agree with no other are
    compared without them, and a micrograph with a ``uid`` gets the rows of that number.

    Parameters
    ----------
    table : DataFrame
        A table with columns ``micrograph``, ``x`` and ``y``; the coordinates are pixels
        of the original micrograph, zero-based pixel centres. Rows for other
        micrographs, such as those of a test set, are left out.
    micrographs : sequence of Micrograph or str
        Micrographs that have a name, or names. A micrograph may have no rows.
    outside : {"raise", "warn"}, default="raise"
        What happens if a row lies outside its micrograph: an error, or the row is left
        out with a warning. The size of a micrograph that is given by its name is not
        known, so its rows are not checked.

    Returns
    -------
    list of ndarray of shape (k, 2)
        One array with columns ``x, y`` per micrograph, in the order of `micrographs`;
        the rows are in the order of the table. ``k`` is 0 if the table has no rows for
        a micrograph.

    Raises
    ------
    ValueError
        If the table has rows but none for any of the micrographs, a name of the table
        may be that of several micrographs or the reverse, a micrograph has no name, a
        column of the table is missing, stands twice or has a gap, a coordinate is no
        finite number or, if `outside` is "raise", lies outside its micrograph.
    TypeError
        If `table` is not a DataFrame, or `micrographs` is a single micrograph or name.

    Warns
    -----
    UserWarning
        If some rows have no micrograph, some micrographs have no rows, and their names
        resemble each other; or if `outside` is "warn" and rows lie outside.

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
    check_choice(outside, "outside", ["raise", "warn"])
    points = _check_table(table)
    named, extents = _look_at(micrographs)
    owners = table["micrograph"].astype(str).to_numpy(dtype=object)
    groups = pd.Series(range(len(owners))).groupby(owners, sort=False).indices
    rows = {str(name): np.asarray(group) for name, group in groups.items()}

    matches = match_names(rows, dict.fromkeys(named))
    names = [micrograph.name for micrograph in named]
    if named and rows and not matches:
        raise ValueError(describe_no_match(names, list(rows)))
    mismatch = describe_mismatch(
        {name: len(group) for name, group in rows.items()},
        matches.values(),
        {micrograph.name: micrograph in matches for micrograph in named},
    )
    if mismatch:
        warn_caller(mismatch)
    coordinates = [
        points[rows[matches[micrograph]] if micrograph in matches else []]
        for micrograph in named
    ]
    return check_inside(coordinates, extents, names, outside)


def _look_at(micrographs):
    """Return what names each micrograph, and its height, width and scale.

    One pass is enough: micrographs that are read when they are asked for are slow. The
    size of one that is given by its name is not known.
    """
    check_is_sequence(micrographs)
    named, extents = [], []
    for row, micrograph in enumerate(micrographs):
        named.append(
            Named(listed_name(micrograph, row), getattr(micrograph, "uid", None))
        )
        # What stands for a micrograph that could not be read has another size.
        is_known = isinstance(micrograph, Micrograph) and not is_left_out(micrograph)
        extents.append((*micrograph.shape, micrograph.scale) if is_known else None)
    return named, extents


def _check_table(table):
    """Return the columns x and y as numbers."""
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"`table` must be a DataFrame. Got {type(table).__name__}.")
    columns = ["micrograph", "x", "y"]
    counts = {column: list(table.columns).count(column) for column in columns}
    wrong = [column for column in columns if counts[column] != 1]
    if wrong:
        fault = "two columns" if counts[wrong[0]] else "no"
        raise ValueError(
            "`table` must have columns micrograph, x and y, each once. It has "
            f"{fault} {', '.join(wrong)}. Its columns are {list(table.columns)[:20]}."
        )
    numbers = table[["x", "y"]].apply(pd.to_numeric, errors="coerce")
    is_bad = table["micrograph"].isna() | ~np.isfinite(numbers.astype(float)).all(
        axis=1
    )
    if is_bad.any():
        row = int(is_bad.to_numpy().argmax())
        values = table[columns].iloc[row].to_dict()
        raise ValueError(
            "`table` must have no gaps in micrograph, x and y, and finite numbers in x "
            f"and y. Row {table.index[row]!r} has {values}."
        )
    return table[["x", "y"]].to_numpy(dtype=float)
