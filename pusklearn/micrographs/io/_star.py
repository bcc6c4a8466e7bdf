"""STAR files of RELION, and the files that they list."""

import linecache

import pandas as pd
import starfile


def read_tables(path, text_columns=()):
    """Return the tables of a STAR file, rows numbered from 1.

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
    # starfile reads through linecache and leaves a file that fails in it, where
    # it would hide that the file has been put right since.
    linecache.checkcache(str(path))
    blocks = starfile.read(path, always_dict=True, parse_as_string=[*text_columns])
    # A block that is no loop comes as a dictionary: one row.
    tables = [
        block if isinstance(block, pd.DataFrame) else pd.DataFrame([block])
        for block in blocks.values()
    ]
    for table in tables:
        table.index = pd.RangeIndex(1, len(table) + 1, name="row")
    return tables


def find_in_project(file, index):
    """Return where a file is that a STAR file lists.

    Its path starts at the RELION project: the nearest folder above `index` in which it
    is found.

    Parameters
    ----------
    file : str or path-like
        As it is listed.
    index : Path
        The STAR file.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        Where it is in none of the folders.
    """
    for folder in index.absolute().parents:
        if (folder / file).is_file():
            return folder / file
    raise FileNotFoundError(
        f"{index} lists {file}, which is in none of the folders above it."
    )
