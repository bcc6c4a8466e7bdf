"""How picks and micrographs look, in a few numbers."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

# What is measured at each pick, and what is said if a pick has more of it than others,
# or less.
LOOKS = ("contrast", "spread", "level")
# A pick is suspected if it differs from the others by so many robust deviations.
SUSPECTED = 4.0
# Fewer picks do not tell what is usual.
LEAST_PICKS = 20


def measure_looks(
    image: NDArray[np.float32], points: NDArray[np.float64], diameter: float
) -> NDArray[np.float32]:
    """Measure how the image looks at some points.

    The image is first brought to median 0 and robust standard deviation 1. Means are
    weighted by a Gaussian.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The image; missing pixels are NaN and count as the median.
    points : ndarray of shape (k, 2)
        ``x, y`` in pixels of the image.
    diameter : float
        The diameter of a particle, in pixels of the image.

    Returns
    -------
    ndarray of shape (k, 3)
        The contrast, which is the mean at the particle less that of its surroundings;
        the spread, which is the standard deviation of the pixels at the particle; and
        the level, which is the mean of the surroundings.
    """
    if not len(points):
        return np.empty((0, len(LOOKS)), np.float32)
    pixels = _standardized(image)
    inside = gaussian_filter(pixels, diameter / 4)
    around = gaussian_filter(pixels, diameter)
    squares = gaussian_filter(pixels**2, diameter / 3)
    mean = gaussian_filter(pixels, diameter / 3)
    spread = np.sqrt(np.maximum(squares - mean**2, 0))
    height, width = image.shape
    x = np.clip(np.rint(points[:, 0]), 0, width - 1).astype(int)
    y = np.clip(np.rint(points[:, 1]), 0, height - 1).astype(int)
    return np.stack([(inside - around)[y, x], spread[y, x], around[y, x]], axis=1)


def find_statistics(image: NDArray[np.float32], diameter: float) -> dict[str, float]:
    """Return how a micrograph looks as a whole.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The image; missing pixels are NaN.
    diameter : float
        The diameter of a particle, in pixels of the image.

    Returns
    -------
    dict of str to float
        "brightness" is the median, "contrast" the robust standard deviation,
        "unevenness" the standard deviation of the image after smoothing over two
        diameters, in units of the contrast, and "missing" the share of missing pixels.
        All but the last are NaN if every pixel is missing.
    """
    there = np.isfinite(image)
    missing = 1 - float(there.mean())
    if not there.any():
        nothing = dict.fromkeys(("brightness", "contrast", "unevenness"), np.nan)
        return nothing | {"missing": missing}
    middle, spread = middle_and_spread(image[there])
    smooth = gaussian_filter(_standardized(image), 2 * diameter)
    return {
        "brightness": middle,
        "contrast": spread,
        "unevenness": float(smooth.std()),
        "missing": missing,
    }


def middle_and_spread(values: NDArray) -> tuple[float, float]:
    """Return the median, and the median distance from it as a standard deviation."""
    middle = float(np.median(values))
    return middle, 1.4826 * float(np.median(np.abs(values - middle)))


def suspected_picks(
    looks: NDArray[np.float32], usual: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return by how many robust deviations each pick differs from usual picks.

    Parameters
    ----------
    looks : ndarray of shape (k, 3)
        How the picks look, see `measure_looks`.
    usual : ndarray of shape (m, 3)
        How the picks look that they are compared with.

    Returns
    -------
    ndarray of shape (k,)
        The greatest deviation of the three; 0 if there are too few usual picks. A pick
        is suspected if it is above 4.
    """
    if len(usual) < LEAST_PICKS:
        return np.zeros(len(looks), np.float32)
    deviations = np.zeros(looks.shape, np.float32)
    for column in range(looks.shape[1]):
        middle, spread = middle_and_spread(usual[:, column])
        if spread > 0:
            deviations[:, column] = np.abs(looks[:, column] - middle) / spread
    return deviations.max(axis=1)


def _standardized(image):
    there = np.isfinite(image)
    if not there.any():
        return np.zeros(image.shape, np.float32)
    middle, spread = middle_and_spread(image[there])
    filled = np.where(there, image, np.float32(middle))
    scaled = (filled - middle) / (spread or 1.0)
    # A hot pixel would outweigh all that is around it.
    return np.clip(scaled, -8, 8).astype(np.float32)
