"""Write picks to the coordinate files of other programs."""

import csv
import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import starfile
from numpy.typing import ArrayLike

from pusklearn.micrographs.images._check_coordinates import by_name
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.io._box_sizes import box_sizes
from pusklearn.micrographs.io._distinct_names import distinct_names
from pusklearn.micrographs.io._draft_files import write_files
from pusklearn.micrographs.io._names import (
    check_is_sequence,
    listed_name,
    micrograph_stem,
)
from pusklearn.pu._checks import check_choice

_SUFFIXES = {
    ".box": "box",
    ".csv": "csv",
    ".star": "star",
    ".tsv": "topaz",
    ".txt": "topaz",
}
_FOLDER_ENDINGS = {"box": ".box", "star": "_autopick.star"}
_TOPAZ_COLUMNS = {"micrograph": "image_name", "x": "x_coord", "y": "y_coord"}
_STAR_COLUMNS = {
    "micrograph": "rlnMicrographName",
    "x": "rlnCoordinateX",
    "y": "rlnCoordinateY",
    "score": "rlnAutopickFigureOfMerit",
}
# Nine significant digits keep every float32, and two decimals or more of a coordinate.
_DIGITS = "%.9g"


def write_coordinates(
    path: str | os.PathLike,
    picks: Sequence[ArrayLike | pd.DataFrame],
    micrographs: Sequence[Micrograph | str],
    format: str = "auto",
    *,
    box_size: float | str | None = None,
    star_name: str = "{name}.mrc",
) -> None:
    """Write picks to the coordinate files of other programs.

    Coordinates are written as they are, in pixels of the original micrograph
    (zero-based pixel centres), neither flipped nor scaled. Files are first written
    in a new folder beside them and put in place when all are complete, so that a
    failure leaves no half-written file. A file keeps the mode of the one that it
    replaces, and a link in its place is replaced, not followed.

    Micrographs of the same name are told apart by the folders of their ``path``:
    ``"grid1/stack_0001"`` and ``"grid2/stack_0001"`` in the formats that have one file
    for all.

    Parameters
    ----------
    path : str or path-like
        The file, or a folder for one file per micrograph. A path that ends in a slash
        is a folder, which is made if it does not exist.
    picks : sequence of array-like of shape (k, 3) or (k, 2)
        The columns ``x, y, score`` or ``x, y`` of each micrograph; ``k`` may be 0.
        Either all of them have scores or none has. The columns of a DataFrame are found
        by these names.
    micrographs : sequence of Micrograph or str
        The micrographs of the picks, or their names, in the same order.
    format : {"auto", "star", "topaz", "csv", "box"}, default="auto"
        - "star": the format of RELION. A file has the column ``rlnMicrographName``; a
          folder has one ``<name>_autopick.star`` per micrograph, without that column.
          The score is ``rlnAutopickFigureOfMerit``; ``rlnClassNumber`` and
          ``rlnAnglePsi`` are 0, because RELION expects these columns when it joins
          files.
        - "topaz": the columns ``image_name``, ``x_coord``, ``y_coord`` and ``score``,
          separated by tabs; the names have no extension.
        - "csv": the columns ``micrograph``, ``x``, ``y`` and ``score``, separated by
          commas.
        - "box": the format of EMAN, one ``<name>.box`` per micrograph in a folder,
          without scores. The picks of a single micrograph may go to the file of its
          name.
        - "auto": the suffix decides between "star" (``.star``), "topaz" (``.txt`` or
          ``.tsv``), "csv" (``.csv``) and "box" (``.box``); a folder means "box".
    box_size : float, str or None, default=None
        Edge of the boxes in pixels of the original micrograph, > 0; "180A" is in
        angstrom and needs micrographs with a pixel size. The format "box"
        needs it, since it gives the corner of each box, ``centre - box_size / 2``.
    star_name : str, default="{name}.mrc"
        Value of ``rlnMicrographName``, with ``{name}`` in place of the name of the
        micrograph. RELION looks for exactly the names that its own micrographs have, so
        give the path within the RELION project:
        ``"MotionCorr/job002/Movies/{name}.mrc"``.

    Raises
    ------
    ValueError
        If picks and micrographs differ in number, a name is missing, has a tab or
        another control character or is not unique (in a folder even if the folders of
        the micrographs differ), a number is not finite, `format` is unknown or does not
        fit `path`, `box_size` is missing or not > 0, `star_name` has no ``{name}`` or a
        blank, or there is a folder or pipe in the place of a file.
    TypeError
        If `micrographs` is a single micrograph or name, or `box_size` is not a number.
    FileNotFoundError
        If the folder of a file does not exist.

    See Also
    --------
    read_coordinates : Reads all of these files.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from pusklearn.io import write_coordinates
    >>> picks = [[[30.5, 4.0, 0.9]], [[7.0, 8.0, 0.8], [1.0, 2.0, 0.1]]]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "picks.csv")
    ...     write_coordinates(path, picks, ["a", "b"])
    ...     print(path.read_text())
    micrograph,x,y,score
    a,30.5,4.0,0.9
    b,7.0,8.0,0.8
    b,1.0,2.0,0.1
    """
    check_is_sequence(micrographs)
    paths = [listed_name(micrograph, row) for row, micrograph in enumerate(micrographs)]
    names = distinct_names(paths)
    points = _check_picks(picks, len(names))
    is_folder = Path(path).is_dir() or os.fspath(path).endswith(("/", os.sep))
    path = Path(path)
    format = _choose_format(path, is_folder, format)
    text_functions: dict[str, Callable[[pd.DataFrame], str]] = {
        "csv": _csv_text,
        "star": partial(_star_text, star_name=star_name),
        "topaz": _topaz_text,
    }
    tables = _assign_tables(path, is_folder, format, names, points)
    if format == "box":
        sizes = box_sizes(box_size, micrographs)
        texts = dict(zip(tables, map(_box_text, tables.values(), sizes), strict=True))
    else:
        texts = {file: text_functions[format](table) for file, table in tables.items()}
    if is_folder:
        path.mkdir(parents=True, exist_ok=True)
    elif not path.parent.is_dir():
        raise FileNotFoundError(
            f"The folder of {path} does not exist. Make {path.parent} first."
        )
    write_files(texts)


