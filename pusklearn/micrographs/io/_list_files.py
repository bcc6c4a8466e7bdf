"""Which files are micrographs, given a folder, a pattern, a STAR file or a list."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pusklearn.micrographs.io._list_folder import leave_out_spectra, list_folder
from pusklearn.micrographs.io._listed_file import ListedFile
from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._star import find_in_project, read_tables
from pusklearn.pu._warn_caller import warn_caller

_NAME = "rlnMicrographName"


def list_files(
    paths: str | os.PathLike | Sequence[str | os.PathLike], noun: str, on_error: str
) -> list:
    """Return the files that `read_micrographs` reads.

    Parameters
    ----------
    paths : str, path-like, or sequence of them
        A folder, a pattern, a STAR file, a file or files, as `read_micrographs` takes
        them.
    noun : str
        What they are, for messages.
    on_error : {"raise", "warn"}
        With "warn", a file that a STAR file lists may be missing.

    Returns
    -------
    list of str or path-like
        The files, at least one.

    Raises
    ------
    ValueError
        If there is none, or two of one folder have the same name without extension.
    FileNotFoundError
        If a file that a STAR file lists is missing.

    Warns
    -----
    UserWarning
        If files of a folder or a pattern are left out.
    """
    files, reason, left_out = _list(paths, on_error)
    if not files:
        raise ValueError(
            f"At least 1 {noun} is needed. Found none in {paths!r}{reason}."
        )
    _check_distinct(files, noun)
    if left_out:
        warn_caller(
            f"Some files of {paths} are left out: {'; '.join(left_out)}. To read them "
            "too, give a list of files."
        )
    return files


def _list(paths, on_error):
    """Return the files, why there are none, and which ones are left out."""
    if not isinstance(paths, str | os.PathLike):
        return list(paths), "", []
    path = Path(paths)
    if path.is_dir():
        return list_folder(path)
    if path.is_file():
        is_star = path.suffix.lower() == ".star"
        return (_list_star(path, on_error) if is_star else [paths]), "", []
    if os.path.exists(path):
        return [paths], "", []  # A named pipe, which reading refuses.
    matches = sorted(glob.glob(os.fspath(paths), recursive=True))
    files, left_out = leave_out_spectra(list(filter(os.path.isfile, matches)))
    is_missing = not glob.has_magic(os.fspath(paths))
    return files, ", which does not exist" if is_missing else "", left_out


def _list_star(path, on_error):
    tables = [table for table in read_tables(path, [_NAME]) if _NAME in table]
    if len(tables) != 1:
        raise ValueError(
            f"{path} must contain one table with a column {_NAME}. Got {len(tables)}."
        )
    return [_find(file, path, on_error) for file in pd.unique(tables[0][_NAME])]


def _find(file, path, on_error):
    try:
        return ListedFile(find_in_project(file, path), file)
    except FileNotFoundError:
        if on_error == "raise":
            raise
        return file  # Reading it will fail, and a warning will name it.


def _check_distinct(files, noun):
    """Raise a ValueError if two files of one folder have the same name.

    Masks belong to micrographs by name alone, whatever their folder.
    """
    known: dict[tuple[str, str], str | os.PathLike] = {}
    for file in files:
        folder = "" if noun == "mask" else os.path.dirname(os.path.abspath(file))
        key = folder, micrograph_stem(file)
        if key in known:
            where = " in one folder" if folder else ""
            raise ValueError(
                f"{noun.capitalize()}s must have different names without extension"
                f"{where}. '{known[key]}' and '{file}' are both '{key[1]}'."
            )
        known[key] = file
