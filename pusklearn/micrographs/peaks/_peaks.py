"""Peaks of a score map: local maxima that keep a distance from one another."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter


def find_peaks(
    scores: NDArray,
    radius: float,
    *,
    threshold: float = -np.inf,
    margin: float = 0.0,
    refine: bool = False,
) -> NDArray[np.float64]:
    """Find the peaks of a score map greedily by score.

    Candidates are the local maxima above the threshold, see `local_maxima`. The best
    candidate becomes a peak and suppresses every candidate within the radius. The
    best candidate that is left becomes the next peak, until none is left. At equal
    scores the smaller y, then the smaller x, comes first.

    Parameters
    ----------
    scores : ndarray of shape (height, width)
        The score map, of real numbers. NaN marks pixels without a score.
    radius : float
        Peaks are further apart than this, in pixels of the map.
    threshold : float, default=-inf
        Peaks have a score greater than this.
    margin : float, default=0.0
        Least distance of a peak from the outermost pixels, in pixels of the map.
    refine : bool, default=False
        Whether to move peaks to the sub-pixel maximum, see `refine_peaks`.

    Returns
    -------
    ndarray of shape (k, 3), float64
        ``x, y, score`` of each peak, in pixels of the map, by descending score.

    Examples
    --------
    The peak of 5 lies within 3 pixels of that of 9, the peak of 7 does not:

    >>> import numpy as np
    >>> from pusklearn.micrographs.peaks._peaks import find_peaks
    >>> scores = np.zeros((6, 12))
    >>> scores[2, [3, 5, 9]] = 9, 5, 7
    >>> find_peaks(scores, radius=3)
    array([[3., 2., 9.],
           [9., 2., 7.]])
    """
    scores = np.asarray(scores, dtype=np.result_type(scores.dtype, np.float32))
    y, x = np.nonzero(local_maxima(scores))
    height, width = scores.shape
    edge = np.minimum(np.minimum(x, width - 1 - x), np.minimum(y, height - 1 - y))
    # Compare in float64, because a float32 map would round a float64 threshold.
    value = scores[y, x].astype(np.float64)
    candidate = (value > threshold) & (edge >= margin)
    y, x, value = y[candidate], x[candidate], value[candidate]
    order = np.argsort(-value, kind="stable")
    kept = order[suppress(y[order], x[order], radius, scores.shape)]
    points = np.column_stack([x[kept], y[kept]]).astype(np.float64)
    if refine:
        points += refine_peaks(scores, x[kept], y[kept])
    return np.column_stack([points, value[kept]])


def local_maxima(scores: NDArray) -> NDArray[np.bool_]:
    """Mark the pixels that are the greatest of their 3 x 3 neighbourhood.

    Two equal neighbours may both be maxima. A pixel whose whole neighbourhood is equal
    is not a maximum, so a constant map has none. NaN pixels and pixels outside the map
    do not count as neighbours.

    Parameters
    ----------
    scores : ndarray of shape (height, width)
        A map of floats.

    Returns
    -------
    ndarray of bool, shape (height, width)
        True at the local maxima.
    """
    missing = np.isnan(scores)
    greatest = _neighbourhood(np.where(missing, -np.inf, scores), np.maximum, -np.inf)
    smallest = _neighbourhood(np.where(missing, np.inf, scores), np.minimum, np.inf)
    return (scores == greatest) & (scores > smallest)


def _neighbourhood(image: NDArray, extreme: Callable, outside: float) -> NDArray:
    """Return the extreme of the 3 x 3 neighbourhood of every pixel."""
    # The extreme of three columns of the extreme of three rows. These four passes of
    # NumPy take a tenth of the time of scipy.ndimage.maximum_filter.
    image = np.pad(image, 1, constant_values=outside)
    image = extreme(extreme(image[:-2], image[1:-1]), image[2:])
    return extreme(extreme(image[:, :-2], image[:, 1:-1]), image[:, 2:])


def suppress(
    y: NDArray[np.integer], x: NDArray[np.integer], radius: float, shape: tuple
) -> list[int]:
    """Choose points greedily such that none lies within the radius of an earlier one.

    Parameters
    ----------
    y, x : ndarray of int, shape (n,)
        Pixels, the best one first.
    radius : float
        A chosen point suppresses points with ``dx**2 + dy**2 <= radius**2``.
    shape : tuple of int
        Height and width of the map.

    Returns
    -------
    list of int
        Positions of the chosen points, ascending.
    """
    # The map of free pixels has a frame as wide as the disc, so the disc around any
    # pixel is a whole square of it:
    #   free[row : row + side, column : column + side] &= outside the disc
    # Offsets along an axis are never greater than the larger side of the map.
    reach = min(int(radius), max(shape))
    offset = np.arange(-reach, reach + 1)
    outside = offset[:, None] ** 2 + offset**2 > radius**2
    free = np.ones((shape[0] + 2 * reach, shape[1] + 2 * reach), dtype=bool)
    # A memoryview reads single pixels twice as fast as an array does.
    is_free = free.reshape(-1).data
    centre = ((y + reach) * free.shape[1] + x + reach).tolist()
    side = 2 * reach + 1
    chosen = []
    for position, pixel in enumerate(centre):
        if is_free[pixel]:
            row, column = y[position], x[position]
            free[row : row + side, column : column + side] &= outside
            chosen.append(position)
    return chosen


def refine_peaks(
    scores: NDArray, x: NDArray[np.integer], y: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Return the shift of each peak to the maximum of a quadratic around it.

    The quadratic ``c + g.d + d.H.d / 2`` is fitted to the 3 x 3 neighbourhood by
    least squares; its maximum is at ``-inv(H) g``. Each component of the shift is
    clipped to half a pixel. The shift is 0 if a neighbour is missing (NaN or outside
    the map) or the quadratic has no maximum.

    Parameters
    ----------
    scores : ndarray of shape (height, width)
        A map of floats.
    x, y : ndarray of int, shape (k,)
        Pixels of the peaks.

    Returns
    -------
    ndarray of shape (k, 2)
        Shift in x and in y, within -0.5 and 0.5.
    """
    padded = np.pad(scores, 1, constant_values=np.nan)
    near = np.arange(3)
    window = padded[y[:, None, None] + near[:, None], x[:, None, None] + near]
    window = np.where(np.isfinite(window), window, np.nan).astype(np.float64)
    step = near - 1
    # The least-squares coefficients are sums of the window weighted by, for example,
    #   gx:  -1 0 1        hxx:  1 -2 1        hxy:   1 0 -1
    #        -1 0 1  / 6         1 -2 1  / 3          0 0  0  / 4
    #        -1 0 1              1 -2 1              -1 0  1
    gx = (window * step).sum((1, 2)) / 6
    gy = (window * step[:, None]).sum((1, 2)) / 6
    bend = np.array([1, -2, 1]) / 3
    hxx = (window * bend).sum((1, 2))
    hyy = (window * bend[:, None]).sum((1, 2))
    hxy = (window * np.outer(step, step)).sum((1, 2)) / 4
    determinant = hxx * hyy - hxy**2
    peaked = (determinant > 0) & (hxx < 0)
    shift = np.zeros((len(x), 2))
    to_maximum = np.column_stack([hxy * gy - hyy * gx, hxy * gx - hxx * gy])
    shift[peaked] = to_maximum[peaked] / determinant[peaked, None]
    return np.clip(shift, -0.5, 0.5)


def smooth(scores: NDArray, sigma: float) -> NDArray[np.floating]:
    """Smooth a map with a Gaussian, leaving its NaN pixels out of every mean.

    Parameters
    ----------
    scores : ndarray of shape (height, width)
        A map of real numbers. It is mirrored at its edges.
    sigma : float
        Standard deviation of the Gaussian, in pixels of the map; 0 leaves the map as
        it is.

    Returns
    -------
    ndarray of shape (height, width)
        The smoothed map; the pixels that were NaN stay NaN.
    """
    scores = np.asarray(scores, dtype=np.result_type(scores.dtype, np.float32))
    if sigma == 0:
        return scores
    missing = np.isnan(scores)
    if not missing.any():
        return gaussian_filter(scores, sigma)
    weight = gaussian_filter((~missing).astype(scores.dtype), sigma)
    total = gaussian_filter(np.where(missing, 0, scores), sigma)
    return np.divide(total, weight, out=np.full_like(scores, np.nan), where=~missing)
