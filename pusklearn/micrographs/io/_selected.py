"""Rows that the user of RELION or Scipion has taken out in its displays."""

from pathlib import Path

import pandas as pd

from pusklearn.micrographs.io._relion_job import SELECTION, is_suffix_index
from pusklearn.micrographs.io._star import read_tables

_NAME = "rlnMicrographName"
SELECTED = "rlnSelected"
# RELION writes the first, and Scipion wrote the second.
SELECTIONS = (SELECTED, "rlnEnabled")
# In a job of manual picking of RELION 3, those that are selected.
_CHOSEN = "micrographs_selected.star"


def is_deselected(table: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows of a table are not selected.

    Parameters
    ----------
    table : DataFrame
        Any table of a STAR file. In the columns ``rlnSelected`` and ``rlnEnabled``, 0
        means that a row is not selected; without them, all rows are.

    Returns
    -------
    Series of bool
    """
    out = pd.Series(False, table.index)
    for name in selections_of(table):
        out |= pd.to_numeric(table[name], errors="coerce") == 0
    return out


def selections_of(table: pd.DataFrame) -> list[str]:
    """Return the columns of a table that say which rows are selected."""
    return [name for name in SELECTIONS if name in table]


def deselected_in_job(names: "pd.Series[str]", index: Path) -> "pd.Series[bool]":
    """Return which micrographs the user has taken out while clicking on particles.

    Parameters
    ----------
    names : Series of str
        The micrographs that the index of the job lists.
    index : Path
        The index. Beside it lies ``local_selection.star``, or in RELION 3
        ``micrographs_selected.star`` with those that are selected, if it is of manual
        picking.

    Returns
    -------
    Series of bool
    """
    out: set[str] = set()
    if (index.parent / SELECTION).is_file():
        tables = read_tables(index.parent / SELECTION, [_NAME, SELECTED])
        for table in (table for table in tables if _NAME in table):
            out |= set(table[_NAME][is_deselected(table)])
    elif is_suffix_index(index) and (index.parent / _CHOSEN).is_file():
        tables = read_tables(index.parent / _CHOSEN, [_NAME])
        chosen = {name for table in tables if _NAME in table for name in table[_NAME]}
        out = set(names) - chosen
    return names.isin(out)
