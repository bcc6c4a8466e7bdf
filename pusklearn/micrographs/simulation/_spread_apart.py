"""A crowd: points that are too close are pushed apart."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

# Pairs are pushed a little farther than needed, so that few rounds settle them.
FARTHER = 1.02
# Two points at one place stay there; a new attempt parts them.
TINY = 1e-9


def spread_apart(
    points: NDArray[np.float64],
    distance: float,
    confine: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.float64]],
    n_rounds: int = 300,
) -> NDArray[np.float64]:
    """Return points that were pushed apart until no pair is too close.

    In each round both points of each pair that is too close move away from each other
    by half of what lacks.

    Parameters
    ----------
    points : ndarray of shape (n, 2)
        Where the points are at first.
    distance : float
        Least distance of two points.
    confine : callable
        It is called with where the points would move and where they are, and returns
        where they end: it keeps points away from where none may lie.
    n_rounds : int, default=300
        Greatest number of rounds; after them some pairs may still be too close.

    Returns
    -------
    ndarray of shape (n, 2)
        The points where they end.
    """
    for _ in range(n_rounds):
        pairs = close_pairs(points, distance)
        if len(pairs) == 0:
            return points
        one, other = pairs.T
        steps = points[other] - points[one]
        lengths = np.hypot(*steps.T)[:, None]
        steps *= (FARTHER * distance - lengths) / (2 * np.maximum(lengths, TINY))
        moved = points.copy()
        for axis in range(2):
            push = steps[:, axis]
            moved[:, axis] += np.bincount(other, push, len(points))
            moved[:, axis] -= np.bincount(one, push, len(points))
        points = confine(moved, points)
    return points


def close_pairs(points: NDArray[np.float64], distance: float) -> NDArray[np.intp]:
    """Return the pairs (n_pairs, 2) of points that are closer than a distance."""
    pairs = cKDTree(points).query_pairs(distance, output_type="ndarray")
    # The tree includes the distance itself.
    steps = points[pairs[:, 1]] - points[pairs[:, 0]]
    return pairs[np.hypot(*steps.T) < distance]
