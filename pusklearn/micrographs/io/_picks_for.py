"""Give each micrograph its rows of a table of picks, with their scores."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pusklearn.micrographs.images._check_coordinates import check_inside
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.io._match_names import Named, match_names
from pusklearn.micrographs.io._name_mismatch import (
    describe_mismatch,
    describe_no_match,
)
from pusklearn.micrographs.io._names import check_is_sequence, listed_name
from pusklearn.micrographs.io._rows_by_name import rows_by_name
from pusklearn.pu._checks import check_choice
from pusklearn.pu._warn_caller import warn_caller


def picks_for(
    table: pd.DataFrame,
    micrographs: Sequence[Micrograph | str],
    *,
    outside: Literal["raise", "warn"] = "raise",
    with_scores: bool = True,
) -> list[NDArray[np.float64]]:
    """Give each micrograph its rows of a table of picks, with their scores.

    Parameters
    ----------
    table : DataFrame
        Columns ``micrograph``, ``x``, ``y`` and perhaps ``score`` and ``uid``.
    micrographs : sequence of Micrograph or str
        The micrographs, or their names. They get rows as by `coordinates_for`.
    outside : {"raise", "warn"}, default="raise"
        What happens if a row lies outside its micrograph, as for `coordinates_for`.
    with_scores : bool, default=True
        Whether the scores are given, if the table has some.

    Returns
    -------
    list of ndarray of shape (k, 3) or (k, 2)
        The columns ``x, y, score``, or ``x, y`` without scores.

    Raises
    ------
    ValueError
        As for `coordinates_for`, or if some rows have a score and others not.
    TypeError
        As for `coordinates_for`.

    Warns
    -----
    UserWarning
        As for `coordinates_for`.
    """
    check_choice(outside, "outside", ["raise", "warn"])
    points = check_table(table)
    if with_scores and "score" in table and table["score"].notna().any():
        points = np.column_stack([points, _check_scores(table)])
    named, extents = _look_at(micrographs)
    rows = rows_by_name(table)
    matches = match_names(rows, dict.fromkeys(named))
    names = [micrograph.name for micrograph in named]
    if named and rows and not matches:
        raise ValueError(describe_no_match(names, [name.name for name in rows]))
    mismatch = describe_mismatch(
        _count_by_name(rows),
        [name.name for name in matches.values()],
        {micrograph.name: micrograph in matches for micrograph in named},
    )
    if mismatch:
        warn_caller(mismatch)
    coordinates = [
        points[rows[matches[micrograph]] if micrograph in matches else []]
        for micrograph in named
    ]
    return check_inside(coordinates, extents, names, outside)


def _count_by_name(rows):
    counts: Counter[str] = Counter()
    for name, group in rows.items():
        counts[name.name] += len(group)
    return counts


def _look_at(micrographs):
    """Return what names each micrograph, and its height, width and scale.

    One pass is enough: micrographs that are read when they are asked for are slow. The
    size of one that is given by its name is not known.
    """
    check_is_sequence(micrographs)
    named, extents = [], []
    for row, micrograph in enumerate(micrographs):
        named.append(
            Named(listed_name(micrograph, row), getattr(micrograph, "uid", None))
        )
        # What stands for a micrograph that could not be read has another size.
        is_known = isinstance(micrograph, Micrograph) and not is_left_out(micrograph)
        extents.append((*micrograph.shape, micrograph.scale) if is_known else None)
    return named, extents


def check_table(table: pd.DataFrame, name: str = "table") -> NDArray[np.float64]:
    """Return the columns x and y of a table of picks as numbers.

    Parameters
    ----------
    table : DataFrame
        Columns ``micrograph``, ``x`` and ``y``.
    name : str, default="table"
        What messages call the table.

    Raises
    ------
    ValueError
        If a column is missing, stands twice or has a gap, or a coordinate is no finite
        number.
    TypeError
        If `table` is not a DataFrame.
    """
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"`{name}` must be a DataFrame. Got {type(table).__name__}.")
    columns = ["micrograph", "x", "y"]
    counts = {column: list(table.columns).count(column) for column in columns}
    wrong = [column for column in columns if counts[column] != 1]
    if wrong:
        fault = "two columns" if counts[wrong[0]] else "no"
        raise ValueError(
            f"`{name}` must have columns micrograph, x and y, each once. It has "
            f"{fault} {', '.join(wrong)}. Its columns are {list(table.columns)[:20]}."
        )
    numbers = table[["x", "y"]].apply(pd.to_numeric, errors="coerce")
    is_bad = table["micrograph"].isna() | ~np.isfinite(numbers.astype(float)).all(
        axis=1
    )
    if is_bad.any():
        row = int(is_bad.to_numpy().argmax())
        values = table[columns].iloc[row].to_dict()
        raise ValueError(
            f"`{name}` must have no gaps in micrograph, x and y, and finite numbers in "
            f"x and y. Row {table.index[row]!r} has {values}."
        )
    return table[["x", "y"]].to_numpy(dtype=float)


def _check_scores(table):
    """Return the scores, or raise an error if some rows have none."""
    scores = table["score"].astype(float)
    if scores.isna().any():
        name = table["micrograph"][scores.isna()].iloc[0]
        raise ValueError(
            "All rows of a table must have a score, or none may. "
            f"{scores.isna().sum()} of {len(scores)} rows have none, such as one of "
            f"{name!r}. Give these rows a score, or leave the column out."
        )
    return scores.to_numpy()
