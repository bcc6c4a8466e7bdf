"""The grey value of the background, and of the background around a pixel."""

from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt, gaussian_filter, map_coordinates
from scipy.sparse import coo_array, csc_array
from scipy.sparse.linalg import spsolve

from pusklearn.micrographs.preprocessing._whitening import DEVIATION_PER_MAD

N_SAMPLES = 2**17
# An image with less noise than this share of its contrast is a drawing, without noise.
LEAST_NOISE = 1e-3
# Farther than this many standard deviations from the background, nothing is noise.
BEYOND_NOISE = 20
# Of pixels with noise, at least this share is nearer, outliers among them.
MOST_NOISE = 0.85
BLOCK = 16
# The bending of a thin plate at a pixel, 0 if it is as little as can be.
PLATE = np.array(
    [
        [0, 0, 1, 0, 0],
        [0, 2, -8, 2, 0],
        [1, -8, 20, -8, 1],
        [0, 2, -8, 2, 0],
        [0, 0, 1, 0, 0],
    ]
)
# In holes, mirrored noise fades out over so many pixels.
FADING = 16


def background_of(
    image: NDArray, missing: NDArray[np.bool_] | None = None
) -> tuple[float, float]:
    """Return the median of the pixels that are there, and their robust deviation.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The pixels.
    missing : ndarray of bool or None, default=None
        True at pixels that do not count; they may be NaN or infinite.

    Returns
    -------
    level : float
        The median of at most about 131,000 pixels.
    deviation : float
        Their median absolute deviation, times 1.4826, as it is that of a Gaussian. It
        is 0 if the image is a drawing, without noise: then nothing but its objects
        would be found to lie far from the background.
    """
    sample = _sample(image, missing)
    level = np.median(sample)
    distance = np.abs(sample - level)
    deviation = DEVIATION_PER_MAD * np.median(distance)
    contrast = np.quantile(distance, 0.99)
    if deviation < LEAST_NOISE * contrast:
        # Few outliers lie beyond noise; a drawing spreads over all powers of ten.
        bulk = np.quantile(distance, MOST_NOISE)
        deviation = 0 if bulk > BEYOND_NOISE * deviation else deviation
    return float(level), float(deviation)


def _sample(image, missing):
    """Return some of the pixels that are there, in float64."""
    pixels = image.reshape(-1)
    if missing is None:
        step = max(image.size // N_SAMPLES, 1)
        # Else only some columns would be seen, and these may be dead.
        while gcd(step, image.shape[1]) > 1:
            step += 1
        sample = pixels[::step]
    else:
        there = np.flatnonzero(~missing)
        sample = pixels[there[:: max(len(there) // N_SAMPLES, 1)]]
    sample = sample.astype(np.float64)
    if image.dtype.kind in "iu":
        # Few greys would make the deviation a multiple of one grey, 0 at worst.
        sample += np.random.default_rng(0).uniform(-0.5, 0.5, sample.shape)
    return sample


def filled(
    image: NDArray,
    holes: NDArray[np.bool_],
    odd: NDArray[np.bool_],
    level: float,
) -> NDArray[np.float32]:
    """Return the image with the background around them in the holes.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The pixels.
    holes : ndarray of bool of shape (height, width)
        True at pixels to be filled.
    odd : ndarray of bool of shape (height, width)
        True at pixels that are no background; not at all of them.
    level : float
        The median of the background, which keeps the digits of small contrast.

    Returns
    -------
    ndarray of float32 of shape (height, width)
        The background is the mean of the pixels that are not odd over blocks of
        16 x 16 pixels, or over blocks around them if a block has next to none; it is
        interpolated between the centres of blocks. Noise is mirrored at the edge of a
        hole, so that neither a jump nor a lack of noise shows there, and fades out.
    """
    total = _block_sums(np.where(odd, 0, image.astype(np.float64) - level))
    count = _block_sums(~odd)
    local = np.full(total.shape, np.nan)
    width = 0.5
    while np.isnan(local).any():
        share = gaussian_filter(count, width, truncate=8)
        new = np.isnan(local) & (share > 1e-3)
        local[new] = gaussian_filter(total, width, truncate=8)[new] / share[new]
        width *= 2
    at = np.stack(np.nonzero(holes))
    mirrored, distance = _mirrored(at, odd)
    noise = image[*mirrored] - level - _between_blocks(local, mirrored)
    noise *= np.exp(-np.square(distance / FADING))
    result = image.astype(np.float64)
    result[*at] = level + _between_blocks(local, at) + noise
    return result.astype(np.float32)


def interpolated(image: NDArray, specks: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the image with its specks interpolated from the pixels beside them.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The pixels.
    specks : ndarray of bool of shape (height, width)
        True at pixels to be interpolated: single ones or narrow groups.

    Returns
    -------
    ndarray of float32 of shape (height, width)
        The specks are bent as little as a thin plate. So even images that are smooth,
        as denoised ones are, show no trace of them after whitening.
    """
    y, x = np.nonzero(specks)
    number = np.full(image.shape, -1)
    number[y, x] = np.arange(len(y))
    matrix = csc_array((len(y), len(y)))
    known = np.zeros(len(y))
    for (dy, dx), weight in np.ndenumerate(PLATE):
        rows = np.clip(y + dy - 2, 0, image.shape[0] - 1)
        columns = np.clip(x + dx - 2, 0, image.shape[1] - 1)
        other = number[rows, columns]
        one = np.flatnonzero(other >= 0)
        matrix += coo_array(
            (np.full(len(one), weight), (one, other[one])), shape=matrix.shape
        )
        known -= weight * np.where(other < 0, image[rows, columns], 0.0)
    result = np.array(image, np.float32)
    result[y, x] = spsolve(matrix, known)
    return result


def _mirrored(at, odd):
    """Return the places mirrored at the nearest pixel that is not odd.

    They are that pixel itself if the place behind it is odd or none.
    """
    distance, nearest = distance_transform_edt(odd, return_indices=True)
    distance, nearest = distance[*at], nearest[:, *at]
    # The edge is half a pixel before the nearest one.
    behind = (nearest - at) * (1 - 1 / np.maximum(distance, 1))
    behind = nearest + behind.round().astype(int)
    limits = np.array(odd.shape)[:, None]
    inside = ((behind >= 0) & (behind < limits)).all(axis=0)
    usable = inside & ~odd[*np.where(inside, behind, 0)]
    return np.where(usable, behind, nearest), distance


def _between_blocks(local, at):
    """Return the values at some places, interpolated between the centres of blocks."""
    return map_coordinates(local, (at + 0.5) / BLOCK - 0.5, order=1, mode="nearest")


def _block_sums(values):
    """Return the sums over blocks; the last ones may be smaller."""
    for axis in (1, 0):
        starts = np.arange(0, values.shape[axis], BLOCK)
        values = np.add.reduceat(values, starts, axis=axis, dtype=np.float64)
    return values
