"""The format in which picks are written, and whether it goes to a folder."""

import os
from pathlib import Path

from pusklearn.micrographs.io._pick_files import ENDINGS
from pusklearn.pu._checks import check_choice

FORMATS = ["star", "relion", "topaz", "csv", "box", "cbox", "eman2", "cs"]
_SUFFIXES = {
    ".box": "box",
    ".cbox": "cbox",
    ".cs": "cs",
    ".csv": "csv",
    ".json": "eman2",
    ".star": "star",
    ".tsv": "topaz",
    ".txt": "topaz",
}
# The formats whose files always hold the picks of one micrograph.
OF_ONE = ("box", "cbox", "eman2")


def pick_format(path: str | os.PathLike, format: str) -> tuple[str, bool]:
    """Return the format of a path, and whether the path is a folder.

    Parameters
    ----------
    path : str or path-like
        A file, or a folder if it is one or ends in a slash.
    format : str
        One of `FORMATS`, or "auto", which lets the suffix decide.

    Returns
    -------
    format : str
        One of `FORMATS`.
    is_folder : bool
        Whether there is one file per micrograph, in that folder.

    Raises
    ------
    ValueError
        If the format is unknown or does not fit the path.
    """
    check_choice(format, "format", ["auto", *FORMATS])
    is_folder = os.path.isdir(path) or os.fspath(path).endswith(("/", os.sep))
    file = Path(path)
    if format == "auto":
        format = "box" if is_folder else _SUFFIXES.get(file.suffix.lower(), "")
        if not format:
            raise ValueError(
                f"With format 'auto', `path` must end in {', '.join(_SUFFIXES)} or be "
                f"a folder. Got {file}."
            )
    if is_folder and format not in {"relion", *ENDINGS}:
        raise ValueError(
            f"Format {format!r} is a single file, but `path` is the folder {file}."
        )
    # Their folder may be new, and given without a slash.
    is_folder = is_folder or (format in ("relion", *OF_ONE) and not file.suffix)
    if format == "relion" and not is_folder:
        raise ValueError(
            "Format 'relion' is a job of several files, so `path` must be its folder, "
            f"such as 'AutoPick/job012/'. Got {file}."
        )
    return format, is_folder
