"""Reference images: averaging over unknown angles, and matching."""

from collections.abc import Iterable

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.random import RandomState
from numpy.typing import NDArray
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import gaussian_filter, rotate
from scipy.special import softmax

N_ITERATIONS = 15
# This bounds the memory that the rotated crops of the labelled particles take.
MOST_PIXELS = 10**8


def disc_mask(radius: float) -> NDArray[np.bool_]:
    """Return the pixels within a radius, as a square bool array of odd size."""
    reach = np.arange(-np.ceil(radius), np.ceil(radius) + 1)
    return np.hypot(reach[:, None], reach) <= radius


def crops_at(image: NDArray, marks: NDArray, size: int) -> NDArray:
    """Copy the crops around the pixels that are marked, with 0 beyond the edges."""
    padded = np.pad(image, size // 2)
    return sliding_window_view(padded, (size, size))[np.nonzero(marks)]


def average_aligned(
    crops: NDArray[np.floating],
    mask: NDArray[np.bool_],
    n_references: int,
    n_rotations: int,
    smoothing: float,
    rng: RandomState,
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Average crops over unknown angles and classes, by expectation maximisation.

    Parameters
    ----------
    crops : ndarray of shape (n, size, size)
        Labelled particles, cut out of whitened micrographs.
    mask : ndarray of bool of shape (size, size)
        The pixels that are compared.
    n_references : int
        The number of classes.
    n_rotations : int
        The number of angles, evenly spaced over the full circle.
    smoothing : float
        Standard deviation of the Gaussian that smooths the averages, in pixels.
    rng : RandomState
        Draws the shares that the iteration starts from, and the crops if they are too
        many for the memory.

    Returns
    -------
    images : ndarray of float32 of shape (n_references, size, size)
        The average of each class; 0 outside the mask.
    weights : ndarray of shape (n_references,)
        The share of each class in all crops.
    """
    # Start from random shares of every crop in all (angle, class) pairs, and repeat:
    #   shares ------> averages: the mean of all rotated crops, weighted by share
    #   averages ----> shares: softmax over (angle, class) of the log-likelihood
    most = max(MOST_PIXELS // (n_rotations * mask.sum()), 1)
    if len(crops) > most:
        crops = crops[rng.choice(len(crops), most, replace=False)]
    turned = np.stack([turn(crops, a)[:, mask] for a in angles(n_rotations)], 1)
    turned -= turned.mean(-1, keepdims=True)
    turned = turned.reshape(-1, mask.sum())
    # The shares are uneven at random, since even ones are a fixed point.
    share = rng.dirichlet(np.full(n_rotations * n_references, 0.1), len(crops))
    for _ in range(N_ITERATIONS):
        images, weights = weighted_means(
            turned, share.reshape(-1, n_references), mask, smoothing
        )
        vectors = images[:, mask]
        fit = turned @ vectors.T - (vectors**2).sum(1) / 2 + np.log(weights)
        share = softmax(fit.reshape(len(crops), -1), axis=1)
    return weighted_means(turned, share.reshape(-1, n_references), mask, smoothing)


def weighted_means(
    vectors: NDArray, share: NDArray, mask: NDArray[np.bool_], smoothing: float
) -> tuple[NDArray[np.float32], NDArray]:
    """Return the smoothed mean image of each class, and its share in all crops."""
    weight = share.sum(0) + 1e-6
    images = np.zeros((len(weight), *mask.shape), np.float32)
    images[:, mask] = (share / weight).T.astype(np.float32) @ vectors
    images = gaussian_filter(images, (0, smoothing, smoothing)) * mask
    images[:, mask] -= images[:, mask].mean(1, keepdims=True)
    return images, weight / weight.sum()


def angles(n_rotations: int) -> NDArray[np.float64]:
    """Return evenly spaced angles in degrees."""
    return np.arange(n_rotations) * 360 / n_rotations


def turn(images: NDArray, angle: float) -> NDArray:
    """Rotate a stack of images about their central pixels."""
    return rotate(images, angle, (1, 2), reshape=False, order=1, mode="nearest")


def match_references(
    image: NDArray[np.floating],
    references: NDArray[np.floating],
    weights: Iterable[float],
    mask: NDArray[np.bool_],
    n_rotations: int,
    missing: NDArray[np.bool_] | None = None,
) -> NDArray[np.float32]:
    """Return the log of the mean likelihood ratio of rotated references.

    Parameters
    ----------
    image : ndarray of shape (height, width)
        The whitened micrograph.
    references : ndarray of shape (n_references, size, size)
        The reference images.
    weights : iterable of float
        The share of each reference.
    mask : ndarray of bool of shape (size, size)
        The pixels that are compared.
    n_rotations : int
        The number of angles, evenly spaced over the full circle.
    missing : ndarray of bool of shape (height, width) or None, default=None
        The missing pixels, which must be 0 in the image.

    Returns
    -------
    ndarray of float32 of shape (height, width)
        The score map.
    """
    # The score of a pixel, with x its surroundings in the mask and t each template:
    #   log mean over angles and references of exp(x . t / std(x) - t . t / 2)
    # The sums x . t of all pixels are one correlation, a product of transforms.
    height, width = image.shape
    # Padded with zeros: with a mirrored edge, mirror images would be picked there.
    padded = np.pad(image, len(mask) // 2)
    shape = [next_fast_len(n, real=True) for n in padded.shape]

    def correlate(transform, template):
        product = transform * rfft2(template.astype(np.float32), shape).conj()
        return irfft2(product, shape)[:height, :width]

    transform = rfft2(padded, shape)
    mean = correlate(transform, mask) / mask.sum()
    power = padded**2
    if missing is not None:
        # They hold the background, whose variance is 1. With 0, the noise beside them
        # would seem weaker, and its peaks higher.
        power += np.pad(missing, len(mask) // 2)
    square = correlate(rfft2(power, shape), mask) / mask.sum()
    deviation = np.sqrt(np.maximum(square - mean**2, 1e-2))
    scores = np.full(image.shape, -np.inf, np.float32)
    for angle in angles(n_rotations):
        for template, weight in zip(turn(references, angle), weights, strict=True):
            # A template with mean 0 does not respond to the local mean of the image.
            template = np.where(mask, template - template[mask].mean(), 0)
            ratio = correlate(transform, template) / deviation
            ratio += np.float32(np.log(weight / n_rotations) - (template**2).sum() / 2)
            np.logaddexp(scores, ratio, out=scores)
    return scores