def _check_picks(picks, n_micrographs):
    """Return one float array per micrograph, all with 2 or all with 3 columns."""
    columns = "x", "y", "score"
    points = [np.asarray(by_name(xys, columns), dtype=float) for xys in picks]
    if len(points) != n_micrographs:
        raise ValueError(
            "Picks must come as one array per micrograph. "
            f"Got {len(points)} for {n_micrographs} micrographs."
        )
    if not points:
        raise ValueError("At least 1 micrograph is needed. Got 0.")
    rows = {xys.shape[1:] for xys in points if xys.size}
    rows = rows or {xys.shape[1:] for xys in points if xys.ndim == 2} or {(2,)}
    if rows not in ({(2,)}, {(3,)}):
        raise ValueError(
            "Picks must have shape (k, 3), columns x, y and score, or all of them "
            f"shape (k, 2). Got {', '.join(str(xys.shape) for xys in points)}."
        )
    for row, xys in enumerate(points):
        if not np.isfinite(xys).all():
            raise ValueError(
                f"Picks must be finite. Those of micrograph number {row} are not: "
                f"{xys[~np.isfinite(xys).all(axis=-1)][0].tolist()}."
            )
    return [xys.reshape(-1, *max(rows)) for xys in points]


def _choose_format(path, is_folder, format):
    check_choice(format, "format", ["auto", "star", "topaz", "csv", "box"])
    if format == "auto":
        format = "box" if is_folder else _SUFFIXES.get(path.suffix.lower())
        if format is None:
            raise ValueError(
                f"With format 'auto', `path` must end in {', '.join(_SUFFIXES)} or be "
                f"a folder. Got {path}."
            )
    if is_folder and format not in _FOLDER_ENDINGS:
        raise ValueError(
            f"Format {format!r} is a single file, but `path` is the folder {path}."
        )
    return format


def _assign_tables(path, is_folder, format, names, points):
    """Return the table of picks for each file."""
    columns = ["x", "y", "score"]
    tables = [pd.DataFrame(xys, columns=columns[: xys.shape[1]]) for xys in points]
    if is_folder:
        _check_file_names(names, path)
        files = [path / f"{name}{_FOLDER_ENDINGS[format]}" for name in names]
        return dict(zip(files, tables, strict=True))
    if format == "box":
        if names != [micrograph_stem(path)]:
            raise ValueError(
                "A .box file holds the picks of one micrograph and has its name. For "
                "several micrographs, `path` must be a folder. "
                f"Got {path} for micrographs {names}."
            )
        return {path: tables[0]}
    table = pd.concat(tables, keys=names, names=["micrograph", "row"])
    return {path: table.reset_index("micrograph")}


def _check_file_names(names, path):
    """Raise an error if files of these names would not be read again from a folder."""
    for name in names:
        if "/" in name:
            raise ValueError(
                "A folder has one file per micrograph, so no two may have the same "
                f"name. {path} would have several files {name.rpartition('/')[2]!r}, "
                f"such as that of {name!r}. Write the micrographs of each folder to a "
                "folder of their own, or all of them to one file."
            )
        if name.startswith("."):
            raise ValueError(
                "A file whose name begins with a dot is hidden, and is left out when "
                f"the folder is read. Got the micrograph {name!r}."
            )


def _box_text(table, box_size):
    boxes = table[["x", "y"]] - box_size / 2
    boxes = boxes.assign(width=box_size, height=box_size)
    return boxes.to_csv(
        sep="\t", header=False, index=False, float_format=_DIGITS, lineterminator="\n"
    )


def _delimited_text(table, separator):
    # Only quotes keep the blanks at the ends of a name.
    names = table.iloc[:, 0].unique()
    has_blanks = any(name != name.strip() for name in names)
    quoting = csv.QUOTE_NONNUMERIC if has_blanks else csv.QUOTE_MINIMAL
    return table.to_csv(
        sep=separator, index=False, lineterminator="\n", quoting=quoting
    )


def _csv_text(table):
    return _delimited_text(table, ",")


def _topaz_text(table):
    return _delimited_text(table.rename(columns=_TOPAZ_COLUMNS), "\t")


def _star_text(table, star_name):
    if "micrograph" in table:
        names = [_name_in_star(name, star_name) for name in table["micrograph"]]
        # Other programs take a row that begins with "data_" or "_" for something else.
        table = table.drop(columns="micrograph").assign(micrograph=names)
    table = table.rename(columns=_STAR_COLUMNS).assign(rlnClassNumber=0, rlnAnglePsi=0)
    return starfile.to_string({"": table}, float_format=_DIGITS)


def _name_in_star(name, star_name):
    entry = star_name.replace("{name}", name)
    if "{name}" not in star_name or re.search(r"[\s\"'#]", entry):
        raise ValueError(
            "The name of a micrograph in a STAR file must have no space, quote or '#', "
            f"and `star_name` must contain '{{name}}'. Got {entry!r} from "
            f"{star_name!r}."
        )
    return entry
