"""Micrographs whose noise has the same power at all spatial frequencies.

The background's power spectrum is estimated from patches; then the Fourier transform of
the micrograph is divided by its root::

    patches -> power in each ring of frequency -> lower quartile over patches = spectrum
    micrograph -> rfft2 -> divided by sqrt(spectrum at its ring) -> irfft2

A ring is a band of spatial frequencies about ``ring / PATCH_SIZE`` cycles per pixel, so
ring 64 is the highest frequency along an axis, 1/2 per pixel.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.fft import irfft2, rfft2
from scipy.sparse import csr_array

from pusklearn.micrographs.images._memory_maps import free_mapped_memory

N_RINGS = 64
PATCH_SIZE = 2 * N_RINGS
# Power below this share of the mean is quantisation, not to be amplified; a patch with
# less than this share of the power of others is blank.
LEAST_POWER = 3e-4
# Pixels of ice and protein lie nearer to the median than this many standard deviations.
FAR_OUT = 10
# From so many patches without odd pixels, a spectrum is known well enough.
FEWEST_PATCHES = 16
# Squares of smaller numbers, and infinite ones, are beyond the precision of float32.
LEAST_SQUARE = 1e-32
# Standard deviation of a Gaussian per median absolute deviation: 1 / norm.ppf(3 / 4).
DEVIATION_PER_MAD = 1.4826


def standardized(micrograph: ArrayLike) -> NDArray[np.float32]:
    """Return float32 pixels of mean 0 and variance 1, or 0 in a constant micrograph."""
    image = np.asarray(micrograph)
    level = image.mean(dtype=np.float64)
    result = np.empty(image.shape, np.float32)
    with np.errstate(over="ignore"):
        # In float64, without a copy in it.
        image = np.subtract(image, level, result, dtype=float, casting="same_kind")
        power = np.square(image).mean(dtype=np.float64)
    if not LEAST_SQUARE < power < np.inf and image.any():
        image /= np.abs(image).max()
        power = np.square(image).mean(dtype=np.float64)
    return image / np.float32(np.sqrt(power) or 1.0)


def frequencies(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return the spatial frequency of each coefficient of `rfft2`, in rings.

    A ring is ``1 / PATCH_SIZE`` cycles per pixel wide.
    """
    across, along = np.fft.fftfreq(shape[0]), np.fft.rfftfreq(shape[1])
    square = np.add.outer(across**2, along**2).astype(np.float32)
    return 2 * N_RINGS * np.sqrt(square)


def background_spectrum(
    micrographs: Iterable[ArrayLike], odd: NDArray[np.bool_] | None = None
) -> NDArray[np.float64]:
    """Return the power of the background in rings 0 to 64, from 0 to 1/2 per pixel.

    The power of a ring is the lower quartile over patches: aggregates and ice crystals
    are in few of them, but hold most of the power at low frequencies. Patches within a
    border of one grey do not count. Micrographs are standardised first, so white noise
    has a power of about 1, less the bias of the quartile. For several micrographs, this
    is the mean of their powers, weighted by the number of coefficients in a ring.
    If pixels are `odd`, patches that hold none of them count, from all over the
    micrographs, or those that hold the fewest.
    """
    total, count = np.zeros((2, N_RINGS + 1))
    for micrograph in micrographs:
        power, n_coefficients = powers_of_patches(standardized(micrograph), odd)
        noise = power[~is_blank(power)]
        total += np.quantile(noise, 0.25, axis=0) * n_coefficients
        count += n_coefficients
        free_mapped_memory(micrograph)
    rings = np.arange(N_RINGS + 1)
    # Small micrographs leave rings empty. Ring 0 is the mean, which was subtracted.
    known = (count > 0) & (rings > 0)
    total, count = total[known], count[known]
    if not total.any():
        return np.ones(N_RINGS + 1)
    least = LEAST_POWER * total.sum() / count.sum()
    return np.interp(rings, rings[known], total / count) + least


