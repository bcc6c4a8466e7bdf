"""The shift that moves labels onto what stands out in micrographs."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import gaussian_filter

from pusklearn.micrographs.images._memory_maps import free_mapped_memory
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import missing_pixels
from pusklearn.micrographs.regions._label_evidence import (
    DEVIATION_PER_MAD,
    MOST_DEVIATIONS,
    LabelEvidence,
    compare,
    features_around,
    features_at,
)
from pusklearn.micrographs.regions._label_sample import LabelSample
from pusklearn.micrographs.regions._label_transforms import LEAST_INSIDE
from pusklearn.micrographs.regions._ring_features import (
    FAR_OUT,
    N_FEATURES,
)

# Pixels, after binning, of the micrographs that a great shift is sought in.
MOST_PIXELS = 2**19
# Binned pixels per radius: enough to see a particle, few enough for a fast transform.
PIXELS_OF_RADIUS = 6
# Small shifts along x and y that are tried, in radii, and then around the best one.
COARSE = (-1.4, -0.7, 0.0, 0.7, 1.4)
FINE = (-0.35, 0.0, 0.35)


def small_shift(
    sample: LabelSample, radius: int, rng: np.random.Generator
) -> tuple[tuple[float, float], LabelEvidence, LabelEvidence]:
    """Find the shift by up to 2.5 radii after which labels stand out most.

    Parameters
    ----------
    sample : LabelSample
        The labels.
    radius : int
        Radius of a region, in pixels of the micrographs.
    rng : numpy.random.Generator
        Draws the places around the labels.

    Returns
    -------
    shift : tuple of float
        ``dx, dy`` in pixels of the micrographs; ``(0, 0)`` if none is better.
    before, after : LabelEvidence
        What tells the labels from what is around them, before and after the shift.
    """
    around = features_around(sample.micrographs, sample.points, radius, rng)
    best, before, after = strongest(sample, radius, around, np.zeros(2), COARSE)
    if best.any():
        best, _, after = strongest(sample, radius, around, best, FINE)
    return (float(best[0]), float(best[1])), before, after


def strongest(
    sample: LabelSample,
    radius: int,
    around: NDArray[np.float64],
    middle: NDArray[np.float64],
    steps: tuple[float, ...],
) -> tuple[NDArray[np.float64], LabelEvidence, LabelEvidence]:
    """Return the shift of a square grid after which labels stand out most.

    The evidence in the middle of the grid, and that after the shift, come with it.
    """
    shifts = middle + radius * np.array(list(product(steps, steps)))
    points = [(xy[:, None] + shifts).reshape(-1, 2) for xy in sample.points]
    features = features_at(sample.micrographs, points, radius)
    features = features.reshape(-1, len(shifts), N_FEATURES)
    evidence = [compare(features[:, i], around) for i in range(len(shifts))]
    best = max(range(len(shifts)), key=lambda i: evidence[i].strength)
    return shifts[best], evidence[len(shifts) // 2], evidence[best]


def great_shift(sample: LabelSample, radius: int) -> tuple[float, float]:
    """Find the shift at which labels lie on the brightest or the darkest places.

    Parameters
    ----------
    sample : LabelSample
        The labels. Only so many of the micrographs are used as are needed.
    radius : int
        Radius of a region, in pixels of the micrographs.

    Returns
    -------
    dx, dy : float
        The shift in pixels of the micrographs, at most half their edge. Up to 40 % of
        the labels may leave their micrograph.
    """
    bin_size = max(1, radius // PIXELS_OF_RADIUS)
    pairs = sorted(
        zip(sample.micrographs, sample.points, strict=True),
        key=lambda pair: len(pair[1]),
        reverse=True,
    )
    sizes = np.cumsum([m.size for m, _ in pairs]) / bin_size**2
    pairs = pairs[: 1 + int(np.searchsorted(sizes, MOST_PIXELS))]
    reach = min(n for m, _ in pairs for n in m.shape) // bin_size // 2
    total, count = np.zeros((2, 2 * reach + 1, 2 * reach + 1))
    for micrograph, points in pairs:
        image = standing_out(micrograph, bin_size, radius)
        marks = marked(image.shape, points / bin_size)
        total += correlation(image, marks, reach)
        count += correlation(np.ones_like(image), marks, reach)
    strength = np.abs(total) / np.sqrt(np.maximum(count, 1))
    strength[count < LEAST_INSIDE * sum(len(xy) for _, xy in pairs)] = 0
    dy, dx = np.unravel_index(strength.argmax(), strength.shape)
    return float(bin_size * (dx - reach)), float(bin_size * (dy - reach))


def standing_out(
    micrograph: Micrograph, bin_size: int, radius: int
) -> NDArray[np.float32]:
    """Return how much brighter or darker binned places are than those around them."""
    rows, columns = (n // bin_size for n in micrograph.shape)
    part = micrograph[: rows * bin_size, : columns * bin_size]
    image = np.clip(np.asarray(part), -FAR_OUT, FAR_OUT)
    missing = missing_pixels(part)
    if missing is not None:
        image = np.where(missing, 0, image)
    free_mapped_memory(micrograph)
    image = image.reshape(rows, bin_size, columns, bin_size).mean(axis=(1, 3))
    image = gaussian_filter(image, radius / 5 / bin_size) - gaussian_filter(
        image, radius / 1.5 / bin_size
    )
    deviation = DEVIATION_PER_MAD * np.median(np.abs(image - np.median(image)))
    image /= deviation + 1e-6
    return np.clip(image, -MOST_DEVIATIONS, MOST_DEVIATIONS).astype(np.float32)


def marked(shape: Sequence[int], points: NDArray) -> NDArray[np.float32]:
    """Return an image that counts the points in each pixel."""
    marks = np.zeros(shape, np.float32)
    x, y = np.minimum(points, np.array(shape[::-1]) - 1).astype(np.intp).T
    np.add.at(marks, (y, x), 1)
    return marks


def correlation(
    image: NDArray[np.float32], marks: NDArray[np.float32], reach: int
) -> NDArray[np.float32]:
    """Return the sum of the image at all marks, for each shift up to a reach.

    The shape is ``(2 * reach + 1, 2 * reach + 1)``; no shift is in the middle. Beyond
    its edges the image is 0.
    """
    shape = [next_fast_len(n + reach, real=True) for n in image.shape]
    sums = irfft2(rfft2(image, shape) * rfft2(marks, shape).conj(), shape)
    shifts = np.arange(-reach, reach + 1)
    return sums[np.ix_(shifts % shape[0], shifts % shape[1])]
