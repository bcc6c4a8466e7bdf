"""Checks of coordinates."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from pusklearn.pu._checks import check_none_masked
from pusklearn.pu._warn_caller import warn_caller


def check_coordinates(
    coordinates: Sequence[ArrayLike] | None, n_micrographs: int
) -> list[NDArray[np.float64]]:
    """Return coordinates as a list of float arrays of shape (k, 2), one per row.

    Parameters
    ----------
    coordinates : sequence of array-like of shape (k, >=2)
        The columns ``x, y`` of each array are pixels of the original micrograph;
        further columns are left out. A DataFrame in the sequence must have columns
        ``x`` and ``y``. ``k`` may be 0.
    n_micrographs : int
        The number of arrays that is expected.

    Returns
    -------
    list of ndarray of shape (k, 2)

    Raises
    ------
    ValueError
        If the number of arrays differs from `n_micrographs`, an array has another
        shape, or a coordinate is masked or not a finite number.
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


def by_name(points: Any, names: Sequence[str] = ("x", "y")) -> Any:
    """Return the columns of a table in the order of the names.

    Anything but a table is returned unchanged. The column "score" is optional. A table
    without rows is returned unchanged too, because it may have no columns at all.
    Raises a ValueError if a table lacks a column, or a value of an array is masked.
    """
    check_none_masked(points, "the points")
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
    if points is None:
        raise ValueError(
            f"Coordinates of micrograph number {row} are None. A micrograph without "
            "particles needs an empty array of shape (0, 2), such as "
            "`np.empty((0, 2))`."
        )
    check_none_masked(points, f"the coordinates of micrograph number {row}")
    points = by_name(points)
    try:
        points = np.asarray(points, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            "Coordinates must be numbers of shape (k, 2), columns x and y. Those of "
            f"micrograph number {row} are not such an array: {error}"
        ) from error
    if points.size == 0:
        return np.empty((0, 2))
    if points.ndim != 2 or points.shape[1] < 2:
        raise ValueError(
            "Coordinates must have shape (k, 2), columns x and y. Those of micrograph "
            f"number {row} have shape {points.shape}."
        )
    is_finite = np.isfinite(points[:, :2]).all(axis=1)
    if not is_finite.all():
        x, y = points[~is_finite][0, :2]
        raise ValueError(
            f"Coordinates must be finite. Those of micrograph number {row} are not: "
            f"x={x:g}, y={y:g}."
        )
    return points[:, :2]


def check_inside(
    coordinates: Sequence[NDArray[np.float64]],
    extents: Sequence[tuple[int, int, float] | None],
    names: Sequence[str | None],
    outside: str = "raise",
    *,
    what: str = "particles",
) -> list[NDArray[np.float64]]:
    """Return the coordinates that lie inside their micrographs.

    Parameters
    ----------
    coordinates : sequence of ndarray of shape (k, >=2)
        The columns ``x, y`` of each micrograph, in pixels of the original micrograph.
    extents : sequence of (int, int, float) or None
        The height, the width and the scale of each micrograph; None if they are not
        known, and then its coordinates are not checked.
    names : sequence of str or None
        What the message calls each micrograph.
    outside : {"raise", "warn"}, default="raise"
        What happens if a coordinate lies outside: an error, or it is left out with one
        warning for all micrographs.
    what : str, default="particles"
        What the message calls the coordinates.

    Returns
    -------
    list of ndarray

    Raises
    ------
    ValueError
        If `outside` is "raise" and a coordinate lies outside.

    Warns
    -----
    UserWarning
        If `outside` is "warn" and a coordinate lies outside.
    """
    inside = [
        _lies_inside(points, extent)
        for points, extent in zip(coordinates, extents, strict=True)
    ]
    rows = [row for row, is_inside in enumerate(inside) if not is_inside.all()]
    if not rows:
        return list(coordinates)
    first = rows[0]
    height, width, scale = extents[first] or (0, 0, 1.0)
    x, y = coordinates[first][~inside[first]][0, :2]
    n_outside = sum(int((~inside[row]).sum()) for row in rows)
    finding = (
        f"Micrograph {names[first] or f'number {first}'} spans {width * scale:g} x "
        f"{height * scale:g} original pixels, and {(~inside[first]).sum()} of its "
        f"{len(inside[first])} {what} lie outside, such as x={x:g}, y={y:g} "
        f"({n_outside} {what} of {len(rows)} micrographs in all"
        f"{_also_named([names[row] or f'number {row}' for row in rows[1:]])})."
    )
    if outside == "raise":
        raise ValueError(
            f"Coordinates must lie inside their micrograph. {finding} Are x and y "
            "exchanged, is an axis flipped, or are they pixels of a micrograph of "
            f'another size or binning? `outside="warn"` leaves such {what} out.'
        )
    warn_caller(f"Coordinates outside their micrograph are left out. {finding}")
    return [
        points[is_inside] for points, is_inside in zip(coordinates, inside, strict=True)
    ]


def _also_named(names):
    """Return the next micrographs of a finding in words, at most ten of them."""
    if not names:
        return ""
    rest = len(names) - 10
    more = f" and {rest} more" if rest > 0 else ""
    return f"; also {', '.join(names[:10])}{more}"


def _lies_inside(points, extent):
    if extent is None:
        return np.ones(len(points), dtype=bool)
    height, width, scale = extent
    return lies_inside(points[:, :2], (height, width), scale)


def lies_inside(
    points: NDArray[np.float64], shape: tuple[int, ...], scale: float
) -> NDArray[np.bool_]:
    """Tell which points lie inside a micrograph.

    Parameters
    ----------
    points : ndarray of shape (k, 2)
        Points ``x, y`` in pixels of the original micrograph.
    shape : tuple of int
        Height and width of the micrograph.
    scale : float
        Pixels of the original micrograph per pixel of this one.

    Returns
    -------
    ndarray of bool of shape (k,)
    """
    # A coarse pixel stands for all original ones up to the next, so the last particle
    # may lie nearly a whole pixel beyond the centre of the last pixel here. The last
    # pixel of a finer micrograph is the centre of the last original one.
    original = 1 / min(scale, 1.0)
    xy, size = points / scale, np.array(shape[::-1])
    inside = (xy >= -0.5 * original) & (xy < size - 1 + original)
    return inside[:, 0] & inside[:, 1]
