"""Grey levels of pixels that are drawn."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import gaussian_filter

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import missing_pixels

# Hot pixels beyond so many robust standard deviations would hide all the rest.
MOST_DEVIATIONS = 8
# The share of the pixels that is drawn in black, and in white.
TAIL = 0.005
# The standard deviation of the smoothing that suits the eye, in diameters.
SMOOTHING = 1 / 14


def smoothed_pixels(micrograph: Micrograph, sigma: float) -> NDArray[np.float32]:
    """Return the pixels of a micrograph, smoothed and without outliers.

    Parameters
    ----------
    micrograph : Micrograph
        The micrograph.
    sigma : float
        Standard deviation of the Gaussian, in pixels of the micrograph, at least 0.

    Returns
    -------
    ndarray of float32 of shape (height, width)
        Missing pixels are NaN, and the others are smoothed without them.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> from pusklearn.micrographs.displays._grey_levels import smoothed_pixels
    >>> smoothed_pixels(Micrograph(np.array([[1.0, np.nan, 3.0]])), sigma=0)
    array([[ 1., nan,  3.]], dtype=float32)
    """
    pixels = np.asarray(micrograph, np.float32)
    missing = missing_pixels(micrograph)
    is_there = np.full(pixels.shape, True) if missing is None else ~missing
    if not is_there.any():
        return np.full_like(pixels, np.nan)
    image = gaussian_filter(_without_outliers(pixels, is_there), sigma)
    image[~is_there] = np.nan
    return image


def grey_limits(values: ArrayLike) -> tuple[float, float]:
    """Return the values that are drawn in black and in white; NaN does not count."""
    known = np.asarray(values)
    known = known[np.isfinite(known)]
    if not known.size:
        return 0.0, 1.0
    low, high = np.quantile(known, [TAIL, 1 - TAIL])
    return float(low), float(high)


def in_deviations(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return values as robust standard deviations from their median, NaN as NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.displays._grey_levels import in_deviations
    >>> in_deviations(np.array([3, 4, 5, 100, np.nan], "float32")).round(1)
    array([-1. , -0.3,  0.3, 64.4,  nan], dtype=float32)
    """
    middle, spread = _middle_and_spread(image[np.isfinite(image)])
    return (image - middle) / (spread or 1)


def _middle_and_spread(values):
    """Return the median and the robust standard deviation."""
    middle = np.median(values)
    return middle, np.float32(1.4826) * np.median(np.abs(values - middle))


def _without_outliers(pixels, is_there):
    """Fill missing pixels with the median, and clip the others to what is usual."""
    middle, spread = _middle_and_spread(pixels[is_there])
    filled = np.where(is_there, pixels, middle)
    if spread == 0:
        return filled
    most = MOST_DEVIATIONS * spread
    return np.clip(filled, middle - most, middle + most)
