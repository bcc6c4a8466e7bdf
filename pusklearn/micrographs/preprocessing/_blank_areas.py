"""Areas of one grey: what motion correction, cropping or a shutter left empty."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import label

BLOCK = 8
# A smaller area inside a micrograph may be its own darkest grey, cut off by its type.
LEAST_PIXELS_INSIDE = 1024
LEAST_SHARE_INSIDE = 0.01
MOST_GREYS = 16


def blank_pixels(image: ArrayLike) -> NDArray[np.bool_] | None:
    """Return the pixels of blank areas, None if there are none.

    Parameters
    ----------
    image : array-like of shape (height, width)
        The pixels, of any type.

    Returns
    -------
    ndarray of bool of shape (height, width) or None
        True in areas of one grey that hold a block of 8 x 8 pixels and touch the edge
        of the micrograph, or have at least 1024 pixels and 1 % of the micrograph. Rows
        and columns of one grey along an edge are blank too. If most of the pixels
        would be blank, none is: their grey is the background then.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.preprocessing._blank_areas import blank_pixels
    >>> image = np.random.default_rng(0).normal(size=(60, 80))
    >>> blank_pixels(image) is None
    True
    >>> image[:10] = 7
    >>> int(blank_pixels(image).sum())
    800
    """
    image = np.asarray(image)
    blank = np.zeros(image.shape, bool)
    for pixels, marks in ((image, blank), (image.T, blank.T)):
        for lines, marked in ((pixels, marks), (pixels[::-1], marks[::-1])):
            marked[: _n_constant_lines(lines)] = True
    corners = _constant_blocks(image)
    greys, counts = np.unique(image[corners], return_counts=True)
    for grey in greys[np.argsort(-counts)[:MOST_GREYS]]:
        areas, n_areas = label(image == grey)
        size = np.bincount(areas.ravel(), minlength=n_areas + 1)
        large = size >= max(LEAST_PIXELS_INSIDE, LEAST_SHARE_INSIDE * image.size)
        for edge in (areas[0], areas[-1], areas[:, 0], areas[:, -1]):
            large[edge] = True
        has_block = np.zeros(n_areas + 1, bool)
        has_block[areas[corners]] = True
        has_block[0] = False
        blank |= (large & has_block)[areas]
    return blank if 0 < blank.sum() <= blank.size / 2 else None


def _n_constant_lines(lines):
    """Return how many of the first rows hold one grey each."""
    number = 0
    if lines.shape[1] >= BLOCK:
        while number < len(lines) and (lines[number] == lines[number, 0]).all():
            number += 1
    return number


def _constant_blocks(image):
    """Return ``y, x`` of the first pixel of each block of one grey on a regular grid.

    Most blocks of noise differ at 5 pixels already, so that only few are read whole.
    """
    n_rows, n_columns = (n // BLOCK for n in image.shape)
    blocks = image[: n_rows * BLOCK, : n_columns * BLOCK]
    blocks = blocks.reshape(n_rows, BLOCK, n_columns, BLOCK)
    first, last = blocks[:, 0, :, 0], BLOCK - 1
    same = np.ones(first.shape, bool)
    for y, x in ((0, last), (last, 0), (last, last), (3, 4)):
        same &= first == blocks[:, y, :, x]
    row, column = np.nonzero(same)
    whole = blocks[row, :, column].reshape(len(row), BLOCK * BLOCK)
    constant = (whole == whole[:, :1]).all(axis=1)
    return row[constant] * BLOCK, column[constant] * BLOCK
