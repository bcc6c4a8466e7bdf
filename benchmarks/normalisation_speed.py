"""Normalisation by a mixture of two Gaussians against EM over every pixel.

python benchmarks/normalisation_speed.py
"""

import numpy as np
from scipy.special import xlog1py, xlogy
from scipy.stats import norm
from speed_row import Row, as_table, bytes_per_second, seconds, timed

from pusklearn import Micrograph, MicrographNormalizer

SIZE = 1024
ALPHA, BETA = 900.0, 1.0
STARTS = (0.5, 0.8, 0.95)


def full_em(pixels, start, *, most_steps=200, tolerance=1e-7):
    """MAP-EM over every pixel: log posterior, mean and standard deviation."""
    n = pixels.size
    bright = (pixels > np.quantile(pixels, 1 - start)).astype(float)
    before = np.inf
    for _ in range(most_steps):
        count = bright.sum()
        mean = bright @ pixels / count
        dark = (1 - bright) @ pixels / (n - count)
        variance = bright @ (pixels - mean) ** 2 + (1 - bright) @ (pixels - dark) ** 2
        std = np.sqrt(variance / n)
        weight = (ALPHA + count - 1) / (ALPHA + BETA + n - 2)
        density = weight * norm.pdf(pixels, mean, std)
        total = density + (1 - weight) * norm.pdf(pixels, dark, std)
        bright = density / total
        if abs(mean - before) < tolerance * std:
            break
        before = mean
    prior = xlogy(ALPHA - 1, weight) + xlog1py(BETA - 1, -weight)
    return np.log(total).sum() + prior, mean, std


def reference(pixels):
    """Mean and standard deviation of the best start."""
    pixels = pixels.ravel().astype(float)
    return max(full_em(pixels, start) for start in STARTS)[1:]


def make_image(size=SIZE):
    """Make a fifth of the pixels 2.5 standard deviations darker."""
    rng = np.random.default_rng(0)
    image = rng.normal(100, 5, (size, size))
    image[: size // 5] -= 12.5
    return image.astype(np.float32)


def measure():
    """Return a row for the mixture alone, and one after whitening."""
    image = make_image()
    (mean, std), naive = timed(lambda: reference(image))
    (found,) = MicrographNormalizer().transform([image])
    # What the fit was: the result is (image - mean) / std.
    a, b = np.polyfit(found[:, 0].astype(float), image[:, 0].astype(float), 1)
    agreement = (
        f"mean off by {abs(b - mean) / std:.0e}, standard deviation by "
        f"{abs(a / std - 1):.0e} of it"
    )
    rows = []
    for whiten in (False, True):
        normalizer = MicrographNormalizer(whiten=whiten)
        ours = seconds(lambda n=normalizer: n.transform([Micrograph(image)]))
        rows.append(
            Row(
                f"normalisation, {SIZE} x {SIZE}" + ", whitened first" * whiten,
                ours,
                naive,
                f"EM over every pixel from {len(STARTS)} starts"
                + ", without whitening" * whiten,
                3 * image.nbytes / bytes_per_second(),
                "the pixels read twice and written once",
                "" if whiten else "<= 50 ms",
                "" if whiten else agreement,
            )
        )
    return rows


if __name__ == "__main__":
    print(as_table(measure()))
