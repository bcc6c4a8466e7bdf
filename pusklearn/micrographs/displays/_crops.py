"""Crops of a micrograph around points."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

# The edge of a crop in pixels; more would not be seen.
MOST_PIXELS = 64


def crops_around(
    image: NDArray[np.floating],
    points: NDArray[np.floating],
    width: float,
    *,
    scale: float = 1.0,
    n_pixels: int = MOST_PIXELS,
) -> NDArray[np.float32]:
    """Return square crops whose centres are the points.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The pixels. They should be smooth at the distance of the pixels of a crop, which
        are interpolated linearly.
    points : ndarray of shape (k, >=2)
        Centres ``x, y``, in pixels of the original micrograph.
    width : float
        Edge of a crop, in pixels of the original micrograph.
    scale : float, default=1.0
        Pixels of the original micrograph per pixel of the image.
    n_pixels : int, default=64
        Edge of a crop in its own pixels.

    Returns
    -------
    ndarray of float32 of shape (k, n_pixels, n_pixels)
        Pixels beyond the edge of the image, or beside pixels that are NaN, are NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.displays._crops import crops_around
    >>> image = np.arange(20.0).reshape(4, 5)
    >>> crops_around(image, np.array([[1, 1], [4, 2]]), 3, n_pixels=3)
    array([[[ 0.,  1.,  2.],
            [ 5.,  6.,  7.],
            [10., 11., 12.]],
    <BLANKLINE>
           [[ 8.,  9., nan],
            [13., 14., nan],
            [18., 19., nan]]], dtype=float32)
    """
    # The centres of the pixels of a crop, from its own centre.
    steps = ((np.arange(n_pixels) + 0.5) / n_pixels - 0.5) * width
    x = (points[:, 0, np.newaxis] + steps) / scale
    y = (points[:, 1, np.newaxis] + steps) / scale
    crops = [
        map_coordinates(
            image, np.meshgrid(*centres, indexing="ij"), order=1, cval=np.nan
        )
        for centres in zip(y, x, strict=True)
    ]
    shape = len(points), n_pixels, n_pixels
    return np.array(crops, dtype=np.float32).reshape(shape)
