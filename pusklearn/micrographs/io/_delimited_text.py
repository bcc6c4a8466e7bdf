"""Picks as a table in which tabs or commas separate the values."""

import csv
from collections.abc import Sequence

import pandas as pd

_TOPAZ_COLUMNS = {"micrograph": "image_name", "x": "x_coord", "y": "y_coord"}


def csv_text(table: pd.DataFrame, names: Sequence[str]) -> str:
    """Return picks as a table of commas.

    Parameters
    ----------
    table : DataFrame
        Columns ``x``, ``y`` and perhaps ``score``.
    names : sequence of str
        The name of the micrograph of each row.

    Returns
    -------
    str
    """
    return _join(_with_names(table, names), ",")


def topaz_text(table: pd.DataFrame, names: Sequence[str]) -> str:
    """Return picks as Topaz writes them, separated by tabs.

    Parameters
    ----------
    table : DataFrame
        Columns ``x``, ``y`` and perhaps ``score``.
    names : sequence of str
        The name of the micrograph of each row.

    Returns
    -------
    str
    """
    return _join(_with_names(table, names).rename(columns=_TOPAZ_COLUMNS), "\t")


def _with_names(table, names):
    table = table.copy()
    table.insert(0, "micrograph", list(names))
    return table


def _join(table, separator):
    # Only quotes keep the blanks at the ends of a name.
    has_blanks = any(name != name.strip() for name in table.iloc[:, 0].unique())
    quoting = csv.QUOTE_NONNUMERIC if has_blanks else csv.QUOTE_MINIMAL
    return table.to_csv(
        sep=separator, index=False, lineterminator="\n", quoting=quoting
    )
