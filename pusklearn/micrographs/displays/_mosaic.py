"""Many crops in one image."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Mosaic(NamedTuple):
    """Crops in rows, in one image.

    Attributes
    ----------
    image : ndarray of float32 of shape (height, width)
        The crops; NaN between them.
    corners : ndarray of int of shape (k, 2)
        The first pixel ``x, y`` of each crop.
    """

    image: NDArray[np.float32]
    corners: NDArray[np.intp]


def mosaic(
    groups: list[NDArray[np.float32]], *, n_columns: int, beside: int, below: int
) -> Mosaic:
    """Put groups of crops below each other, each in rows from left to right.

    Parameters
    ----------
    groups : list of ndarray of shape (k, n, n)
        The crops of each group, all of one size.
    n_columns : int
        Number of crops in a row.
    beside : int
        Pixels between two crops of a row.
    below : int
        Pixels below each row. As many are above each group.

    Returns
    -------
    Mosaic

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.displays._mosaic import mosaic
    >>> image, corners = mosaic(
    ...     [np.ones((3, 1, 1)), np.full((1, 1, 1), 2)], n_columns=2, beside=1, below=1
    ... )
    >>> image
    array([[nan, nan, nan],
           [ 1., nan,  1.],
           [nan, nan, nan],
           [ 1., nan, nan],
           [nan, nan, nan],
           [nan, nan, nan],
           [ 2., nan, nan],
           [nan, nan, nan]], dtype=float32)
    >>> corners.tolist()
    [[0, 1], [2, 1], [0, 3], [0, 6]]
    """
    edge = groups[0].shape[-1]
    corners, top = [], 0
    for crops in groups:
        row, column = np.divmod(np.arange(len(crops)), n_columns)
        y = top + below + row * (edge + below)
        corners.append(np.column_stack([column * (edge + beside), y]))
        top += below + (row.max(initial=-1) + 1) * (edge + below)
    all_corners = np.concatenate(corners)
    width = n_columns * (edge + beside) - beside
    image = np.full((top, width), np.nan, dtype=np.float32)
    for (x, y), crop in zip(all_corners, np.concatenate(groups), strict=True):
        image[y : y + edge, x : x + edge] = crop
    return Mosaic(image, all_corners)
