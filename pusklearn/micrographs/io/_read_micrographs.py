"""Read many micrographs from MRC files."""

import glob
import os
from pathlib import Path

import pandas as pd

from pusklearn.micrographs.images._lazy_rows import LazyRows
from pusklearn.micrographs.io._names import distinct_stems
from pusklearn.micrographs.io._read_micrograph import read_micrograph
from pusklearn.micrographs.io._star import find_in_project, read_tables

MOST_OPEN = 256
_SUFFIXES = (".mrc", ".mrc.gz", ".mrc.bz2")
_NAME = "rlnMicrographName"


def read_micrographs(paths):
    """Read many micrographs from MRC files.

    Their names tell them apart, so no two may have the same.

    Parameters
    ----------
    paths : str, path-like, or sequence of them
        One of

        - a folder: its files ``*.mrc``, ``*.mrc.gz`` and ``*.mrc.bz2``, sorted by
          name, hidden ones left out;
        - a pattern such as ``"grid*/*.mrc"``: the files that match, sorted, with
          ``**`` for any folders;
        - a STAR file of RELION such as ``corrected_micrographs.star``: what its column
          ``rlnMicrographName`` lists, in that order, each once. Paths start at the
          RELION project, the nearest folder above in which a file is found. Unlike a
          pattern, it leaves out the power spectra beside the micrographs;
        - a sequence of files, which keep their order.

    Returns
    -------
    sequence of Micrograph
        As `read_micrograph` gives them: pixels are read when they are used. A list;
        of more than 256 files, each is opened when it is asked for, as systems limit
        the number of open ones.

    Raises
    ------
    ValueError
        Where no file is found, two have the same name (folders and extension
        aside), one is not a micrograph, or a STAR file lists none.
    FileNotFoundError
        Where a file of a sequence or a STAR file is missing.

    See Also
    --------
    read_micrograph : Says which files are micrographs.
    coordinates_for : Gives the coordinates that belong to micrographs.

    Examples
    --------
    >>> import mrcfile, tempfile
    >>> import numpy as np
    >>> from pusklearn.io import read_micrographs
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ["b", "a", "c"]:
    ...         mrcfile.write(f"{folder}/{name}.mrc", np.zeros((3, 4), "float32"))
    ...     micrographs = read_micrographs(folder)
    >>> [micrograph.name for micrograph in micrographs]
    ['a', 'b', 'c']
    """
    files = _list_files(paths)
    if not files:
        reason = ", which does not exist" if _is_missing(paths) else ""
        raise ValueError(
            f"At least 1 micrograph is needed. Found none in {paths!r}{reason}."
        )
    distinct_stems(files, "Micrographs")
    if len(files) <= MOST_OPEN:
        return [read_micrograph(file) for file in files]
    micrographs = LazyRows(read_micrograph, files)
    # Every one must be a micrograph.
    for _ in micrographs:
        pass
    return micrographs


def _list_files(paths):
    if not isinstance(paths, str | os.PathLike):
        return list(paths)
    if Path(paths).is_dir():
        return [file for file in sorted(Path(paths).iterdir()) if _is_micrograph(file)]
    if Path(paths).is_file():
        is_star = Path(paths).suffix.lower() == ".star"
        return _list_star(Path(paths)) if is_star else [paths]
    return sorted(filter(os.path.isfile, glob.glob(os.fspath(paths), recursive=True)))


def _list_star(path):
    tables = [table for table in read_tables(path, [_NAME]) if _NAME in table]
    if len(tables) != 1:
        raise ValueError(
            f"{path} must hold one table with a column {_NAME}. Got {len(tables)}."
        )
    return [find_in_project(file, path) for file in pd.unique(tables[0][_NAME])]


def _is_missing(paths):
    if not isinstance(paths, str | os.PathLike) or glob.has_magic(os.fspath(paths)):
        return False
    return not os.path.exists(paths)


def _is_micrograph(file):
    return file.name.lower().endswith(_SUFFIXES) and not file.name.startswith(".")
