"""Areas of another grey, brought to the grey of the background around them."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    binary_dilation,
    binary_erosion,
    binary_opening,
    label,
    uniform_filter,
)

from pusklearn.micrographs.preprocessing._background import filled

# The edge of an area lies where the mean over so many pixels crosses half its height.
WIDTH = 7
# Pixels so near to the edge may lie on either side of it.
EDGE = 3


def levelled(
    pixels: NDArray,
    marks: NDArray[np.bool_],
    odd: NDArray[np.bool_],
    level: float,
    deviation: float,
) -> NDArray[np.float32]:
    """Return the pixels with marked areas raised or lowered to their surroundings.

    Parameters
    ----------
    pixels : ndarray of shape (height, width)
        The pixels, finite.
    marks : ndarray of bool of shape (height, width)
        True in the areas, and perhaps a few pixels around them.
    odd : ndarray of bool of shape (height, width)
        True at other pixels that are no background.
    level, deviation : float
        The median and the standard deviation of the background.

    Returns
    -------
    ndarray of float32 of shape (height, width)
        Each connected area is moved as a whole by the median of its distances from the
        background, so that what lies on it, such as particles on carbon, keeps its
        contrast. A narrow band along its edge is filled with the background.
    """
    square = np.ones((3, 3), bool)
    marks = binary_dilation(marks, square, WIDTH)
    result = np.array(pixels, np.float32)
    background = filled(pixels, marks, marks | odd, level)
    offset = result - background
    smooth = uniform_filter(offset, WIDTH, mode="nearest")
    for sign in (1, -1):
        height = sign * smooth
        # Areas side by side may lie on either side of the background.
        parts = binary_opening(marks & (height > deviation), square, EDGE)
        number, n_areas = label(parts, square)
        for one in range(1, n_areas + 1):
            area = number == one
            shift = np.quantile(height[area], 0.9)
            area = marks & binary_dilation(area, square, EDGE) & (height > shift / 2)
            result[area] -= np.median(offset[area])
            edge = binary_dilation(area, square, EDGE)
            edge &= ~binary_erosion(area, square, EDGE, border_value=1)
            result[edge] = background[edge]
    return result
