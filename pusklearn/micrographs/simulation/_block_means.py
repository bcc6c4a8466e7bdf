"""Binning: each pixel becomes the mean of a block of finer pixels."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft


def block_means(image: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Return the means of square blocks; the sides must be multiples of the factor."""
    if factor == 1:
        return image
    height, width = image.shape
    blocks = image.reshape(height // factor, factor, width // factor, factor)
    return blocks.mean(axis=(1, 3))


def block_coordinates(points: NDArray[np.float64], factor: int) -> NDArray[np.float64]:
    """Return where points of an image lie after binning."""
    return (points - (factor - 1) / 2) / factor


def block_response(shape: tuple[int, int], factor: int) -> NDArray[np.float32]:
    """Return the factors for ``scipy.fft.rfft2`` of a mean over a block around a pixel.

    Parameters
    ----------
    shape : tuple of int
        (height, width) of the image of fine pixels.
    factor : int
        Side of a block.

    Returns
    -------
    ndarray of shape (height, width // 2 + 1), float32
        Real factors: the mean is not shifted.
    """
    height, width = shape
    rows, columns = (
        np.sinc(factor * turns) / np.sinc(turns)
        for turns in (fft.fftfreq(height), fft.rfftfreq(width))
    )
    return np.outer(rows, columns).astype(np.float32)
