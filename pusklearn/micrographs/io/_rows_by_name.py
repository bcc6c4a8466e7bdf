"""The rows that a table of coordinates has for each micrograph that it names."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pusklearn.micrographs.io._match_names import Named


def rows_by_name(table: pd.DataFrame) -> dict[Named, NDArray[np.intp]]:
    """Return the rows of each name in a table; those of one name and two uids apart.

    Parameters
    ----------
    table : DataFrame
        A table with the column ``micrograph`` and perhaps ``uid``, the number of
        cryoSPARC, which is missing in some rows.

    Returns
    -------
    dict of Named to ndarray of int
        The positions of the rows, in the order in which the names appear.

    Raises
    ------
    ValueError
        If a name has several uids, and some of its rows have none.

    Examples
    --------
    >>> import pandas as pd
    >>> from pusklearn.micrographs.io._rows_by_name import rows_by_name
    >>> table = pd.DataFrame({"micrograph": ["b.mrc", "a.mrc", "b.mrc"]})
    >>> for named, rows in rows_by_name(table).items():
    ...     print(named.name, rows.tolist())
    b.mrc [0, 2]
    a.mrc [1]
    """
    owners = table["micrograph"].astype(str).to_numpy(dtype=object)
    groups = pd.Series(range(len(owners))).groupby(owners, sort=False).indices
    if "uid" not in table:
        return {Named(str(name)): np.asarray(group) for name, group in groups.items()}
    rows = {}
    for name, group in groups.items():
        uids = table["uid"].iloc[group]
        known = uids.dropna().unique()
        if len(known) < 2:
            # Rows of files that tell no uid are joined with those that do.
            rows[Named(str(name), *map(int, known))] = np.asarray(group)
        elif uids.isna().any():
            raise ValueError(
                f"Rows of {name!r} have the uids {int(known[0])} and {int(known[1])}, "
                "which are those of two micrographs, and others have none. Give these "
                "the column `uid` as well."
            )
        else:
            rows |= {Named(str(name), int(uid)): group[uids == uid] for uid in known}
    return rows
