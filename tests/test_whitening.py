import numpy as np
import pytest

from pusklearn import Micrograph, MicrographNormalizer
from pusklearn._whitening import mean_spectrum, whitened


def coloured(shape=(200, 300), seed=0):
    """Noise with far more power at low frequencies."""
    noise = np.random.default_rng(seed).normal(size=shape)
    smooth = np.cumsum(np.cumsum(noise, 0), 1)
    return smooth - np.roll(smooth, 9, (0, 1))


def spread(micrograph):
    """Greatest power over the least, the outermost rings left out."""
    power = mean_spectrum([micrograph])[4:-4]
    return power.max() / power.min()


def test_whitening_leaves_noise_without_a_colour():
    micrograph = Micrograph(coloured())
    spectrum = mean_spectrum([micrograph])
    assert spectrum[1:].max() / spectrum[1:].min() > 1e3
    assert spread(Micrograph(whitened(micrograph, spectrum))) < 10


def test_the_normalizer_whitens_each_micrograph_and_keeps_what_is_known_of_it():
    micrographs = [
        Micrograph(coloured(seed=seed), name=f"m{seed}", pixel_size=2.0, scale=3.0)
        for seed in range(2)
    ]
    found = MicrographNormalizer("affine", whiten=True).fit_transform(micrographs)
    for before, after in zip(micrographs, found, strict=True):
        assert spread(after) < 10 < 1e3 < spread(before)
        assert (after.name, after.pixel_size, after.scale) == (before.name, 2.0, 3.0)
        assert after.dtype == np.float32
        assert float(after.mean()) == pytest.approx(0, abs=1e-5)
        assert float(after.std()) == pytest.approx(1, rel=1e-5)


def test_a_particle_stays_where_it_is():
    image = coloured()
    image[120, 70] -= 500 * image.std()
    (after,) = MicrographNormalizer(whiten=True).fit_transform([image])
    assert np.unravel_index(after.argmin(), after.shape) == (120, 70)


@pytest.mark.parametrize("shape", [(2, 2), (3, 200), (40, 41)])
def test_small_micrographs_are_finite(shape):
    image = np.random.default_rng(0).normal(size=shape)
    (after,) = MicrographNormalizer("affine", whiten=True).fit_transform([image])
    assert np.isfinite(after).all()
