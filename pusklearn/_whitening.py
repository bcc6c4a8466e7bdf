"""Micrographs whose noise has the same power at all spatial frequencies."""

import numpy as np
from scipy.fft import irfft2, rfft2

from pusklearn._memory_maps import release

N_RINGS = 64
# Power below this share of the mean is quantisation, not to be amplified.
LEAST_POWER = 3e-4


def standardized(micrograph):
    """Return float32 pixels of mean 0 and variance 1, or 0 in a constant micrograph."""
    image = np.asarray(micrograph)
    level = image.mean(dtype=np.float64)
    image = np.subtract(image, level, dtype=np.float64).astype(np.float32)
    deviation = np.sqrt(np.square(image).mean(dtype=np.float64))
    return image / np.float32(deviation or 1.0)


def frequencies(shape):
    """Return the spatial frequency of each coefficient of `rfft2`, in rings."""
    across, along = np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1])
    square = np.add.outer(across**2, along**2).astype(np.float32)
    return 2 * N_RINGS * np.sqrt(square)


def mean_spectrum(micrographs):
    """Return the mean power of micrographs at frequencies from 0 to 1/2 per pixel."""
    total, count = np.zeros((2, N_RINGS + 1))
    for micrograph in micrographs:
        # A window, as the jump between opposite edges has power at all frequencies.
        window = [np.float32(np.hanning(n + 2)[1:-1]) for n in micrograph.shape]
        window = np.outer(*window)
        power = np.abs(rfft2(standardized(micrograph) * window)) ** 2
        ring = np.minimum(frequencies(micrograph.shape).round(), N_RINGS).astype(int)
        total += np.bincount(
            ring.ravel(), power.ravel() / (window**2).sum(), N_RINGS + 1
        )
        count += np.bincount(ring.ravel(), minlength=N_RINGS + 1)
        release(micrograph)
    rings = np.arange(N_RINGS + 1)
    # Small micrographs leave rings empty; the mean was taken off, so has no power.
    known = (count > 0) & (rings > 0)
    if not known.any():
        return np.ones(N_RINGS + 1)
    return np.interp(rings, rings[known], total[known] / count[known]) + LEAST_POWER


def whitened(micrograph, spectrum):
    """Divide a micrograph by the root of a power spectrum; its variance is then 1."""
    image = np.pad(standardized(micrograph), N_RINGS, mode="symmetric")
    power = np.interp(frequencies(image.shape), np.arange(len(spectrum)), spectrum)
    transform = rfft2(image)
    transform /= np.sqrt(power.astype(np.float32))
    image = irfft2(transform, image.shape, overwrite_x=True)
    return standardized(image[N_RINGS:-N_RINGS, N_RINGS:-N_RINGS])
