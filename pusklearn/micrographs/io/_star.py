"""STAR files of RELION, and the files that they list."""

import linecache
import os
from collections.abc import Iterable
from pathlib import Path

import pandas as pd
import starfile


def read_tables(
    path: str | os.PathLike, text_columns: Iterable[str] = ()
) -> list[pd.DataFrame]:
    """Return the tables of a STAR file, with rows numbered from 1.

    Parameters
    ----------
    path : path-like
        The file.
    text_columns : iterable of str, default=()
        Columns that are never turned into numbers.

    Returns
    -------
    list of DataFrame
    """
    # starfile reads through linecache, which keeps the text of a file that failed; so a
    # file that has been corrected since would fail again.
    linecache.checkcache(str(path))
    blocks = starfile.read(path, always_dict=True, parse_as_string=[*text_columns])
    # A block without a loop comes as a dictionary, which is one row.
    tables = [
        block if isinstance(block, pd.DataFrame) else pd.DataFrame([block])
        for block in blocks.values()
    ]
    for table in tables:
        table.index = pd.RangeIndex(1, len(table) + 1, name="row")
    return tables


def find_in_project(file: str | os.PathLike, index: Path) -> Path:
    """Return the full path of a file that a STAR file lists.

    The listed path starts at the RELION project: the nearest folder above `index` in
    which the file is found. An absolute path stays as it is.

    Parameters
    ----------
    file : str or path-like
        The path as it is listed.
    index : Path
        The STAR file.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If the file is in none of the folders above `index`.
    """
    for folder in index.absolute().parents:
        if (folder / file).is_file():
            return folder / file
    raise FileNotFoundError(
        f"{index} lists {file}, which is in none of the folders above it."
    )
