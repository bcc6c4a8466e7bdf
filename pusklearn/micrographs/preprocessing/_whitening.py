"""Micrographs whose noise has the same power at all spatial frequencies."""

import numpy as np
from scipy.fft import irfft2, rfft2
from scipy.sparse import csr_array

from pusklearn.micrographs.images._memory_maps import free_mapped_memory

N_RINGS = 64
PATCH_SIZE = 2 * N_RINGS
# Power below this share of the mean is quantisation, not to be amplified; a patch with
# less than this share of the power of others is blank.
LEAST_POWER = 3e-4
# Standard deviations; pixels of ice and protein lie nearer.
FAR_OUT = 10


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


def background_spectrum(micrographs):
    """Return the power of the background at frequencies from 0 to 1/2 per pixel.

    Of every frequency the lower quartile over patches: aggregates and ice crystals
    are in few of them, but hold most of the power at low frequencies. Patches within a
    border of one grey do not count.
    """
    total, count = np.zeros((2, N_RINGS + 1))
    for micrograph in micrographs:
        power, n_coefficients = powers_of_patches(standardized(micrograph))
        noise = power[~is_blank(power)]
        total += np.quantile(noise, 0.25, axis=0) * n_coefficients
        count += n_coefficients
        free_mapped_memory(micrograph)
    rings = np.arange(N_RINGS + 1)
    # Small micrographs leave rings empty; the mean was taken off, so has no power.
    known = (count > 0) & (rings > 0)
    total, count = total[known], count[known]
    if not total.any():
        return np.ones(N_RINGS + 1)
    least = LEAST_POWER * total.sum() / count.sum()
    return np.interp(rings, rings[known], total / count) + least


def powers_of_patches(image):
    """Return the power of each patch in each ring, and the coefficients of a ring."""
    shape = tuple(min(PATCH_SIZE, n) for n in image.shape)
    # A window, as the jump between opposite edges has power at all frequencies.
    window = np.outer(*[np.float32(np.hanning(n + 2)[1:-1]) for n in shape])
    ring = np.minimum(frequencies(shape).round(), N_RINGS).astype(int).ravel()
    count = np.bincount(ring, minlength=N_RINGS + 1)
    # Products with it sum the coefficients of each ring.
    in_ring = csr_array(
        (np.ones(ring.size, np.float32), (np.arange(ring.size), ring)),
        shape=(ring.size, N_RINGS + 1),
    )
    powers = []
    for top in starts(image.shape[0], shape[0]):
        band = image[top : top + shape[0]]
        patches = np.stack(
            [band[:, x : x + shape[1]] for x in starts(image.shape[1], shape[1])]
        )
        patches -= patches.mean(axis=(1, 2), keepdims=True)
        transform = rfft2(patches * window)
        power = np.square(transform.real) + np.square(transform.imag)
        powers.append(power.reshape(len(patches), -1) @ in_ring)
    scale = np.maximum(count, 1) * np.square(window).sum()
    return np.concatenate(powers) / scale, count


def is_blank(power):
    """Tell which patches have no noise, given the power of each in each ring."""
    # The median, as aggregates raise low rings alone, and what rings beside an edge
    # that was downsampled the last ones.
    typical = np.median(power, axis=1)
    return typical < LEAST_POWER * np.quantile(typical, 0.75)


def starts(length, size):
    """Return where patches of a size start that cover a length evenly."""
    return np.linspace(0, length - size, -(-length // size)).round().astype(int)


def whitened(micrograph, spectrum, longest=PATCH_SIZE):
    """Divide a micrograph by the root of the background's power, to a variance of 1.

    Waves longer than `longest`, in pixels, are illumination and the thickness of the
    ice: their power, which no ring holds, is taken to grow with the fourth power of
    their length. What lies far out keeps its long waves, as a blank border without them
    throws a halo.
    """
    image = np.pad(standardized(micrograph), N_RINGS, mode="symmetric")
    ring = frequencies(image.shape)
    power = np.interp(ring, np.arange(len(spectrum)), spectrum)
    root = np.sqrt(power.astype(np.float32))
    kept = np.square(np.minimum(ring * np.float32(longest / PATCH_SIZE), 1))
    transform = rfft2(image)
    transform *= kept / root
    outliers = far_out(image)
    if outliers.any():
        transform += rfft2(outliers) * ((1 - kept) / root)
    image = irfft2(transform, image.shape, overwrite_x=True)
    return standardized(image[N_RINGS:-N_RINGS, N_RINGS:-N_RINGS])


def far_out(image):
    """Return how far pixels lie from the median, 0 where no further than others do."""
    sample = image[::4, ::4]
    middle = np.median(sample)
    deviation = 1.4826 * np.median(np.abs(sample - middle))
    offset = image - middle
    return offset * (np.abs(offset) > FAR_OUT * deviation)
