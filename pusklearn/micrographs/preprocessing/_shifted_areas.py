"""Areas of another grey than the background: a hole in the ice, gold, a bar."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_opening, label, uniform_filter

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
# wider, a narrow dark one lies farther off, as it could be a large particle.
FROM_PIXELS, FROM_BLOCKS, FROM_PIXELS_IF_DARK = 1.5, 5, 4
# What covers more is no fault, but part of what the micrograph shows.
MOST_OF_ALL = 1 / 3
N_TERMS = 6


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
    if side < WIDE_BLOCKS:
        areas = _areas(means, known, width, 3, (limit, limit))
    else:
        if_dark = FROM_PIXELS_IF_DARK * deviation
        areas = _areas(means, known, width, 3, (limit, if_dark))
        areas |= _areas(means, known, WIDE_BLOCKS - 4, 7, (limit, limit))
    if not 0 < areas.mean() < MOST_OF_ALL:
        return None
    return _as_pixels(binary_dilation(areas, np.ones((3, 3), bool)), pixels.shape, step)


def _areas(means, known, width, smooth, limits):
    """Return the blocks of areas that are so many wide, after some smoothing."""
    means = uniform_filter(means, smooth, mode="nearest")
    offset, spread = _from_smooth(means, known)
    bright, dark = (max(limit, FROM_BLOCKS * spread) for limit in limits)
    areas = np.zeros(means.shape, bool)
    for beyond in (offset > bright, offset < -dark):
        if (beyond & known).any():
            areas |= _wide(beyond, known, width)
    if smooth > 3 and areas.any():
        areas = binary_dilation(areas, np.ones((3, 3), bool), smooth // 2 - 1)
    return areas


def _block_means(pixels, odd):
    """Return the mean of each whole block, and how many pixels of it count."""
    height, width = (n // BLOCK * BLOCK for n in pixels.shape)
    pixels = pixels[:height, :width].astype(np.float64)
    there = np.ones(pixels.shape, bool) if odd is None else ~odd[:height, :width]
    blocks = (height // BLOCK, BLOCK, width // BLOCK, BLOCK)
    total = np.where(there, pixels, 0).reshape(blocks).sum(axis=(1, 3))
    counts = there.reshape(blocks).sum(axis=(1, 3))
    return total / np.maximum(counts, 1), counts


def _from_smooth(means, known):
    """Return the offsets of blocks from a smooth background, and their deviation.

    The background is a polynomial of degree 2, fitted to the blocks that lie near it.
    """
    y, x = (np.linspace(-1, 1, n) for n in means.shape)
    y, x = np.broadcast_to(y[:, None], means.shape), np.broadcast_to(x, means.shape)
    terms = np.stack([np.ones(means.shape), x, y, x * x, x * y, y * y], axis=-1)
    offset = means - np.median(means[known])
    for _ in range(4):
        near = known & (np.abs(offset) <= 3 * _deviation(offset[known]))
        offset = means - terms @ np.linalg.lstsq(terms[near], means[near])[0]
    return offset, _deviation(offset[known])


def _deviation(offset):
    return DEVIATION_PER_MAD * np.median(np.abs(offset))


def _wide(beyond, known, width):
    """Return the blocks beyond a limit in squares of them that are so many wide.

    Unknown blocks may be part of a square: they hold the farthest pixels of an area.
    What lies at the edge goes on beyond it.
    """
    padded = np.pad(beyond | ~known, width, mode="edge")
    opened = binary_opening(padded, np.ones((width, width), bool))
    opened = opened[width:-width, width:-width] & known
    number, n_areas = label(opened, np.ones((3, 3), bool))
    size = np.bincount(number.ravel(), minlength=n_areas + 1)
    # Beyond a corner, a single block goes on in both directions.
    is_large = size >= 0.9 * width**2
    is_large[0] = False
    return is_large[number]


def _as_pixels(areas, shape, step):
    """Return blocks as pixels; the last ones reach to the edge of the micrograph."""
    size = BLOCK * step
    y, x = (
        np.minimum(np.arange(n) // size, n_blocks - 1)
        for n, n_blocks in zip(shape, areas.shape, strict=True)
    )
    return areas[y[:, None], x]
