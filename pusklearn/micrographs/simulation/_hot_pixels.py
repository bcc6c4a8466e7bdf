"""Pixels of a detector that do not work."""

import numpy as np
from numpy.typing import NDArray

# The least and the greatest distance of a hot pixel from the rest, in standard
# deviations of the image.
OUTLIERS = (10.0, 1000.0)


def add_hot_pixels(
    image: NDArray[np.float32], share: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Return an image in which a share of the pixels are outliers, light or dark.

    Their number is rounded. Their distances from the mean are log-uniform from 10 to
    1,000 standard deviations of the image.
    """
    count = round(share * image.size)
    if count == 0:
        return image
    where = rng.choice(image.size, count, replace=False)
    distances = np.exp(rng.uniform(np.log(OUTLIERS[0]), np.log(OUTLIERS[1]), count))
    distances *= rng.choice([-1, 1], count)
    hot = image.ravel().copy()
    hot[where] = image.mean(dtype=float) + image.std(dtype=float) * distances
    return hot.reshape(image.shape)
