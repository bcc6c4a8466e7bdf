"""The shift that moves labels onto what stands out in micrographs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import gaussian_filter

from pusklearn.micrographs.regions._ring_features import FAR_OUT, pixels_around

# Pixels, after binning, of the micrographs that a shift is sought in.
MOST_PIXELS = 2**20
# Binned pixels per radius: enough to see a particle, few enough for a fast transform.
PIXELS_OF_RADIUS = 6
LEAST_INSIDE = 0.6


def find_shift(
    micrographs: Sequence[NDArray], points: Sequence[NDArray], radius: int
) -> tuple[float, float]:
    """Return the shift at which labels lie on the brightest or darkest places.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The normalised micrographs; only those of the first one's scale are used, and
        only so many as are needed.
    points : sequence of ndarray of shape (k, 2)
        The labels of each, ``x, y`` in pixels of the micrographs given here.
    radius : int
        Radius of a region, in pixels of the micrographs given here.

    Returns
    -------
    dx, dy : float
        The shift in pixels of the micrographs given here, at most half an edge. Up to
        40 % of the labels may leave their micrograph.
    """
    bin_size = max(1, radius // PIXELS_OF_RADIUS)
    chosen, n_pixels = [], 0
    order = sorted(range(len(points)), key=lambda i: -len(points[i]))
    for i in order:
        alike = micrographs[i].scale == micrographs[order[0]].scale
        if len(points[i]) and alike and n_pixels < MOST_PIXELS:
            chosen.append(i)
            n_pixels += micrographs[i].size // bin_size**2
    reach = min(min(micrographs[i].shape) for i in chosen) // bin_size // 2
    total, count = np.zeros((2, 2 * reach + 1, 2 * reach + 1))
    for i in chosen:
        image = standing_out(micrographs[i], bin_size, radius)
        marks = np.zeros_like(image)
        place = np.minimum(points[i] // bin_size, np.array(image.shape[::-1]) - 1)
        np.add.at(marks, tuple(place.astype(np.intp).T[::-1]), 1)
        total += correlation(image, marks, reach)
        count += correlation(np.ones_like(image), marks, reach)
    most = sum(len(points[i]) for i in chosen)
    strength = np.abs(total) / np.sqrt(np.maximum(count, 1))
    strength[count < LEAST_INSIDE * most] = 0
    dy, dx = np.unravel_index(strength.argmax(), strength.shape)
    return float(bin_size * (dx - reach)), float(bin_size * (dy - reach))


def standing_out(
    micrograph: NDArray, bin_size: int, radius: int
) -> NDArray[np.float32]:
    """Return how much brighter or darker binned places are than those around them."""
    rows, columns = (n // bin_size for n in micrograph.shape)
    image = np.asarray(micrograph)[: rows * bin_size, : columns * bin_size]
    missing = ~np.isfinite(image)
    mask = getattr(micrograph, "mask", None)
    if mask is not None:
        missing |= mask[: image.shape[0], : image.shape[1]]
    image = np.clip(np.where(missing, 0, image), -FAR_OUT, FAR_OUT)
    image = image.reshape(rows, bin_size, columns, bin_size).mean(axis=(1, 3))
    image = gaussian_filter(image, radius / 5 / bin_size) - gaussian_filter(
        image, radius / 1.5 / bin_size
    )
    deviation = 1.4826 * np.median(np.abs(image - np.median(image)))
    return np.clip(image / (deviation + 1e-6), -6, 6).astype(np.float32)


def correlation(
    image: NDArray[np.float32], marks: NDArray[np.float32], reach: int
) -> NDArray[np.float32]:
    """Return the sum of the image at all marks, for each shift up to a reach.

    The shape is ``(2 * reach + 1, 2 * reach + 1)``; no shift is in the middle. Beyond
    its edges the image is 0.
    """
    shape = [next_fast_len(n + reach, real=True) for n in image.shape]
    product = rfft2(image, shape) * rfft2(marks, shape).conj()
    sums = irfft2(product, shape)
    shifts = np.arange(-reach, reach + 1)
    return sums[np.ix_(shifts % shape[0], shifts % shape[1])]