def powers_of_patches(
    image: NDArray[np.float32], odd: NDArray[np.bool_] | None = None
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Return the power of each patch in each ring, and the coefficients of a ring.

    The power is the mean of ``|F|**2`` over the coefficients ``F`` of the windowed
    patch in the ring, divided by the sum of the squared window: white noise of variance
    1 has an expected power of 1.
    """
    shape = tuple(min(PATCH_SIZE, n) for n in image.shape)
    # A window, as the jump between opposite edges has power at all frequencies.
    height, width = (np.hanning(n + 2)[1:-1].astype(np.float32) for n in shape)
    window = np.outer(height, width)
    ring = np.minimum(frequencies(shape).round(), N_RINGS).astype(int).ravel()
    count = np.bincount(ring, minlength=N_RINGS + 1)
    # A product with this matrix sums the coefficients of each ring.
    in_ring = csr_array(
        (np.ones(ring.size, np.float32), (np.arange(ring.size), ring)),
        shape=(ring.size, N_RINGS + 1),
    )
    powers = []
    for top, left in _places(image.shape, shape, odd):
        band = image[top : top + shape[0]]
        patches = np.stack([band[:, x : x + shape[1]] for x in left])
        patches -= patches.mean(axis=(1, 2), keepdims=True)
        transform = rfft2(patches * window)
        power = np.square(transform.real) + np.square(transform.imag)
        powers.append(power.reshape(len(patches), -1) @ in_ring)
    scale = np.maximum(count, 1) * np.square(window).sum()
    return np.concatenate(powers) / scale, count


def _places(image_shape, shape, odd):
    """Return the top of each row of patches, and the left sides of its patches.

    If too few of the patches are free of odd pixels, they overlap, four along each side
    in place of one, and those with the fewest count.
    """
    top, left = (starts(*sizes) for sizes in zip(image_shape, shape, strict=True))
    if odd is None:
        return [(y, left) for y in top]
    total = np.pad(odd, ((1, 0), (1, 0))).cumsum(0, dtype=np.int64).cumsum(1)
    if (_sums(total, top, left, shape) == 0).sum() < FEWEST_PATCHES:
        top, left = (
            np.unique(starts(*sizes, 4))
            for sizes in zip(image_shape, shape, strict=True)
        )
    n_odd = _sums(total, top, left, shape)
    enough = min(FEWEST_PATCHES, n_odd.size) - 1
    few = n_odd <= np.sort(n_odd, axis=None)[enough]
    return [(y, left[row]) for y, row in zip(top, few, strict=True) if row.any()]


def _sums(total, top, left, shape):
    """Return the sum over each patch, given all sums from the first pixel on."""
    (y, x), (below, right) = (top, left), (top + shape[0], left + shape[1])
    return (
        total[np.ix_(below, right)]
        - total[np.ix_(below, x)]
        - total[np.ix_(y, right)]
        + total[np.ix_(y, x)]
    )


def is_blank(power: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Tell which patches have no noise, given the power of each in each ring.

    They have almost no power compared with the upper quartile over patches.
    """
    # The median over rings, as aggregates raise low rings alone. A patch beside an edge
    # that was downsampled has ripples, which raise the last rings alone.
    typical = np.median(power, axis=1)
    return typical < LEAST_POWER * np.quantile(typical, 0.75)


def starts(length: int, size: int, times: int = 1) -> NDArray[np.intp]:
    """Return where patches of a size start that evenly cover a length so many times."""
    number = times * -(-length // size)
    return np.linspace(0, length - size, number).round().astype(int)


def whitened(
    micrograph: ArrayLike, spectrum: NDArray[np.float64], longest: float = PATCH_SIZE
) -> NDArray[np.float32]:
    """Divide a micrograph by the root of the background's power, to a variance of 1.

    Parameters
    ----------
    micrograph : array-like of shape (height, width)
        The pixels, finite.
    spectrum : ndarray of shape (65,)
        The power in each ring, as `background_spectrum` gives it.
    longest : float, default=128
        Wavelength in pixels. Longer waves are illumination and the thickness of the
        ice: their power, which no ring holds, is taken to grow with the fourth power of
        their length. So a wave of length ``l`` keeps ``(longest / l)**2`` of its
        amplitude.

    Returns
    -------
    ndarray of shape (height, width), float32
        Pixels of mean 0 and variance 1. Outlying pixels keep their long waves: without
        these, a blank border would cast a halo.
    """
    image = np.pad(standardized(micrograph), N_RINGS, mode="symmetric")
    # The other rows are those of the same frequencies, but negative.
    ring = frequencies(image.shape)[: image.shape[0] // 2 + 1]
    power = np.interp(ring, np.arange(len(spectrum)), spectrum)
    root = np.sqrt(power.astype(np.float32))
    kept = np.square(np.minimum(ring * np.float32(longest / PATCH_SIZE), 1))
    transform = _filtered(image, kept / root)
    outliers = far_out(image)
    if outliers is not None:
        transform += _filtered(outliers, (1 - kept) / root)
    image = irfft2(transform, image.shape, overwrite_x=True)
    return standardized(image[N_RINGS:-N_RINGS, N_RINGS:-N_RINGS])


def _filtered(image, gain):
    """Return the Fourier transform times a gain, given for the frequencies >= 0."""
    transform = rfft2(image)
    n_rows = len(gain)
    transform[:n_rows] *= gain
    transform[n_rows:] *= gain[1 : len(transform) - n_rows + 1][::-1]
    return transform


def far_out(image: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Return how far outliers lie from the median, and 0 elsewhere; None without any.

    Outliers lie more than 10 standard deviations away. The median and the deviation are
    those of every fourth row and column; the latter comes from the median absolute
    deviation, which outliers hardly change.
    """
    sample = image[::4, ::4]
    middle = np.median(sample)
    limit = FAR_OUT * (DEVIATION_PER_MAD * np.median(np.abs(sample - middle)))
    if max(image.max() - middle, middle - image.min()) <= limit:
        return None
    offset = image - middle
    return offset * (np.abs(offset) > limit)
