import numpy as np
import pytest
from scipy import fft, ndimage

from pusklearn.micrographs.simulation._contrast import CONTRASTS, stain
from pusklearn.micrographs.simulation._contrast_transfer import contrast_transfer


def image_of_a_disc(contrast, defocus, side=96, diameter=24):
    steps = np.arange(side) - side // 2
    disc = np.hypot(steps, steps[:, None]) <= diameter / 2
    transfer = CONTRASTS[contrast].transfer((side, side), 6.0, defocus, diameter)
    return fft.irfft2(fft.rfft2(disc.astype(float)) * transfer, s=(side, side)), steps


def test_defocus_alone_is_the_plain_transfer():
    options = {"pixel_size": 6.0, "defocus": 2e4}
    np.testing.assert_array_equal(
        CONTRASTS["defocus"].transfer((32, 40), 6.0, 2e4, 24),
        contrast_transfer((32, 40), **options),
    )


def test_a_phase_plate_turns_the_sine_into_a_cosine():
    k2 = fft.fftfreq(32, 6.0)[:, None] ** 2 + fft.rfftfreq(40, 6.0) ** 2
    phase = np.pi * 0.0196875 * 5e3 * k2 - np.pi / 2 * 2.7e7 * 0.0196875**3 * k2**2
    expected = -np.cos(phase + np.arcsin(0.1)) * np.exp(-200 / 4 * k2)
    found = CONTRASTS["phase-plate"].transfer((32, 40), 6.0, 5e3, 24)
    np.testing.assert_allclose(found, expected, atol=1e-4)


@pytest.mark.parametrize("contrast", sorted(CONTRASTS))
def test_the_usual_defocus_is_a_range(contrast):
    low, high = CONTRASTS[contrast].defocus
    assert 0 < low < high


def test_a_disc_is_dark_as_a_whole_with_a_phase_plate():
    image, steps = image_of_a_disc("phase-plate", 5e3)
    distance = np.hypot(steps, steps[:, None])
    # It keeps nearly all of its mass; defocus keeps a tenth.
    assert image.sum() < -0.95 * np.pi * 12**2
    assert image[distance < 10].max() < -2 * abs(image[distance > 18]).max()


@pytest.mark.parametrize("defocus", [8e3, 15e3])
def test_a_disc_in_stain_is_light_with_a_dark_halo(defocus):
    image, steps = image_of_a_disc("negative-stain", defocus)
    distance = np.hypot(steps, steps[:, None])
    far = image[distance > 44].mean()
    assert image[distance < 11].mean() > far + 0.1
    halo = ndimage.mean(image, distance.astype(int), [14, 15, 16, 17])
    assert np.mean(halo) < far - 0.03
    assert np.max(halo) < far


def test_stain_lacks_where_the_protein_is_and_gathers_around_it():
    spot = np.zeros((64, 64))
    spot[20, 30] = 1
    found = fft.irfft2(fft.rfft2(spot) * stain((64, 64), 12), s=(64, 64))
    expected = 0.75 * ndimage.gaussian_filter(spot, 0.3 * 12, mode="wrap") - spot
    np.testing.assert_allclose(found, expected, atol=1e-4)
