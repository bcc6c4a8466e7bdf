"""The tables that cryoSPARC keeps in its .cs files."""

import ast
import os
import re

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.io._text_file import check_is_file

_NUMPY = b"\x93NUMPY"
_CSDAT = b"CSDAT"
# A table of all that cryoSPARC knows of particles has a header of some 10 kB.
_MOST_HEADER = 2**18
_NAME = re.compile(r"[\w/.-]+", re.ASCII)
_UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    SyntaxError,
    OverflowError,
    RecursionError,
    MemoryError,
    EOFError,
)


def read_cs(path: str | os.PathLike) -> NDArray:
    """Return the rows of a table of cryoSPARC, without running any code in it.

    Parameters
    ----------
    path : path-like
        The file, a NumPy array whatever its name. Its values are read when they are
        used.

    Returns
    -------
    ndarray of shape (n,)
        The rows, with a field for each column, such as ``location/center_x_frac``.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no such table, is cut short or too long, has a column twice, or
        holds Python objects, which could run code when they are opened.
    """
    check_is_file(path)
    with open(path, "rb") as file:
        head = file.read(len(_NUMPY))
        version = file.read(2)
        n_bytes = int.from_bytes(file.read(2 if version == b"\1\0" else 4), "little")
        header = file.read(min(n_bytes, _MOST_HEADER))
    if head[1:] == _CSDAT:
        raise ValueError(
            "it is in cryoSPARC's compressed form. Save it as a NumPy array, with "
            "`Dataset.load(path).save(path)` of cryosparc-tools."
        )
    if head != _NUMPY:
        raise ValueError(
            "a .cs file of cryoSPARC must be a NumPy array. It does not begin as one."
        )
    try:
        _check_header(header)
        rows = np.load(
            path, mmap_mode="r", allow_pickle=False, max_header_size=_MOST_HEADER
        )
    except _UNREADABLE as error:
        raise ValueError(_explain(error)) from error
    if rows.ndim != 1 or not rows.dtype.names:
        raise ValueError(
            "a .cs file of cryoSPARC must be a table with named columns. It is an "
            f"array of shape {rows.shape} without such."
        )
    strange = [name for name in rows.dtype.names if not _NAME.fullmatch(name)]
    if strange:
        raise ValueError(
            f"it is damaged: no column of cryoSPARC has the name {strange[0]!r}."
        )
    n_left = os.path.getsize(path) - rows.offset - rows.nbytes
    if n_left:
        raise ValueError(
            f"it has {n_left} bytes behind its {len(rows)} rows. It is damaged."
        )
    return rows


def _check_header(header):
    """Raise an error if a header is none, at which NumPy would look twice.

    Python warns of backslashes that mean nothing.
    """
    text = header.decode("ascii")
    if "\\" in text:
        raise ValueError("its header has a backslash")
    ast.literal_eval(text.strip())


def _explain(error):
    text = str(error)
    if "Python objects" in text or "allow_pickle" in text:
        return (
            "it holds Python objects, which are never opened because they can run "
            "code. Save it with `Dataset.save` of cryosparc-tools, which turns text "
            "into plain bytes."
        )
    return f"it is damaged or cut short as a NumPy array ({text[:200]})."


def cs_columns(rows: NDArray) -> tuple[str, ...]:
    """Return the names of the columns of a table of `read_cs`."""
    return rows.dtype.names or ()


def cs_numbers(rows: NDArray, name: str, n_values: int | None = None) -> NDArray:
    """Return a column of numbers.

    Parameters
    ----------
    rows : ndarray of shape (n,)
        The rows of `read_cs`.
    name : str
        The column, which must exist.
    n_values : int or None, default=None
        How many numbers each row must have in the column; None means a single one.

    Returns
    -------
    ndarray of shape (n,) or (n, n_values)
        Integers as they are, others as float64.

    Raises
    ------
    ValueError
        If the column holds no numbers or another number of them, a uid is no integer
        or negative, or the bytes of numbers are in another order than cryoSPARC's.
    """
    column = np.array(rows[name])
    shape = column.shape[1:]
    kinds = "iu" if "uid" in name else "iuf"
    wanted = () if n_values is None else (n_values,)
    if column.dtype.kind not in kinds or shape != wanted:
        raise ValueError(
            f"its column {name} must hold {n_values or 1} "
            f"{'integer' if kinds == 'iu' else 'number'}(s) in each row. It has type "
            f"{column.dtype.base} and shape {shape}."
        )
    if "uid" in name and column.dtype.kind == "i" and (column < 0).any():
        raise ValueError(f"its column {name} must hold no negative numbers.")
    if column.dtype.str.startswith(">"):
        raise ValueError(
            f"the numbers in its column {name} must have their lowest byte first, as "
            "cryoSPARC writes them. The file says that it comes last."
        )
    return column.astype(float) if column.dtype.kind == "f" else column


def cs_texts(rows: NDArray, name: str) -> list[str]:
    """Return a column of texts, such as paths, without the ``>`` that marks exports.

    Parameters
    ----------
    rows : ndarray of shape (n,)
        The rows of `read_cs`.
    name : str
        The column, which must exist.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If the column holds no texts, or one that is empty, no UTF-8 or has a control
        character. The message names the row.
    """
    column = np.array(rows[name])
    if column.dtype.kind not in "SU" or column.ndim != 1:
        raise ValueError(
            f"its column {name} must hold texts. It has type {column.dtype.base}."
        )
    # Thousands of particles share the path of their micrograph.
    values, first, places = np.unique(column, return_index=True, return_inverse=True)
    texts = [
        _to_text(value, name, row + 1)
        for value, row in zip(values.tolist(), first.tolist(), strict=True)
    ]
    return [texts[place] for place in places.tolist()]


def _to_text(value, name, row):
    try:
        text = value.decode() if isinstance(value, bytes) else value
    except UnicodeDecodeError:
        text = ""
    text = text.removeprefix(">")
    if not text or not text.isprintable():
        raise ValueError(
            f"its column {name} must have a text in each row. Row {row} has {value!r}."
        )
    return text
