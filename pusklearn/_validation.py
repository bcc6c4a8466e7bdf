"""Checks of micrographs, coordinates and numbers."""

import os
from collections.abc import Iterator
from numbers import Real

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_scalar

from pusklearn._lazy_rows import LazyRows
from pusklearn._memory_maps import release
from pusklearn._micrograph import Micrograph


def check_micrographs(micrographs):
    """Return micrographs as a list of `Micrograph`, one per row.

    Parameters
    ----------
    micrographs : sequence of array-like of shape (height, width)
        A list, a 1-D object array or a stack of shape (n, height, width);
        heights and widths may differ.

    Returns
    -------
    list of Micrograph or LazyRows
        Views of the arrays given; a plain array has no name and scale 1. Lazy rows,
        which come from another transformer, are checked where they are computed.

    Raises
    ------
    ValueError
        Where there is no micrograph, or one is not a non-empty, real, 2-D array.
    """
    if isinstance(micrographs, LazyRows) and len(micrographs):
        return micrographs
    if isinstance(micrographs, (str, os.PathLike)) or any(
        isinstance(m, (str, os.PathLike)) for m in micrographs
    ):
        raise ValueError(
            "Expected micrographs, but got paths. Read them with "
            "`pusklearn.io.read_micrographs`."
        )
    if isinstance(micrographs, np.ndarray) and micrographs.ndim == 2:
        raise ValueError(
            "Expected a sequence of micrographs, one per row, but got one array of "
            f"shape {micrographs.shape}. Put a single micrograph in a list."
        )
    if isinstance(micrographs, Iterator):
        raise ValueError(
            "Expected a sequence of micrographs, such as a list, since they may be "
            f"needed more than once. Got {micrographs!r}."
        )
    checked = [_check_micrograph(m, row) for row, m in enumerate(micrographs)]
    if not checked:
        raise ValueError("At least 1 micrograph is needed. Got 0.")
    return checked


def _check_micrograph(micrograph, row):
    image = np.asanyarray(micrograph)
    label = getattr(image, "name", None) or f"number {row}"
    if image.ndim != 2 or 0 in image.shape:
        raise ValueError(
            "A micrograph must have shape (height, width), both at least 1. "
            f"Micrograph {label} has shape {image.shape}."
        )
    if image.dtype.kind not in "biuf":
        raise ValueError(
            f"A micrograph must hold real numbers. Micrograph {label} has dtype "
            f"{image.dtype}."
        )
    if image.dtype.kind == "b":
        image = image.astype(np.float32)  # truth values have no difference
    return image if isinstance(image, Micrograph) else Micrograph(image)


def check_number(value, name, least=0, *, included=True):
    """Raise an error that names a parameter: no number, not finite, or too small."""
    if isinstance(value, bool):
        raise TypeError(f"`{name}` must be a number. Got {value!r}.")
    check_scalar(value, name, Real)
    if not (least <= value < np.inf if included else least < value < np.inf):
        sign = ">=" if included else ">"
        raise ValueError(
            f"`{name}` must be {sign} {least} and finite. Got {value!r} instead."
        )


def check_finite(micrograph):
    """Raise a ValueError that names the micrograph where a pixel is not finite."""
    bad = np.argwhere(~np.isfinite(micrograph))
    if len(bad):
        y, x = bad[0]
        raise ValueError(
            f"Every pixel must be finite. Micrograph {micrograph.name or '(no name)'} "
            f"has {len(bad)} pixels that are NaN or infinite, the first at "
            f"x={x}, y={y}."
        )
    release(micrograph)
    return micrograph


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
