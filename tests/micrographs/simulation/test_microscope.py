import numpy as np
import pytest
from scipy import ndimage
from scipy.optimize import brentq
from scipy.spatial import KDTree

from pusklearn.datasets import make_micrographs


def distance_to_nearest(shape, points):
    y, x = np.indices(shape)
    pixels = np.stack([x, y], axis=-1)
    return KDTree(points).query(pixels)[0]


def radial_power(images, n_bins=64):
    """Mean power in rings of spatial frequency, from 0 to 0.5 cycles a pixel."""
    power = np.mean([np.abs(np.fft.fft2(np.asarray(m, float))) ** 2 for m in images], 0)
    ky, kx = (np.fft.fftfreq(side) for side in power.shape)
    ring = (np.hypot(ky[:, None], kx) * 2 * n_bins).astype(int)
    return ndimage.mean(power / power.size, ring, np.arange(n_bins))


def ctf_phase(k, defocus):
    """Phase of 300 kV electrons, Cs 2.7 mm and amplitude contrast 0.1, in float64."""
    wavelength = 12.2643 / np.sqrt(3e5 + 0.978466e-6 * 3e5**2)
    ramp = np.pi * wavelength * defocus * k**2
    return ramp - np.pi / 2 * 2.7e7 * wavelength**3 * k**4 + np.arcsin(0.1)


@pytest.mark.parametrize("ice_noise", [0, 0.5, 1])
def test_signal_and_noise_have_the_variances_that_snr_states(ice_noise):
    options = {"size": 320, "contamination": 0, "ice_gradient": 0, "random_state": 2}
    clean, coordinates = make_micrographs(3, snr=np.inf, **options)
    noisy, _ = make_micrographs(3, snr=0.2, ice_noise=ice_noise, **options)
    signal = [
        image[distance_to_nearest(image.shape, points) <= 12]
        for image, points in zip(clean, coordinates, strict=True)
    ]
    for pixels, a, b in zip(signal, clean, noisy, strict=True):
        assert np.var(b - a) == pytest.approx(5, rel=0.05)
        assert np.var(pixels) == pytest.approx(1, rel=0.15)


@pytest.mark.parametrize("seed", range(4))
def test_the_signal_has_unit_variance_over_the_views_that_are_preferred(seed):
    options = {"particle": "flat", "symmetry": "C1", "views": "preferred"}
    [image], [points] = make_micrographs(
        1,
        size=400,
        n_particles=80,
        snr=np.inf,
        random_state=seed,
        **options | {"contamination": 0, "ice_gradient": 0},
    )
    signal = image[distance_to_nearest(image.shape, points) <= 12]
    assert np.var(signal) == pytest.approx(1, rel=0.2)


@pytest.mark.parametrize(
    ("defocus", "pixel_size", "size"),
    [(20_000, 6.0, 256), (30_000, 7.0, (192, 320)), (12_000, 4.0, (251, 256))],
)
def test_the_power_of_ice_noise_is_the_squared_ctf(defocus, pixel_size, size):
    images, _ = make_micrographs(
        6,
        size=size,
        n_particles=0,
        snr=1,
        ice_noise=1,
        defocus=(defocus, defocus),
        pixel_size=pixel_size,
        **{"contamination": 0, "ice_gradient": 0, "random_state": 0},
    )
    power = radial_power(images)
    k = (np.arange(64) + 0.5) / 128 / pixel_size
    expected = np.sin(ctf_phase(k, defocus)) ** 2 * np.exp(-200 / 2 * k**2)
    expected *= power.sum() / expected.sum()
    np.testing.assert_allclose(power, expected, atol=0.1 * expected.max())

    first_zero = brentq(lambda k: ctf_phase(k, defocus) - np.pi, 0, 0.5 / pixel_size)
    around = np.abs(k - first_zero) < 0.3 * first_zero
    found = k[around][np.argmin(power[around])]
    assert abs(found - first_zero) < 1.5 / 128 / pixel_size


def test_shot_noise_is_white():
    options = {"n_particles": 0, "ice_gradient": 0, "contamination": 0}
    images, _ = make_micrographs(6, snr=1, ice_noise=0, random_state=0, **options)
    np.testing.assert_allclose(radial_power(images)[4:], 1, atol=0.2)
