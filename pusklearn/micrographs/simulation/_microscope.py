"""A microscope that takes a noisy image of a scene."""

from dataclasses import dataclass

import numpy as np
from scipy import fft
from scipy.spatial.transform import Rotation

from pusklearn.micrographs.simulation._contrast_transfer import contrast_transfer

N_REFERENCE_VIEWS = 24


@dataclass(frozen=True)
class Microscope:
    """Contrast transfer, ice and detector; signal of unit variance by design.

    Parameters
    ----------
    pixel_size : float
        In angstrom.
    snr : float
        Variance of a lone particle's noise-free image, over its disc and over
        views, divided by the variance of all noise.
    ice_noise : float
        Share of the noise variance that is structure of the ice.
    reference : ndarray of shape (n_views, side, side // 2 + 1)
        ``rfft2`` of projections of the particle, each in the corner of a square.
    disc : ndarray of bool, shape (side, side)
        The pixels there within half a diameter of the centre.
    """

    pixel_size: float
    snr: float
    ice_noise: float
    reference: np.ndarray
    disc: np.ndarray

    @classmethod
    def for_particle(cls, particle, pixel_size, snr, ice_noise, rng):
        """Return a microscope whose unit of signal is that of a particle."""
        views = particle.project(Rotation.random(N_REFERENCE_VIEWS, rng))
        # Room for the fringes that the transfer spreads around a particle.
        side = fft.next_fast_len(int(3 * particle.diameter), real=True)
        steps = np.arange(side) - particle.half
        disc = np.hypot(steps, steps[:, None]) <= particle.diameter / 2
        spectra = fft.rfft2(views, s=(side, side))
        return cls(pixel_size, snr, ice_noise, spectra, disc)

    def take(self, scene, defocus, thickness, rng):
        """Return the image (float32) of a scene at a defocus in angstrom.

        ``image = S h * (density + ice) - absorption - thickness + shot``, where
        ``h`` is the point spread of the contrast transfer, ``S`` brings the
        particle's signal to unit variance, and ``ice`` and ``shot`` are white.
        """
        field = scene.density.shape
        transfer = self._transfer(field, defocus)
        strength = 1 / self._signal_std(defocus)
        # White structure of this standard deviation has unit variance when seen.
        unit = 1 / (strength * _noise_gain(transfer, field[1]))
        ice = np.sqrt(scene.grain**2 + np.float32(self.ice_noise / self.snr))
        ice *= np.float32(unit) * rng.standard_normal(field, dtype=np.float32)
        seen = fft.irfft2(fft.rfft2(scene.density + ice) * transfer, s=field)
        image = np.float32(strength) * scene.crop(seen) - scene.crop(scene.absorption)
        shot = rng.standard_normal(image.shape, dtype=np.float32)
        return image - thickness + np.float32(self._shot_std()) * shot

    def _shot_std(self):
        return np.sqrt((1 - self.ice_noise) / self.snr)

    def _transfer(self, shape, defocus):
        return contrast_transfer(shape, pixel_size=self.pixel_size, defocus=defocus)

    def _signal_std(self, defocus):
        """Return the standard deviation of the particle's image over its disc."""
        transfer = self._transfer(self.disc.shape, defocus)
        images = fft.irfft2(self.reference * transfer, s=self.disc.shape)
        return float(images[:, self.disc].std())


def _noise_gain(transfer, width):
    """Return the standard deviation of unit white noise behind a transfer."""
    power = np.square(transfer, dtype=float).sum(axis=0)
    # rfft2 keeps half the plane: all columns but the first, and for an even
    # width the last, stand for two.
    power[1 : (width + 1) // 2] *= 2
    return np.sqrt(power.sum() / (transfer.shape[0] * width))
