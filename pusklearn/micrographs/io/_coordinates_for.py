"""Give each micrograph its rows of a table of coordinates."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._picks_for import picks_for


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
    ``_patch_aligned_doseweighted`` or ``_fractions_patch_aligned`` behind it. Names
    that agree with no other are compared without them. A micrograph with a ``uid`` gets
    the rows of that number, which stands before the name or in a column ``uid``.

    Parameters
    ----------
    table : DataFrame
        A table with columns ``micrograph``, ``x`` and ``y``, and perhaps ``uid``; the
        coordinates are pixels of the original micrograph, zero-based pixel centres.
        Rows for other micrographs, such as those of a test set, are left out.
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
    picks = picks_for(table, micrographs, outside=outside, with_scores=False)
    return [points[:, :2] for points in picks]
