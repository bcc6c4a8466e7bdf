"""Whether the last row of a table of text lost some of its characters."""

import os
import re
from pathlib import Path

import pandas as pd

# Numbers that are written with the same number of decimals in so many rows are written
# so in all. Fewer rows, or one decimal, may agree by chance.
_FEWEST_ROWS = 30
_FEWEST_DECIMALS = 2
_DECIMALS = re.compile(r"[-+]?\d+(?:\.(\d*))?")
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")


def describe_cut(path: Path, table: pd.DataFrame) -> str | None:
    """Say how the last value of a file seems to be cut off, None if it does not.

    Parameters
    ----------
    path : Path
        The file. If it ends with an end of line, nothing is cut off.
    table : DataFrame
        Its table as text, as `read_tables` and `read_delimited` give it:
        ``attrs["columns"]`` lists the names of all columns. Only if the last one is in
        the table can its last value be judged.

    Returns
    -------
    str or None
        A number has fewer decimals than all others in its column, or a name lacks the
        suffix that all others have.
    """
    columns = table.attrs.get("columns") or ("",)
    if len(table) <= _FEWEST_ROWS or columns[-1] not in table or _has_end(path):
        return None
    values = table[columns[-1]].to_numpy().tolist()
    *others, last = map(str, values)
    for what, marks in (("decimals", _n_decimals), ("ending", _suffix)):
        usual = {marks(value) for value in others}
        if len(usual) == 1 and _is_less(marks(last), usual.pop()):
            return (
                f"the file does not end with an end of line, and its last value, "
                f"{last!r}, lacks the {what} that all others in its column have"
            )
    return None


def _has_end(path):
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() in b"\r\n"


def _n_decimals(value):
    found = _DECIMALS.fullmatch(value)
    return None if found is None else len(found[1] or "")


def _suffix(value):
    found = _SUFFIX.search(value)
    return "" if found is None else found[0]


def _is_less(mark, usual):
    if isinstance(usual, str):
        return mark != usual and usual.startswith(mark)
    if mark is None or usual is None or usual < _FEWEST_DECIMALS:
        return False
    return mark < usual
