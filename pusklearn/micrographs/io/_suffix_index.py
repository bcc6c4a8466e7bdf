"""The index of a picking job of RELION 3, named after the endings of its files."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pusklearn.micrographs.io._find_in_project import find_in_project
from pusklearn.micrographs.io._names import path_parts
from pusklearn.micrographs.io._relion_job import (
    ending_of_index,
    is_suffix_index,
    path_in_job,
)
from pusklearn.micrographs.io._star import read_tables
from pusklearn.micrographs.io._text_file import read_lines

_NAME = "rlnMicrographName"


def read_suffix_index(path: Path) -> pd.DataFrame:
    """Read ``coords_suffix_autopick.star`` and the like.

    The file has one line: the STAR file of the micrographs that were picked from, or a
    pattern of micrographs if coordinates were imported. The coordinates of
    ``MotionCorr/job002/Movies/a.mrc`` lie beside the index, in
    ``Movies/a_autopick.star``: the path without job and suffix, and what follows
    "coords_suffix" in the name of the index.

    Parameters
    ----------
    path : Path
        The index.

    Returns
    -------
    DataFrame
        The columns ``rlnMicrographName`` and ``rlnMicrographCoordinates`` (a full path)
        of the micrographs that have a file of coordinates, as an index of RELION 4 has
        them.

    Raises
    ------
    FileNotFoundError
        If the STAR file of micrographs is missing.
    ValueError
        If the file has not one line, no micrograph has a file of coordinates, or two
        have the same.
    """
    listed = _listed(path)
    ending = ending_of_index(path)
    pairs = [
        (name, file)
        for name in micrographs_of(path)
        if (file := _find(name, path.parent, ending)) is not None
    ]
    if not pairs and glob.has_magic(listed):
        pairs = _search(path.parent, ending)
    if not pairs:
        raise ValueError(
            f"it is the index of files that end in {ending!r} and lie beside it, one "
            f"for each micrograph of {listed}. There is none."
        )
    _check_apart(pairs)
    frame = pd.DataFrame(pairs, columns=[_NAME, "rlnMicrographCoordinates"])
    frame.index.name = "row"
    frame.attrs["columns"] = tuple(frame)
    return frame


def micrographs_of(path: Path) -> Sequence[str]:
    """Return the micrographs that such an index stands for, as the project lists them.

    Parameters
    ----------
    path : Path
        The index.

    Returns
    -------
    sequence of str
    """
    index = find_suffix_list(path)
    if index is not None:
        tables = read_tables(index, [_NAME])
        names = [name for table in tables if _NAME in table for name in table[_NAME]]
        return list(dict.fromkeys(names))
    listed = _listed(path)
    for folder in path.absolute().parents:
        found = glob.glob(listed, root_dir=folder)
        if found:
            return sorted(found)
    return []


def find_suffix_list(path: Path) -> Path | None:
    """Return the STAR file of micrographs that such an index names.

    None means that it has a pattern in its place.
    """
    listed = _listed(path)
    return None if glob.has_magic(listed) else find_in_project(listed, path)


def _listed(path):
    lines = [line.strip() for _, line in read_lines(path) if line.strip()]
    if len(lines) != 1:
        raise ValueError(
            "an index of RELION 3 has one line, which names the STAR file of the "
            f"micrographs. It has {len(lines)}."
        )
    return lines[0]


def _find(name, folder, ending):
    """Return the file of coordinates of a micrograph, None if it has none."""
    parts = path_parts(name)
    # An alias of a job, such as MotionCorr/own, is no number.
    below = [path_in_job(name), "/".join(parts), "/".join(parts[2:]), parts[-1]]
    for listed in below:
        if listed:
            file = folder / (os.path.splitext(listed)[0] + ending)
            if file.is_file():
                return os.fspath(file.absolute())
    return None


def _check_apart(pairs):
    """Raise an error if two micrographs have the same file."""
    owners: dict[str, str] = {}
    for name, file in pairs:
        other = owners.setdefault(file, name)
        if other != name:
            raise ValueError(
                f"micrographs must have coordinate files of their own. {other} and "
                f"{name} have {file} both. Files belong into the folders of the "
                "micrographs, beside the index."
            )


def _search(folder, ending):
    """Name micrographs after the files of coordinates below a folder."""
    found = sorted(folder.rglob(f"*{glob.escape(ending)}"))
    names = [file.relative_to(folder).as_posix() for file in found]
    return [
        (name.removesuffix(ending), os.fspath(file.absolute()))
        for name, file in zip(names, found, strict=True)
        if not is_suffix_index(file)
    ]
