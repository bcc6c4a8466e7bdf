"""Reference images: averaging over unknown angles, and matching."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.fft import irfft2, next_fast_len, rfft2
from scipy.ndimage import gaussian_filter, rotate
from scipy.special import softmax

N_ITERATIONS = 15
# Bounds the memory that the rotated crops of the labelled particles take.
MOST_PIXELS = 10**8


def disc_mask(radius):
    """Return the pixels within a radius, as a bool array of odd size."""
    reach = np.arange(-np.ceil(radius), np.ceil(radius) + 1)
    return np.hypot(reach[:, None], reach) <= radius


def crops_at(image, marks, size):
    """Copy the crops around the pixels that are marked, 0 beyond the edges."""
    padded = np.pad(image, size // 2)
    return sliding_window_view(padded, (size, size))[np.nonzero(marks)]


def average_aligned(crops, mask, n_references, n_rotations, smoothing, rng):
    """Average crops over unknown angles and classes; return images and weights."""
    most = max(MOST_PIXELS // (n_rotations * mask.sum()), 1)
    if len(crops) > most:
        crops = crops[rng.choice(len(crops), most, replace=False)]
    turned = np.stack([turn(crops, a)[:, mask] for a in angles(n_rotations)], 1)
    turned -= turned.mean(-1, keepdims=True)
    turned = turned.reshape(-1, mask.sum())
    # Uneven at random, as even shares are a fixed point of the iteration.
    share = rng.dirichlet(np.full(n_rotations * n_references, 0.1), len(crops))
    for _ in range(N_ITERATIONS):
        images, weights = weighted_means(
            turned, share.reshape(-1, n_references), mask, smoothing
        )
        vectors = images[:, mask]
        fit = turned @ vectors.T - (vectors**2).sum(1) / 2 + np.log(weights)
        share = softmax(fit.reshape(len(crops), -1), axis=1)
    return weighted_means(turned, share.reshape(-1, n_references), mask, smoothing)


def weighted_means(vectors, share, mask, smoothing):
    """Return the smoothed mean image of each class, and its share of all."""
    weight = share.sum(0) + 1e-6
    images = np.zeros((len(weight), *mask.shape), np.float32)
    images[:, mask] = (share / weight).T.astype(np.float32) @ vectors
    images = gaussian_filter(images, (0, smoothing, smoothing)) * mask
    images[:, mask] -= images[:, mask].mean(1, keepdims=True)
    return images, weight / weight.sum()


def angles(n_rotations):
    """Return evenly spaced angles in degrees."""
    return np.arange(n_rotations) * 360 / n_rotations


def turn(images, angle):
    """Rotate a stack of images about their central pixels."""
    return rotate(images, angle, (1, 2), reshape=False, order=1, mode="nearest")


def match_references(image, references, weights, mask, n_rotations):
    """Return the log of the mean likelihood ratio of rotated references."""
    height, width = image.shape
    # Zeros, as the mirror image of a particle would be picked at the edge.
    padded = np.pad(image, len(mask) // 2)
    shape = [next_fast_len(n, real=True) for n in padded.shape]

    def correlate(transform, template):
        product = transform * rfft2(template.astype(np.float32), shape).conj()
        return irfft2(product, shape)[:height, :width]

    transform = rfft2(padded, shape)
    mean = correlate(transform, mask) / mask.sum()
    square = correlate(rfft2(padded**2, shape), mask) / mask.sum()
    deviation = np.sqrt(np.maximum(square - mean**2, 1e-2))
    scores = np.full(image.shape, -np.inf, np.float32)
    for angle in angles(n_rotations):
        for template, weight in zip(turn(references, angle), weights, strict=True):
            # With a mean of 0 the template is blind to the local mean of the image.
            template = np.where(mask, template - template[mask].mean(), 0)
            ratio = correlate(transform, template) / deviation
            ratio += np.float32(np.log(weight / n_rotations) - (template**2).sum() / 2)
            np.logaddexp(scores, ratio, out=scores)
    return scores
