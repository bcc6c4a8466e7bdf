import numpy as np
import pytest
from scipy import constants

from pusklearn.micrographs.simulation._contrast_transfer import (
    WAVELENGTH,
    contrast_transfer,
)


def test_the_wavelength_is_that_of_300_kv_electrons():
    energy = 3e5 * constants.e
    rest = constants.m_e * constants.c**2
    momentum = np.sqrt(energy**2 + 2 * energy * rest) / constants.c
    assert constants.h / momentum * 1e10 == pytest.approx(WAVELENGTH, rel=1e-5)


@pytest.mark.parametrize("shape", [(6, 8), (7, 9)])
def test_it_is_the_formula_at_the_frequencies_of_rfft2(shape):
    transfer = contrast_transfer(
        shape,
        pixel_size=3.0,
        defocus=18_000,
        wavelength=0.025,
        spherical_aberration=2e7,
        amplitude_contrast=0.07,
        b_factor=150,
    )
    height, width = shape
    assert transfer.shape == (height, width // 2 + 1)
    assert transfer.dtype == np.float32
    for row in range(height):
        for column in range(width // 2 + 1):
            turns = (row if row <= (height - 1) // 2 else row - height) / height
            k2 = (turns**2 + (column / width) ** 2) / 9
            phase = np.pi * 0.025 * 18_000 * k2
            phase += -np.pi / 2 * 2e7 * 0.025**3 * k2**2 + np.arcsin(0.07)
            expected = -np.sin(phase) * np.exp(-150 * k2 / 4)
            assert transfer[row, column] == pytest.approx(expected, abs=1e-4)


def test_the_constant_part_shows_the_amplitude_contrast_alone():
    transfer = contrast_transfer((4, 4), pixel_size=2.0, defocus=2e4)
    assert transfer[0, 0] == pytest.approx(-0.1)
