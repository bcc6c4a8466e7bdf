"""Pixels that are neither ice nor protein, told apart before any Fourier transform.

One hot pixel has power at all frequencies: once it is transformed, it is everywhere. So
outliers are found first, by statistics that they hardly change, and their place is
filled with the background around them::

    pixels -> blank areas -> median and its absolute deviation over the rest
           -> pixels far out -> specks and lines | areas -> filled pixels, missing pixels
"""

from math import gcd
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, gaussian_filter, label, map_coordinates
from scipy.ndimage import median as median_of_labels

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import missing_pixels
from pusklearn.micrographs.preprocessing._blank_areas import blank_pixels
from pusklearn.micrographs.preprocessing._whitening import DEVIATION_PER_MAD, FAR_OUT

# An area this many standard deviations out is neither ice nor protein, nor dirt on it.
TOO_FAR_OUT = 20
# An image with less noise than this share of its contrast is a drawing, without noise.
LEAST_NOISE = 1e-3
N_SAMPLES = 2**17
EIGHT_NEIGHBOURS = np.ones((3, 3), bool)
GRID = 16


class Sorted(NamedTuple):
    """A micrograph whose outliers are filled, and where they were.

    Attributes
    ----------
    pixels : ndarray of shape (height, width)
        The pixels as they are if nothing had to be filled, else float32.
    missing : ndarray of bool or None
        True where there is no micrograph: pixels that were missing, blank areas, areas
        and lines far out. None if there are none.
    odd : ndarray of bool or None
        True at all pixels that take no part in statistics: the missing ones, specks
        that were filled and areas that lie far out but were kept.
    """

    pixels: NDArray
    missing: NDArray[np.bool_] | None
    odd: NDArray[np.bool_] | None


def sort_out(micrograph: Micrograph) -> Sorted:
    """Find the outliers of a micrograph and fill them with the background around them.

    Parameters
    ----------
    micrograph : Micrograph
        At least 1 of its pixels is there.

    Returns
    -------
    Sorted
        The pixels of clean micrographs are the given ones, not copied.
    """
    image = np.asarray(micrograph)
    missing = missing_pixels(micrograph)
    with_blank = _union(missing, blank_pixels(image))
    if with_blank is not None and not with_blank.all():
        missing = with_blank
    level, deviation = background_of(image, missing)
    far = _far_pixels(image, missing, level, FAR_OUT * deviation)
    if far is None and missing is None:
        return Sorted(image, None, None)
    if far is None:
        return Sorted(fill(image, missing, missing, level), missing, missing)
    lines, specks, areas = _kinds(image, far, level, deviation)
    missing = _union(missing, lines, areas)
    odd = _union(missing, far)
    # What is kept of the far pixels must not decide the contrast of the others.
    nearest = TOO_FAR_OUT * deviation
    image = np.clip(image, np.float64(level - nearest), np.float64(level + nearest))
    holes = _union(missing, specks)
    if holes is not None:
        image = fill(image, holes, odd, level)
    return Sorted(np.float32(image), missing, odd)


def background_of(image, missing=None):
    """Return the median of the pixels that are there, and their robust deviation.

    The deviation is 0 if the image is a drawing: without noise, contrast would take
    all pixels of an object for outliers.
    """
    sample = _sample(image, missing)
    level = np.median(sample)
    distance = np.abs(sample - level)
    deviation = DEVIATION_PER_MAD * np.median(distance)
    contrast = np.quantile(distance, 0.99)
    if deviation < LEAST_NOISE * contrast:
        # What is far beyond noise, with hardly a pixel in between, is no drawing.
        between = (distance > TOO_FAR_OUT * deviation) & (distance < contrast / 20)
        if not deviation or between.mean() > 0.002:
            return float(level), 0.0
    return float(level), float(deviation)


