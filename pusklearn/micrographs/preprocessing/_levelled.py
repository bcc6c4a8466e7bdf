"""Areas of another grey, brought to the grey of the background around them."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation, label, uniform_filter

from pusklearn.micrographs.preprocessing._background import filled

# The edge of an area lies where the mean over so many pixels crosses half its height.
WIDTH = 5


def levelled(
    pixels: NDArray, marks: NDArray[np.bool_], odd: NDArray[np.bool_], level: float
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
    level : float
        The median of the background.

    Returns
    -------
    ndarray of float32 of shape (height, width)
        Each connected area is moved as a whole by the median of its distances from the
        background, so that what lies on it, such as particles on carbon, keeps its
        contrast.
    """
    marks = binary_dilation(marks, np.ones((3, 3), bool), WIDTH // 2)
    result = np.float32(pixels)
    offset = result - filled(pixels, marks, marks | odd, level)
    smooth = uniform_filter(offset, WIDTH, mode="nearest")
    number, n_areas = label(marks, np.ones((3, 3), bool))
    for one in range(1, n_areas + 1):
        area = number == one
        inside = area & ~odd
        shift = np.median(offset[inside] if inside.any() else offset[area])
        area &= smooth * np.sign(shift) > abs(shift) / 2
        if area.any():
            result[area] -= np.median(offset[area])
    return result
