"""Checks of coordinates."""

import numpy as np
import pandas as pd


def check_coordinates(coordinates, n_micrographs):
    """Return coordinates as a list of float arrays of shape (k, 2), one per row.

    Parameters
    ----------
    coordinates : sequence of array-like of shape (k, >=2)
        ``x, y`` in pixels of the original micrograph; further columns are left
        out. A DataFrame must have columns ``x`` and ``y``. ``k`` may be 0.
    n_micrographs : int
        The number of rows there must be.

    Returns
    -------
    list of ndarray of shape (k, 2)

    Raises
    ------
    ValueError
        Where the numbers of rows differ, or a coordinate is not finite.
    """
    if isinstance(coordinates, pd.DataFrame):
        raise ValueError(
            "Coordinates must come as one array per micrograph, but got a table. "
            "`pusklearn.io.coordinates_for(table, micrographs)` splits it."
        )
    if coordinates is None or len(coordinates) != n_micrographs:
        n = "none" if coordinates is None else len(coordinates)
        raise ValueError(
            "Coordinates must come as one array per micrograph. "
            f"Got {n} for {n_micrographs} micrographs."
        )
    return [_check_points(points, row) for row, points in enumerate(coordinates)]


def by_name(points, names=("x", "y")):
    """Return the columns of a table in the order of the names, else the points.

    A column "score" may lack, and all of them in a table without rows.
    """
    if not isinstance(points, pd.DataFrame) or points.empty:
        return points
    names = [name for name in names if name != "score" or name in points]
    if not set(names) <= set(points.columns):
        raise ValueError(
            f"A table of points must have columns {', '.join(names)}. Got "
            f"{list(points.columns)}."
        )
    return points[names]


def _check_points(points, row):
    points = by_name(points)
    try:
        points = np.asarray(points, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "Coordinates must be numbers of shape (k, 2), columns x and y. Those of "
            f"micrograph number {row} are no such array: {error}"
        ) from error
    if points.size == 0:
        return np.empty((0, 2))
    if points.ndim != 2 or points.shape[1] < 2:
        raise ValueError(
            "Coordinates must have shape (k, 2), columns x and y. Those of micrograph "
            f"number {row} have shape {points.shape}."
        )
    if not np.isfinite(points[:, :2]).all():
        raise ValueError(
            f"Coordinates must be finite. Those of micrograph number {row} are not."
        )
    return points[:, :2]
