"""Which micrographs the particles of a STAR file without micrograph names are of."""

import re

import pandas as pd

from pusklearn.micrographs.io._names import micrograph_key

_IMAGE = "rlnImageName"
# "000001@stack.mrcs" is one image of a stack.
_NUMBER_IN_STACK = re.compile(r"^\d+@")
_NO_TEXT = {"", "none", "null", "nan", "<na>"}


def stacks_of(tables: list[pd.DataFrame]) -> list[str] | None:
    """Return the stack of images of each particle, or None if the file tells of none.

    RELION extracts the particles of a micrograph to a stack of the same name, so the
    stack stands for the micrograph.

    Parameters
    ----------
    tables : list of DataFrame
        All tables of a STAR file with all their columns, as `read_tables` gives them.

    Returns
    -------
    list of str, or None

    Raises
    ------
    ValueError
        If another column tells of several micrographs.
    """
    [table] = [t for t in tables if "rlnCoordinateX" in t]
    if _IMAGE in table:
        return [_NUMBER_IN_STACK.sub("", name) for name in table[_IMAGE]]
    for column in table:
        values = {_NUMBER_IN_STACK.sub("", v) for v in table[column] if _is_text(v)}
        names = sorted({micrograph_key(value) for value in values})
        if len(names) > 1:
            raise ValueError(
                "it has no column rlnMicrographName, and its own name cannot be that "
                f"of several micrographs: its column {column} has "
                f"{', '.join(names[:3])} ({len(names)} in all). Add the "
                "column rlnMicrographName."
            )
    return None


def _is_text(value):
    if value.lower() in _NO_TEXT:
        return False
    try:
        float(value)
    except ValueError:
        return True
    return False
