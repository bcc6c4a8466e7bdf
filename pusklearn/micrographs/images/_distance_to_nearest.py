"""How far points are from the nearest of others."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree


def distance_to_nearest(
    points: NDArray[np.float64], others: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the distance of each point from the nearest of other points.

    Parameters
    ----------
    points : ndarray of shape (k, >=2)
        Points ``x, y``; further columns do not count.
    others : ndarray of shape (m, >=2)
        Other points; ``m`` may be 0.

    Returns
    -------
    ndarray of shape (k,)
        The distances, infinite if there are no other points.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.images._distance_to_nearest import (
    ...     distance_to_nearest,
    ... )
    >>> distance_to_nearest(np.array([[3.0, 0.0], [9.0, 8.0]]), np.array([[9.0, 0.0]]))
    array([6., 8.])
    """
    if not len(points) or not len(others):
        return np.full(len(points), np.inf)
    return cKDTree(others[:, :2]).query(points[:, :2])[0]
