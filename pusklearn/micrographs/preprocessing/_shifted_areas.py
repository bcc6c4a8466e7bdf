"""Areas of another grey than the background: a hole in the ice, gold, a bar."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_opening

from pusklearn.micrographs.preprocessing._whitening import DEVIATION_PER_MAD

BLOCK = 4
# Of larger micrographs only every second, third, ... pixel along each side counts.
SIDE = 512
# An area is at least an eighth of the shorter side wide, but 4 to 8 blocks: particles
# of a strong contrast are smaller.
SHARE_OF_SIDE = 1 / 8
FEWEST_BLOCKS, MOST_BLOCKS = 4, 8
# The mean of each of its blocks lies so many deviations of the pixels off the
# background, and so many deviations of the blocks.
FROM_PIXELS, FROM_BLOCKS = 2.5, 6
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
        True in areas whose blocks all lie far from the smooth background, and one block
        beside them. They are an eighth of the shorter side wide, but 16 to 32 pixels if
        the micrograph has up to 1023 pixels along that side, up to 24 to 48 if it has
        1536, and so on. None if there are none.
    """
    step = max(min(pixels.shape) // SIDE, 1)
    grid = pixels[::step, ::step]
    shape = tuple(n // BLOCK for n in grid.shape)
    width = int(np.clip(SHARE_OF_SIDE * min(shape), FEWEST_BLOCKS, MOST_BLOCKS))
    if min(shape) < 2 * width or not deviation:
        return None
    means, counts = _block_means(grid, None if odd is None else odd[::step, ::step])
    known = counts > BLOCK**2 / 4
    if known.sum() < 4 * N_TERMS:
        return None
    offset, spread = _from_smooth(means, known)
    limit = max(FROM_PIXELS * deviation, FROM_BLOCKS * spread)
    if not (areas := _wide_areas(offset, known, limit, width)).any():
        return None
    return _as_pixels(binary_dilation(areas, np.ones((3, 3), bool)), pixels.shape, step)


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


def _wide_areas(offset, known, limit, width):
    """Return the blocks beyond the limit in squares of them that are so many wide.

    Unknown blocks may be part of a square: they hold the farthest pixels of an area.
    What lies at the edge goes on beyond it.
    """
    areas = np.zeros(offset.shape, bool)
    square = np.ones((width, width), bool)
    for beyond in (offset > limit, offset < -limit):
        if (beyond & known).any():
            padded = np.pad(beyond | ~known, width, mode="edge")
            opened = binary_opening(padded, square)[width:-width, width:-width]
            areas |= opened & known
    return areas


def _as_pixels(areas, shape, step):
    """Return blocks as pixels; the last ones reach to the edge of the micrograph."""
    size = BLOCK * step
    y, x = (
        np.minimum(np.arange(n) // size, n_blocks - 1)
        for n, n_blocks in zip(shape, areas.shape, strict=True)
    )
    return areas[y[:, None], x]