def _sample(image, missing):
    """Return at most about 131,000 pixels that are there, in float64."""
    step = max(image.size // N_SAMPLES, 1)
    while gcd(step, image.shape[1]) > 1:
        step += 1
    pixels = image.reshape(-1)
    if missing is not None:
        there = np.flatnonzero(~missing)
        sample = pixels[there[:: max(len(there) // N_SAMPLES, 1)]]
    else:
        sample = pixels[::step]
    sample = sample.astype(np.float64)
    if image.dtype.kind in "iu":
        # Few greys would make the deviation a multiple of one grey, 0 at worst.
        sample += np.random.default_rng(0).uniform(-0.5, 0.5, sample.shape)
    return sample


def _far_pixels(image, missing, level, limit):
    """Return which pixels that are there lie farther from the level than the limit."""
    if not limit:
        return None
    low, high = level - limit, level + limit
    if missing is None and image.min() >= low and image.max() <= high:
        return None
    far = (image < np.float64(low)) | (image > np.float64(high))
    if missing is not None:
        far &= ~missing
    return far if far.any() else None


def _kinds(image, far, level, deviation):
    """Return lines, specks and areas far out that are to be filled, or None for each.

    A line is a row or a column most of whose pixels lie far out. An area holds a
    square of 3 x 3 pixels; it is filled if its median lies too far out. All else are
    specks, such as hot pixels, filled if they are far from their surroundings too.
    """
    lines = np.zeros(far.shape, bool)
    lines[far.mean(axis=1) > 0.5] = True
    lines[:, far.mean(axis=0) > 0.5] = True
    lines &= far
    rest = far & ~lines
    core = _eroded(rest)
    specks, areas = rest, None
    if core.any():
        number, n_numbers = label(rest, EIGHT_NEIGHBOURS)
        has_core = np.zeros(n_numbers + 1, bool)
        has_core[number[core]] = True
        specks = rest & ~has_core[number]
        numbers = np.flatnonzero(has_core)
        distance = np.abs(image[rest].astype(np.float64) - level)
        medians = np.asarray(median_of_labels(distance, number[rest], numbers))
        too_far = np.zeros(n_numbers + 1, bool)
        too_far[numbers] = medians > TOO_FAR_OUT * deviation
        areas = too_far[number]
        areas = binary_dilation(areas, EIGHT_NEIGHBOURS, 2) if areas.any() else None
    specks = _far_from_neighbours(image, specks, far, level, FAR_OUT / 2 * deviation)
    return (lines if lines.any() else None), specks, areas


def _eroded(marks):
    """Return the pixels whose 8 neighbours are marked too."""
    core = np.zeros(marks.shape, bool)
    rows = marks[:-2] & marks[1:-1] & marks[2:]
    core[1:-1, 1:-1] = rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:]
    return core


def _far_from_neighbours(image, specks, far, level, limit):
    """Return the specks that lie farther than the limit from the pixels around them."""
    y, x = np.nonzero(specks)
    if not len(y):
        return None
    around = np.arange(-3, 4)
    rows = (y[:, None, None] + around[:, None]).clip(0, image.shape[0] - 1)
    columns = (x[:, None, None] + around).clip(0, image.shape[1] - 1)
    there = ~far[rows, columns]
    offsets = np.where(there, image[rows, columns].astype(np.float64) - level, 0)
    local = offsets.sum(axis=(1, 2)) / np.maximum(there.sum(axis=(1, 2)), 1)
    is_far = np.abs(image[y, x].astype(np.float64) - level - local) > limit
    found = np.zeros(image.shape, bool)
    found[y[is_far], x[is_far]] = True
    return found if is_far.any() else None


def fill(image, holes, odd, level):
    """Return the image as float32, with the background around them in the holes.

    The background is the mean of the pixels that are not odd, over blocks of 16 x 16
    pixels and those around them; it is interpolated between the blocks' centres.
    """
    offset = np.where(odd, 0, image.astype(np.float64) - level)
    total, count = _block_sums(offset), _block_sums(~odd)
    width = 1.0
    local = np.full(total.shape, np.nan)
    while np.isnan(local).any():
        share = gaussian_filter(count, width)
        near = np.isnan(local) & (share > 1e-3 * GRID**2)
        local[near] = gaussian_filter(total, width)[near] / share[near]
        width *= 2
        if width > 4 * max(total.shape):
            local[np.isnan(local)] = 0
    y, x = np.nonzero(holes)
    places = [(np.array(along) + 0.5) / GRID - 0.5 for along in (y, x)]
    filled = image.astype(np.float64)
    filled[y, x] = level + map_coordinates(local, places, order=1, mode="nearest")
    return filled.astype(np.float32)


def _block_sums(values):
    """Return the sums over blocks of 16 x 16 pixels; the last ones may be smaller."""
    for axis in (0, 1):
        values = np.add.reduceat(
            values, np.arange(0, values.shape[axis], GRID), axis=axis, dtype=np.float64
        )
    return values


def _union(*marks):
    """Return where any of the marks is True; None marks nothing."""
    given = [part for part in marks if part is not None]
    if len(given) < 2:
        return given[0] if given else None
    return np.logical_or.reduce(given)
