"""Points as the VGG Image Annotator (VIA) writes them, a table with JSON in it."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pandas as pd

from pusklearn.micrographs.io._names import micrograph_stem

COLUMNS = [
    *("filename", "file_size", "file_attributes", "region_count", "region_id"),
    *("region_shape_attributes", "region_attributes"),
]


def is_via_table(path: Path) -> bool:
    """Tell from its first line whether a file is a table of VIA."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        head = file.readline()
    return "filename" in head and "region_shape_attributes" in head


def read_via_table(path: Path) -> pd.DataFrame:
    """Read the points of a table, and their scores if they have any.

    Parameters
    ----------
    path : Path
        The file. Images without a point have a row without a region.

    Returns
    -------
    DataFrame
        The columns ``image_name``, ``x_coord``, ``y_coord`` and perhaps ``score``.

    Raises
    ------
    ValueError
        If a region is no point.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        rows = [_point(row, path, reader.line_num) for row in reader]
    table = pd.DataFrame(
        [row for row in rows if row],
        columns=["image_name", "x_coord", "y_coord", "score"],
    )
    return table.drop(columns="score") if table["score"].isna().all() else table


def _point(row: dict[str, Any], path: Path, line: int) -> dict[str, Any] | None:
    try:
        shape = json.loads(row["region_shape_attributes"] or "{}")
        if not shape:
            return None
        attributes = json.loads(row.get("region_attributes") or "{}")
        score = attributes.get("score")
        return {
            "image_name": micrograph_stem(Path(row["filename"])),
            "x_coord": float(shape["cx"]),
            "y_coord": float(shape["cy"]),
            "score": None if score is None else float(score),
        }
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(
            f"{path}, line {line}: a region must be a point with numbers cx and cy. "
            f"Got {row.get('region_shape_attributes')!r}."
        ) from error


def via_text(table: pd.DataFrame, suffix: str) -> str:
    """Return the text of a table of points.

    Parameters
    ----------
    table : DataFrame
        The columns ``image_name``, ``x_coord``, ``y_coord`` and perhaps ``score``.
    suffix : str
        What the file of an image is called besides its name, such as ".mrc".
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for name, points in table.groupby("image_name", sort=False):
        for number, point in enumerate(points.to_dict("records")):
            shape = {"name": "point", "cx": point["x_coord"], "cy": point["y_coord"]}
            score = {"score": str(point["score"])} if "score" in point else {}
            writer.writerow(
                {
                    "filename": f"{name}{suffix}",
                    "file_size": -1,
                    "file_attributes": "{}",
                    "region_count": len(points),
                    "region_id": number,
                    "region_shape_attributes": json.dumps(shape),
                    "region_attributes": json.dumps(score),
                }
            )
    return text.getvalue()
