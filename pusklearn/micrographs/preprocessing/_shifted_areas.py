"""Areas of another grey than the background: a hole in the ice, gold, a bar."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    binary_dilation,
    binary_propagation,
    label,
    maximum_filter1d,
    minimum_filter1d,
    uniform_filter,
)

from pusklearn.micrographs.preprocessing._whitening import DEVIATION_PER_MAD

BLOCK = 4
# Of larger micrographs only every second, third, ... pixel along each side counts.
SIDE = 512
# An area is at least an eighth of the shorter side wide, but 4 to 8 blocks.
SHARE_OF_SIDE = 1 / 8
FEWEST_BLOCKS, MOST_BLOCKS = 4, 8
# If an eighth of the side has so many, areas of little contrast are wider.
WIDE_BLOCKS = 16
# The mean of each of its blocks lies so many deviations of the pixels off the
# background, and so many deviations of the blocks. Where areas of little contrast are
# wider, a narrow dark one lies farther off, as it could be a large particle. A bright
# one is no particle, so it may be as faint as the mean over more blocks shows.
FROM_PIXELS, FROM_BLOCKS, FROM_PIXELS_IF_DARK = 1.5, 5, 4
# What covers more is no fault, but part of what the micrograph shows.
MOST_OF_ALL = 1 / 3
N_TERMS = 6
# So many blocks tell what the smooth background is.
N_FITTED = 2**14


def shifted_areas(
    pixels: NDArray, odd: NDArray[np.bool_] | None, deviation: float
) -> NDArray[np.bool_] | None:
    """Return which pixels lie in areas of another grey than the background.

    Parameters
    ----------
    pixels : ndarray of shape (height, width)
        The pixels, finite.
    odd : ndarray of bool or None
        True at pixels that do not count.
    deviation : float
        Standard deviation of the background's pixels.

    Returns
    -------
    ndarray of bool of shape (height, width) or None
        True in areas that lie off the smooth background, and a few blocks beside them.
        They are an eighth of the shorter side wide, at least 16 pixels, but not
        more than 32 (48 if of little contrast) in micrographs of less than 1024 pixels;
        twice that if less than 1536, and so on. None if there are none.
    """
    step = max(min(pixels.shape) // SIDE, 1)
    grid = pixels[::step, ::step]
    shape = tuple(n // BLOCK for n in grid.shape)
    side = int(SHARE_OF_SIDE * min(shape))
    if side < FEWEST_BLOCKS or not deviation:
        return None
    means, counts = _block_means(grid, None if odd is None else odd[::step, ::step])
    known = counts > BLOCK**2 / 4
    if known.sum() < 4 * N_TERMS:
        return None
    means[~known] = np.median(means[known])
    width = int(np.clip(side, FEWEST_BLOCKS, MOST_BLOCKS))
    limit = FROM_PIXELS * deviation
    smooth = uniform_filter(means, 3, mode="nearest")
    offset, spread = _from_smooth(smooth, known)
    if side < WIDE_BLOCKS:
        areas = _areas(offset, spread, known, width, (limit, limit))
        offset += uniform_filter(means, 7, mode="nearest") - smooth
        spread = _deviation(offset[known])
        faint = _grown(_areas(offset, spread, known, width, (limit, np.inf)))
        if faint.any():
            areas |= faint & ~binary_propagation(areas, mask=areas | faint)
    else:
        if_dark = FROM_PIXELS_IF_DARK * deviation
        areas = _areas(offset, spread, known, width, (limit, if_dark))
        offset, spread = _from_smooth(uniform_filter(means, 7, mode="nearest"), known)
        width = WIDE_BLOCKS - 4
        areas |= _grown(_areas(offset, spread, known, width, (limit, limit)))
    if not 0 < areas.mean() < MOST_OF_ALL:
        return None
    return _as_pixels(binary_dilation(areas, np.ones((3, 3), bool)), pixels.shape, step)


def _areas(offset, spread, known, width, limits):
    """Return the blocks of areas beyond one of two limits that are so many wide."""
    bright, dark = (max(limit, FROM_BLOCKS * spread) for limit in limits)
    areas = np.zeros(offset.shape, bool)
    for beyond in (offset > bright, offset < -dark):
        if (beyond & known).any():
            areas |= _wide(beyond, known, width)
    return areas


def _grown(areas):
    """Return areas with the blocks around them that a mean over 7 blocks left out."""
    return binary_dilation(areas, np.ones((3, 3), bool), 2) if areas.any() else areas


def _block_means(pixels, odd):
    """Return the mean of each whole block, and how many pixels of it count."""
    shape = tuple(n // BLOCK for n in pixels.shape)
    pixels = pixels[: shape[0] * BLOCK, : shape[1] * BLOCK]
    if odd is None:
        return _block_sums(pixels) / BLOCK**2, np.full(shape, BLOCK**2)
    there = ~odd[: pixels.shape[0], : pixels.shape[1]]
    counts = _block_sums(there)
    return _block_sums(np.where(there, pixels, 0)) / np.maximum(counts, 1), counts


def _block_sums(values):
    """Return the sum over each block, in float64."""
    rows = values.reshape(-1, BLOCK, values.shape[1]).sum(axis=1, dtype=np.float64)
    return rows.reshape(len(rows), -1, BLOCK).sum(axis=2)


def _from_smooth(means, known):
    """Return the offsets of blocks from a smooth background, and their deviation.

    The background is a polynomial of degree 2, fitted to the blocks that lie near it.
    """
    y, x = (np.linspace(-1, 1, n) for n in means.shape)
    terms = _terms(*np.broadcast_arrays(y[:, None], x))
    chosen = np.flatnonzero(known)
    chosen = chosen[:: max(len(chosen) // N_FITTED, 1)]
    rows, values = terms[:, chosen], means.ravel()[chosen]
    offset = values - np.median(values)
    for _ in range(4):
        near = np.abs(offset) <= 3 * _deviation(offset)
        # The normal equations: the terms are of one size, so they lose no digit.
        fitted = rows * near
        coefficients = np.linalg.lstsq(fitted @ rows.T, fitted @ values)[0]
        offset = values - coefficients @ rows
    return means - (coefficients @ terms).reshape(means.shape), _deviation(offset)


def _terms(y, x):
    """Return the terms of a polynomial of degree 2 at each place, one in each row."""
    terms = np.stack([np.ones(x.shape), x, y, x * x, x * y, y * y])
    return terms.reshape(N_TERMS, -1)


def _deviation(offset):
    return DEVIATION_PER_MAD * np.median(np.abs(offset))


def _wide(beyond, known, width):
    """Return the blocks beyond a limit in squares of them that are so many wide.

    Unknown blocks may be part of a square: they hold the farthest pixels of an area.
    What lies at the edge goes on beyond it.
    """
    may_be, least = beyond | ~known, 0.9 * width**2
    if np.count_nonzero(may_be) < least:
        return np.zeros(beyond.shape, bool)
    opened = _opened(np.pad(may_be, width, mode="edge"), width)
    opened = opened[width:-width, width:-width] & known
    number, n_areas = label(opened, np.ones((3, 3), bool))
    size = np.bincount(number.ravel(), minlength=n_areas + 1)
    # Beyond a corner, a single block goes on in both directions.
    is_large = size >= least
    is_large[0] = False
    return is_large[number]


def _opened(marks, width):
    """Return what lies in squares of marks that are so many wide."""
    # Along one axis after the other; scipy's opening visits each block of each square.
    for extreme, origin in ((minimum_filter1d, 0), (maximum_filter1d, width % 2 - 1)):
        for axis in (0, 1):
            marks = extreme(marks, width, axis, mode="constant", origin=origin)
    return marks


def _as_pixels(areas, shape, step):
    """Return blocks as pixels; the last ones reach to the edge of the micrograph."""
    size = BLOCK * step
    y, x = (
        np.minimum(np.arange(n) // size, n_blocks - 1)
        for n, n_blocks in zip(shape, areas.shape, strict=True)
    )
    return areas[y[:, None], x]
