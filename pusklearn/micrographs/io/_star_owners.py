"""Which micrographs the particles of a STAR file without micrograph names are of."""

import re

import pandas as pd

from pusklearn.micrographs.io._names import micrograph_key

_IMAGE = "rlnImageName"
# "000001@stack.mrcs" is one image of a stack.
_NUMBER_IN_STACK = re.compile(r"^\d+@")
# Columns that number micrographs, such as rlnMicrographId and image_number.
_NUMBERED = re.compile(
    r"(image|(rln)?(micrograph|mic|movie|tomo(gram)?))"
    r"[ _]?(id|uid|idx|index|number|no)?",
    re.IGNORECASE,
)
_NO_TEXT = {"", "none", "null", "nan", "<na>"}


def stacks_of(table: pd.DataFrame) -> list[str] | None:
    """Return the stack of images of each particle, or None if the table tells of none.

    RELION extracts the particles of a micrograph to a stack of the same name, so the
    stack stands for the micrograph.

    Parameters
    ----------
    table : DataFrame
        A table of coordinates with all its columns, as `read_tables` gives it.

    Returns
    -------
    list of str, or None

    Raises
    ------
    ValueError
        If another column tells of several micrographs.
    """
    if _IMAGE in table:
        return [_NUMBER_IN_STACK.sub("", name) for name in table[_IMAGE]]
    check_is_of_one(table, "rlnMicrographName")
    return None


def check_is_of_one(table: pd.DataFrame, wanted: str) -> None:
    """Raise an error if a column has several names, so that the file's cannot be it.

    Parameters
    ----------
    table : DataFrame
        A table of coordinates with all its columns, as text.
    wanted : str
        The column of micrographs that the table should have.

    Raises
    ------
    ValueError
        If a column has several different texts that are no numbers, or several numbers
        although its name is that of numbers of micrographs.
    """
    for place, column in enumerate(table):
        values = {_NUMBER_IN_STACK.sub("", v) for v in table.iloc[:, place]}
        are_names = bool(_NUMBERED.fullmatch(str(column)))
        names = sorted({micrograph_key(v) for v in values if _is_text(v, are_names)})
        if len(names) > 1:
            raise ValueError(
                f"it has no column {wanted}, and its own name cannot be that of "
                f"several micrographs: its column {column} has "
                f"{', '.join(names[:3])} ({len(names)} in all). If these "
                f"are the micrographs, call the column {wanted}; else leave it out."
            )


def _is_text(value, counts_numbers):
    if value.lower() in _NO_TEXT:
        return False
    try:
        float(value)
    except ValueError:
        return True
    return counts_numbers
