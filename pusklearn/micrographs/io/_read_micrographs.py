"""Read many micrographs from MRC files."""

import glob
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import pandas as pd

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._masks import add_masks
from pusklearn.micrographs.io._names import distinct_stems
from pusklearn.micrographs.io._read_each import read_each
from pusklearn.micrographs.io._star import find_in_project, read_tables
from pusklearn.pu._checks import check_choice

# Systems limit the number of open files. If there are more micrographs than this, each
# is opened when it is asked for.
MOST_OPEN = 256
_SUFFIXES = (".mrc", ".mrc.gz", ".mrc.bz2")
_NAME = "rlnMicrographName"


def read_micrographs(
    paths: str | os.PathLike | Sequence[str | os.PathLike],
    *,
    masks: str | os.PathLike | Sequence | None = None,
    on_error: Literal["raise", "warn"] = "raise",
) -> Sequence[Micrograph]:
    """Read many micrographs from MRC files.

    Micrographs are told apart by their names, so no two may have the same name.

    Parameters
    ----------
    paths : str, path-like, or sequence of them
        One of

        - a folder: its files ``*.mrc``, ``*.mrc.gz`` and ``*.mrc.bz2`` are read, sorted
          by name; hidden files are left out;
        - a pattern such as ``"grid*/*.mrc"``: the files that match are read, sorted;
          ``**`` stands for any folders;
        - a STAR file of RELION such as ``corrected_micrographs.star``: the files in its
          column ``rlnMicrographName`` are read in that order, each once. Their paths
          start at the RELION project, which is the nearest folder above the STAR file
          in which the file is found. Unlike a pattern, a STAR file leaves out the power
          spectra beside the micrographs;
        - a sequence of files: they keep their order.

    masks : str, path-like, sequence of files or of arrays, or None, default=None
        Masks of the micrographs. Every pixel that is not 0 (or False) in a mask is
        masked: there is no micrograph at it. Files are given as in `paths`; the mask of
        "grid1" is named "grid1" or "grid1_mask". Arrays come in the order of the
        micrographs, None for one without a mask. A mask may be smaller than its
        micrograph by a whole factor. `read_masks` reads files that mean it the other
        way round, or hold probabilities, for this parameter.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a micrograph cannot be read: an error, or a warning that names
        it and says why. In the second case, a micrograph of its name that is masked as
        a whole keeps its place, so that a picker gives it no picks.

    Returns
    -------
    sequence of Micrograph
        Micrographs as `read_micrograph` returns them; pixels are read when they are
        used. It is a list. If there are more than 256 files, each is opened when it is
        asked for, since systems limit the number of open files. So it is if there are
        masks and more than 2**26 pixels in all.

    Raises
    ------
    ValueError
        If no file is found, two have the same name without folders and extension,
        one is not a micrograph, a STAR file has no column ``rlnMicrographName``, no
        mask has the name of a micrograph, or a mask has a shape that does not fit.
    FileNotFoundError
        If a file of a sequence or one that a STAR file lists is missing.

    Warns
    -----
    UserWarning
        If some micrographs have no mask of their name, and others have.

    See Also
    --------
    read_masks : Reads masks in which another value means that a pixel is masked.
    read_micrograph : Says which files are micrographs.
    coordinates_for : Gives each micrograph its coordinates.

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
    check_choice(on_error, "on_error", ["raise", "warn"])
    micrographs = _open_all(paths, on_error=on_error)
    if masks is None:
        return micrographs
    if _are_paths(masks):
        masks = _open_all(masks, "mask")
    return add_masks(micrographs, masks)


def _open_all(paths, noun="micrograph", on_error="raise"):
    files = _list_files(paths, on_error)
    if not files:
        reason = ", which does not exist" if _is_missing(paths) else ""
        raise ValueError(
            f"At least 1 {noun} is needed. Found none in {paths!r}{reason}."
        )
    distinct_stems(files, f"{noun.capitalize()}s")
    return read_each(files, on_error, MOST_OPEN)


def _are_paths(masks):
    paths = [masks] if isinstance(masks, str | os.PathLike) else masks
    return len(paths) > 0 and isinstance(paths[0], str | os.PathLike)


def _list_files(paths, on_error):
    if not isinstance(paths, str | os.PathLike):
        return list(paths)
    if Path(paths).is_dir():
        return [file for file in sorted(Path(paths).iterdir()) if _is_micrograph(file)]
    if Path(paths).is_file():
        is_star = Path(paths).suffix.lower() == ".star"
        return _list_star(Path(paths), on_error) if is_star else [paths]
    return sorted(filter(os.path.isfile, glob.glob(os.fspath(paths), recursive=True)))


def _list_star(path, on_error):
    tables = [table for table in read_tables(path, [_NAME]) if _NAME in table]
    if len(tables) != 1:
        raise ValueError(
            f"{path} must contain one table with a column {_NAME}. Got {len(tables)}."
        )
    return [_find(file, path, on_error) for file in pd.unique(tables[0][_NAME])]


def _find(file, path, on_error):
    try:
        return find_in_project(file, path)
    except FileNotFoundError:
        if on_error == "raise":
            raise
        return file  # Reading it will fail, and a warning will name it.


def _is_missing(paths):
    if not isinstance(paths, str | os.PathLike) or glob.has_magic(os.fspath(paths)):
        return False
    return not os.path.exists(paths)


def _is_micrograph(file):
    return file.name.lower().endswith(_SUFFIXES) and not file.name.startswith(".")
