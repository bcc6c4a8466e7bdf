"""The defocus of micrographs, as far as their list tells it."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

# The defocus along two axes, in angstrom: RELION's columns, and cryoSPARC's.
STAR_DEFOCUS = ("rlnDefocusU", "rlnDefocusV")
CS_DEFOCUS = ("ctf/df1_A", "ctf/df2_A")


def star_defocus(table: pd.DataFrame) -> list[float | None]:
    """Return the defocus of each row of a STAR file.

    Parameters
    ----------
    table : DataFrame
        A table of micrographs as `read_tables` gives it, with the columns
        ``STAR_DEFOCUS`` if the file has them.

    Returns
    -------
    list of float or None
        The mean along both axes, in angstrom; None if the row does not tell it.

    Examples
    --------
    >>> import pandas as pd
    >>> from pusklearn.micrographs.io._defocus import star_defocus
    >>> star_defocus(
    ...     pd.DataFrame({"rlnDefocusU": ["11000", "?"], "rlnDefocusV": ["10000", "1"]})
    ... )
    [10500.0, None]
    """
    columns = [
        pd.to_numeric(table[name], errors="coerce").to_numpy(dtype=float)
        for name in STAR_DEFOCUS
        if name in table
    ]
    return _mean(columns, len(table))


def cs_defocus(rows: NDArray) -> list[float | None]:
    """Return the defocus of each row of a table of cryoSPARC.

    Parameters
    ----------
    rows : ndarray of shape (n,)
        The rows of `read_cs`.

    Returns
    -------
    list of float or None
        The mean along both axes, in angstrom; None if the row does not tell it.
    """
    names = rows.dtype.names or ()
    columns = [
        np.asarray(rows[name], dtype=float)
        for name in CS_DEFOCUS
        if name in names and rows.dtype[name].kind == "f" and not rows.dtype[name].shape
    ]
    return _mean(columns, len(rows))


def _mean(columns: Sequence[NDArray], n_rows: int) -> list[float | None]:
    """Return the mean of two columns, None where one of them is unknown."""
    if len(columns) < 2:
        return [None] * n_rows
    means = np.mean(columns, axis=0)
    # Programs write 0 for what they do not know.
    return [
        float(f"{mean:.7g}") if np.isfinite(mean) and mean != 0 else None
        for mean in means
    ]
