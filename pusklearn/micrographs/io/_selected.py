"""Rows that the user of RELION has taken out in its displays."""

import pandas as pd

SELECTED = "rlnSelected"


def is_deselected(table: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows of a table are not selected.

    Parameters
    ----------
    table : DataFrame
        Any table of a STAR file. In the column ``rlnSelected``, 0 means that a row is
        not selected; without the column, all rows are.

    Returns
    -------
    Series of bool
    """
    if SELECTED not in table:
        return pd.Series(False, table.index)
    return pd.to_numeric(table[SELECTED], errors="coerce") == 0
