"""Peaks of a score map: local maxima that keep a distance from one another."""

import numpy as np
from scipy.ndimage import gaussian_filter


def find_peaks(scores, radius, *, threshold=-np.inf, margin=0.0, refine=False):
    """Find the peaks of a score map greedily by score.

    Candidates are the local maxima of `local_maxima` above the threshold. The best
    becomes a peak and suppresses every candidate within the radius; so does the best
    that is left, until none is. At equal scores the smaller y, then the smaller x,
    comes first.

    Parameters
    ----------
    scores : ndarray of shape (height, width)
        The score map, real; NaN marks pixels without a score.
    radius : float
        Peaks are further apart than this, in pixels of the map.
    threshold : float, default=-inf
        Peaks have a score > threshold.
    margin : float, default=0.0
        Least distance of a peak from the outermost pixels, in pixels of the map.
    refine : bool, default=False
        Whether to move peaks to the sub-pixel maximum, see `refine_peaks`.

    Returns
    -------
    ndarray of shape (k, 3), float64
        ``x, y, score`` in pixels of the map, by descending score.

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
    # In float64, as a float32 map would round a float64 threshold.
    value = scores[y, x].astype(np.float64)
    candidate = (value > threshold) & (edge >= margin)
    y, x, value = y[candidate], x[candidate], value[candidate]
    order = np.argsort(-value, kind="stable")
    kept = order[suppress(y[order], x[order], radius, scores.shape)]
    points = np.column_stack([x[kept], y[kept]]).astype(np.float64)
    if refine:
        points += refine_peaks(scores, x[kept], y[kept])
    return np.column_stack([points, value[kept]])


def local_maxima(scores):
    """Mark the pixels that are the greatest of their 3 x 3 neighbourhood.

    Equal neighbours may both be, but not where the whole neighbourhood is equal, so
    that a constant map has no maximum. NaN pixels and pixels outside the map are no
    neighbours.

    Parameters
    ----------
    scores : ndarray of shape (height, width)
        A map of floats.

    Returns
    -------
    ndarray of bool, shape (height, width)
    """
    missing = np.isnan(scores)
    greatest = _neighbourhood(np.where(missing, -np.inf, scores), np.maximum, -np.inf)
    smallest = _neighbourhood(np.where(missing, np.inf, scores), np.minimum, np.inf)
    return (scores == greatest) & (scores > smallest)


def _neighbourhood(image, extreme, outside):
    # Six passes of NumPy take a tenth of the time of scipy.ndimage.maximum_filter.
    image = np.pad(image, 1, constant_values=outside)
    image = extreme(extreme(image[:-2], image[1:-1]), image[2:])
    return extreme(extreme(image[:, :-2], image[:, 1:-1]), image[:, 2:])


def suppress(y, x, radius, shape):
    """Choose points greedily such that none lies within the radius of an earlier one.

    Parameters
    ----------
    y, x : ndarray of int, shape (n,)
        Pixels, best first.
    radius : float
        A chosen point suppresses those with ``dx**2 + dy**2 <= radius**2``.
    shape : tuple of int
        Height and width of the map.

    Returns
    -------
    list of int
        Positions of the chosen points, ascending.
    """
    # No two pixels of the map are further apart than this.
    reach = min(int(radius), max(shape))
    offset = np.arange(-reach, reach + 1)
    outside = offset[:, None] ** 2 + offset**2 > radius**2
    # A frame as wide as the disc: no disc is cut, and none wraps to the next row.
    free = np.ones((shape[0] + 2 * reach, shape[1] + 2 * reach), dtype=bool)
    # Reading single pixels through a memoryview is twice as fast as from an array.
    is_free = memoryview(free.reshape(-1))
    centre = ((y + reach) * free.shape[1] + x + reach).tolist()
    side = 2 * reach + 1
    chosen = []
    for position, pixel in enumerate(centre):
        if is_free[pixel]:
            row, column = y[position], x[position]
            free[row : row + side, column : column + side] &= outside
            chosen.append(position)
    return chosen


def refine_peaks(scores, x, y):
    """Shift of each peak to the maximum of a quadratic through its neighbourhood.

    The quadratic ``c + g.d + d.H.d / 2`` is fitted to the 3 x 3 neighbourhood by
    least squares; its maximum is at ``-inv(H) g``. Each part of the shift is clipped
    to half a pixel. It is 0 where a neighbour is missing (NaN or outside the map) or
    the quadratic has no maximum.

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
    gx = (window * step).sum((1, 2)) / 6
    gy = (window * step[:, None]).sum((1, 2)) / 6
    # Least-squares curvature: outer lines against the middle one, twice.
    bend = np.array([1, -2, 1]) / 3
    hxx = (window * bend).sum((1, 2))
    hyy = (window * bend[:, None]).sum((1, 2))
    hxy = (window * np.outer(step, step)).sum((1, 2)) / 4
    determinant = hxx * hyy - hxy**2
    peaked = (determinant > 0) & (hxx < 0)
    determinant = np.where(peaked, determinant, 1.0)
    shift = np.column_stack([hxy * gy - hyy * gx, hxy * gx - hxx * gy])
    shift = np.where(peaked[:, None], shift / determinant[:, None], 0.0)
    return np.clip(shift, -0.5, 0.5)


def smooth(scores, sigma):
    """Smooth a map with a Gaussian, leaving its NaN pixels out of every mean.

    Parameters
    ----------
    scores : ndarray of shape (height, width)
        A map of real numbers; mirrored at its edges.
    sigma : float
        Standard deviation in pixels of the map; 0 leaves the map as it is.

    Returns
    -------
    ndarray of shape (height, width)
        NaN where the map is.
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
