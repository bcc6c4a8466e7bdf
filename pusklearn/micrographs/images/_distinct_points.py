"""Clicks on particles, each particle once."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree


def distinct_points(points: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    """Return the points without those that lie nearer to an earlier one than a radius.

    People who click twice, and tables of several pickers that were joined, give a
    particle several times.

    Parameters
    ----------
    points : ndarray of shape (k, 2)
        The points.
    radius : float
        Points nearer to each other than this are one, and so are equal points. The
        first one stays.

    Returns
    -------
    ndarray of shape (<=k, 2)
        The points that stay, in their order; the same array if all do.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.images._distinct_points import distinct_points
    >>> distinct_points(np.array([[5.0, 5.0], [9.0, 5.0], [5.3, 5.0]]), radius=2)
    array([[5., 5.],
           [9., 5.]])
    """
    pairs = cKDTree(points).query_pairs(radius * (1 + 1e-9), output_type="ndarray")
    distance = np.linalg.norm(points[pairs[:, 0]] - points[pairs[:, 1]], axis=1)
    pairs = pairs[(distance < radius) | (distance == 0)]
    if not len(pairs):
        return points
    stays = np.ones(len(points), dtype=bool)
    # In the order of the first point, so that it is known whether that one stays.
    for first, second in pairs[np.argsort(pairs[:, 0], kind="stable")]:
        if stays[first]:
            stays[second] = False
    return points[stays]
