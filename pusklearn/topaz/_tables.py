"""Tables of coordinates in the formats of topaz.

A table has the columns ``image_name``, ``x_coord``, ``y_coord`` and perhaps ``score``,
which is NaN for what has none.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pusklearn.micrographs.io._names import micrograph_stem
from pusklearn.micrographs.io._pick_text import pick_text
from pusklearn.micrographs.io._read_coordinates import read_coordinates
from pusklearn.micrographs.io._star_text import star_text
from pusklearn.topaz._pick_tables import number_text, write_output
from pusklearn.topaz._via_tables import is_via_table, read_via_table, via_text

# RELION writes it for particles that were clicked; a STAR file has no empty value.
NO_SCORE = -999.0
COLUMNS = {"micrograph": "image_name", "x": "x_coord", "y": "y_coord"}
BY_SUFFIX = {".star": "star", ".box": "box", ".csv": "csv", ".json": "json"}
ENDINGS = {"coord": ".txt", "csv": ".csv", "star": ".star"}
# Of boxes; their files have those of `pusklearn.io`.
BOX_ENDINGS = {"box": ".box", "json": "_info.json"}


def format_of(path: str | Path) -> str:
    """Return the format that the suffix of a file says, "coord" for an unknown one."""
    return BY_SUFFIX.get(Path(path).suffix.lower(), "coord")


def read_table(path: str | Path, kind: str = "auto") -> pd.DataFrame:
    """Read a file of coordinates.

    Parameters
    ----------
    path : str or Path
        The file.
    kind : {"auto", "coord", "csv", "star", "json", "box"}, default="auto"
        Its format; "auto" takes that of its suffix.

    Returns
    -------
    DataFrame
        The names are text, without folder and extension.

    Raises
    ------
    ValueError
        If the file cannot be understood, or its suffix says another format.
    FileNotFoundError
        If there is no such file.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"There is no file {path}.")
    if kind not in ("auto", "coord", format_of(path)):
        raise ValueError(
            f"A file in the format {kind!r} must have a suffix of it. Got {path}."
        )
    if path.is_file() and is_via_table(path):
        return read_via_table(path)
    table = read_coordinates(path).rename(columns=COLUMNS)
    names = [micrograph_stem(Path(name)) for name in table["image_name"].astype(str)]
    columns = [c for c in ("x_coord", "y_coord", "score") if c in table]
    table = table[columns].reset_index(drop=True)
    table.insert(0, "image_name", pd.Series(names, dtype=object))
    return table


def points_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the columns of `pusklearn.io`."""
    return table.rename(columns={new: old for old, new in COLUMNS.items()})


def table_of_picks(picks: Sequence[tuple[str, NDArray]]) -> pd.DataFrame:
    """Return the picks ``x, y, score`` of some images as a table."""
    columns = ["x_coord", "y_coord", "score"]
    rows = np.concatenate([np.empty((0, 3)), *(points for _, points in picks)])
    table = pd.DataFrame(rows, columns=columns)
    owners = [name for name, points in picks for _ in points]
    table.insert(0, "image_name", pd.Series(owners, dtype=object))
    return rounded(table)


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with coordinates in whole pixels; a half is rounded up."""
    xy = np.floor(table[["x_coord", "y_coord"]].astype(float) + 0.5).astype(int)
    return table.assign(x_coord=xy["x_coord"], y_coord=xy["y_coord"])


def coord_text(table: pd.DataFrame) -> str:
    """Return the text of a table separated by tabs."""
    columns = [c for c in ("image_name", "x_coord", "y_coord", "score") if c in table]
    rows = [
        "\t".join(
            value if isinstance(value, str) else number_text(value) for value in row
        )
        for row in table[columns].itertuples(index=False)
    ]
    return "".join(f"{row}\n" for row in ["\t".join(columns), *rows])


def table_text(
    table: pd.DataFrame, kind: str, image_suffix: str, constants: dict[str, float]
) -> str:
    """Return the text of a table in the format "coord", "csv" or "star".

    Parameters
    ----------
    table : DataFrame
        The table.
    kind : {"coord", "csv", "star"}
        The format.
    image_suffix : str
        What the file of an image is called besides its name. "coord" does without it.
    constants : dict of str to float
        Columns of a STAR file that have one value.
    """
    if kind == "coord":
        return coord_text(table)
    if kind == "csv":
        return via_text(table, image_suffix)
    entries = [f"{name}{image_suffix}" for name in table["image_name"]]
    points = points_of(table).drop(columns="micrograph")
    if "score" in points:
        points["score"] = points["score"].fillna(NO_SCORE)
    return star_text(points.assign(**constants), entries)


def write_joined(
    table: pd.DataFrame,
    output: str | None,
    kind: str,
    *,
    image_suffix: str = ".mrc",
    constants: dict[str, float] | None = None,
) -> None:
    """Write a table to one file, or to standard output."""
    write_output(output, table_text(table, kind, image_suffix, constants or {}))


def write_each(
    table: pd.DataFrame,
    names: Sequence[str],
    folder: Path,
    kind: str,
    *,
    suffix: str = "",
    image_suffix: str = ".mrc",
    box_size: float = 0.0,
    constants: dict[str, float] | None = None,
) -> None:
    """Write one file for each image into a folder, also for those without a row.

    Parameters
    ----------
    table : DataFrame
        The table.
    names : sequence of str
        The images.
    folder : Path
        The folder, which is made if it is missing.
    kind : {"coord", "csv", "star", "json", "box"}
        The format.
    suffix : str, default=""
        What the names of the files end in.
    image_suffix, constants : str and dict of str to float
        As for `table_text`.
    box_size : float, default=0.0
        Edge of the boxes, which the format "box" needs.
    """
    endings = ENDINGS | BOX_ENDINGS
    for name in names:
        part = table[table["image_name"] == name]
        file = folder / f"{name}{suffix}{endings[kind]}"
        if kind in BOX_ENDINGS:
            write_boxes(part, file, kind, box_size)
        else:
            text = table_text(part, kind, image_suffix, constants or {})
            write_output(str(file), text)


def write_boxes(table: pd.DataFrame, file: Path, kind: str, box_size: float) -> None:
    """Write the table of one image to a file in the format "box" or "json"."""
    # Other programs expect no more than topaz writes there, which is no score.
    points = points_of(table)[["x", "y"]].astype(float)
    format = "box" if kind == "box" else "eman2"
    write_output(str(file), pick_text(points, file, format, box_size))
