"""Areas of another grey than the background: a hole in the ice, gold, a bar."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, binary_opening

from pusklearn.micrographs.preprocessing._whitening import DEVIATION_PER_MAD

BLOCK = 4
# An area is this share of the shorter side wide, but 4 to 8 blocks: particles of a
# strong contrast are smaller.
SHARE_OF_SIDE = 1 / 8
# The mean of a block lies so many deviations of the pixels from the background,
FROM_PIXELS = 2.5
# and so many deviations of the blocks.
FROM_BLOCKS = 6


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
        True in areas whose blocks of 4 x 4 pixels all lie far from the smooth
        background, and one block beside them. They are an eighth of the shorter side
        wide, but 16 to 32 pixels.
    """
    shape = tuple(n // BLOCK for n in pixels.shape)
    width = int(np.clip(SHARE_OF_SIDE * min(shape), 4, 8))
    if min(shape) < 2 * width or not deviation:
        return None
    means, counts = _block_means(pixels, odd, shape)
    known = counts > BLOCK**2 / 4
    if known.sum() < 16:
        return None
    offset, spread = _from_smooth(means, known)
    limit = max(FROM_PIXELS * deviation, FROM_BLOCKS * spread)
    square = np.ones((width, width), bool)
    areas = np.zeros(shape, bool)
    for shifted in (offset > limit, offset < -limit):
        # Blocks that do not count may be part of an area, such as its darkest pixels.
        padded = np.pad(shifted | ~known, width, mode="edge")
        opened = binary_opening(padded, square)[width:-width, width:-width]
        areas |= opened & known
    if not areas.any():
        return None
    areas = binary_dilation(areas, np.ones((3, 3), bool))
    marks = np.zeros(pixels.shape, bool)
    whole = areas.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)
    marks[: whole.shape[0], : whole.shape[1]] = whole
    # Rows and columns beyond the last whole block belong to it.
    marks[whole.shape[0] :] = marks[whole.shape[0] - 1]
    marks[:, whole.shape[1] :] = marks[:, whole.shape[1] - 1 : whole.shape[1]]
    return marks


def _block_means(pixels, odd, shape):
    """Return the mean of each block, and how many pixels of it count."""
    height, width = (n * BLOCK for n in shape)
    pixels = pixels[:height, :width]
    starts = [np.arange(0, n, BLOCK) for n in (height, width)]
    if odd is None:
        counts = np.full(shape, BLOCK**2)
    else:
        there = ~odd[:height, :width]
        pixels = np.where(there, pixels, np.zeros((), pixels.dtype))
        counts = _block_sums(there, starts)
    return _block_sums(pixels, starts) / np.maximum(counts, 1), counts


def _block_sums(values, starts):
    # Rows are summed first, as they lie side by side in memory.
    values = np.add.reduceat(values, starts[1], axis=1, dtype=np.float32)
    return np.add.reduceat(values, starts[0], axis=0, dtype=np.float64)


def _from_smooth(means, known):
    """Return the offsets of blocks from a smooth background, and their deviation.

    The background is a polynomial of degree 2, fitted to the blocks that lie near it.
    """
    y, x = (np.linspace(-1, 1, n) for n in means.shape)
    y, x = np.broadcast_to(y[:, None], means.shape), np.broadcast_to(x, means.shape)
    terms = np.stack([np.ones(means.shape), x, y, x * x, x * y, y * y], axis=-1)
    background = np.full(means.shape, np.median(means[known]))
    for _ in range(4):
        offset = means - background
        spread = DEVIATION_PER_MAD * np.median(np.abs(offset[known]))
        near = known & (np.abs(offset) <= 3 * spread)
        weights = np.linalg.lstsq(terms[near], means[near])[0]
        background = terms @ weights
    offset = means - background
    return offset, DEVIATION_PER_MAD * np.median(np.abs(offset[known]))
