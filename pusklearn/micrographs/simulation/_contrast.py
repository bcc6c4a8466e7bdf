"""Ways to make protein visible: defocus, a phase plate, negative stain."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from pusklearn.micrographs.simulation._contrast_transfer import (
    AMPLITUDE_CONTRAST,
    contrast_transfer,
)

# Standard deviation of the stain around a particle as a share of the diameter, and its
# mass as a share of the stain that the particle displaces.
HALO_WIDTH = 0.3
HALO_MASS = 0.75


@dataclass(frozen=True)
class Contrast:
    """A way to make protein visible.

    Parameters
    ----------
    defocus : tuple of float
        The usual range of the underfocus, in angstrom.
    amplitude : float
        Amplitude contrast.
    phase_shift : float
        Phase shift of a phase plate, in radians.
    stained : bool
        Whether stain lies around the particles, which look light in it.
    """

    defocus: tuple[float, float] = (15_000, 30_000)
    amplitude: float = AMPLITUDE_CONTRAST
    phase_shift: float = 0.0
    stained: bool = False

    def transfer(
        self,
        shape: tuple[int, int],
        pixel_size: float,
        defocus: float,
        diameter: float,
    ) -> NDArray[np.float32]:
        """Return what turns the ``rfft2`` of protein into that of its image.

        The pixel size and the defocus are in angstrom, the diameter in pixels.
        """
        transfer = contrast_transfer(
            shape,
            pixel_size=pixel_size,
            defocus=defocus,
            amplitude_contrast=self.amplitude,
            phase_shift=self.phase_shift,
        )
        return transfer * stain(shape, diameter) if self.stained else transfer


CONTRASTS = {
    "defocus": Contrast(),
    "phase-plate": Contrast(defocus=(3_000, 8_000), phase_shift=np.pi / 2),
    "negative-stain": Contrast(defocus=(8_000, 15_000), amplitude=0.3, stained=True),
}


def stain(shape: tuple[int, int], diameter: float) -> NDArray[np.float32]:
    """Return what turns the ``rfft2`` of protein into that of the stain around it.

    Protein displaces stain, and some of it gathers around the protein.
    """
    height, width = shape
    k2 = fft.fftfreq(height)[:, None] ** 2 + fft.rfftfreq(width) ** 2
    halo = np.exp(-2 * (np.pi * HALO_WIDTH * diameter) ** 2 * k2)
    return (HALO_MASS * halo - 1).astype(np.float32)
