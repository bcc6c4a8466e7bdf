"""An image without its finest noise."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

# The standard deviation of the filter, as a share of the diameter of a particle: noise
# that is finer hides particles from the eye.
SHARE = 0.048


def smoothed_image(image: NDArray[np.float32], diameter: float) -> NDArray[np.float32]:
    """Return an image with the finest noise filtered out.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The image. Pixels that are NaN are missing: they stay NaN, and count as the
        median of the others beside them.
    diameter : float
        The diameter of a particle, in pixels of the image.

    Returns
    -------
    ndarray of float32
        The smooth image.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.report._smoothed_image import smoothed_image
    >>> noise = np.random.default_rng(0).normal(size=(64, 64)).astype("f4")
    >>> bool(smoothed_image(noise, 25).std() < 0.3)
    True
    """
    there = np.isfinite(image)
    if not there.any():
        return image
    filled = np.where(there, image, np.float32(np.median(image[there])))
    smooth = gaussian_filter(filled, SHARE * diameter)
    return np.where(there, smooth, np.float32(np.nan))
