"""A microscope that takes a noisy image of a scene."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from pusklearn.micrographs.simulation._contrast_transfer import contrast_transfer
from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene

N_REFERENCE_VIEWS = 24


@dataclass(frozen=True)
class Microscope:
    """A microscope: contrast transfer, noise of the ice, noise of the detector.

    It scales every image so that the signal of a particle has unit variance.

    Parameters
    ----------
    pixel_size : float
        Edge of a pixel, in angstrom.
    snr : float
        Variance of the noise-free image of a lone particle, over its disc and over
        views, divided by the variance of all noise.
    ice_noise : float
        Share of the noise variance that comes from structure of the ice.
    reference : ndarray of shape (n_views, side, side // 2 + 1)
        ``rfft2`` of projections of the particle, each in the corner of a square.
    disc : ndarray of bool, shape (side, side)
        The pixels of that square within half a diameter of the particle's centre.
    """

    pixel_size: float
    snr: float
    ice_noise: float
    reference: NDArray[np.complex64]
    disc: NDArray[np.bool_]

    @classmethod
    def for_particle(
        cls,
        particle: Particle,
        pixel_size: float,
        snr: float,
        ice_noise: float,
        rng: np.random.Generator,
    ) -> Self:
        """Return a microscope that gives the signal of this particle unit variance."""
        views = particle.project(particle.views(N_REFERENCE_VIEWS, rng))
        # Room for the fringes that the transfer spreads around a particle.
        side = fft.next_fast_len(int(3 * particle.diameter), real=True)
        steps = np.arange(side) - particle.half
        disc = np.hypot(steps, steps[:, None]) <= particle.diameter / 2
        spectra = fft.rfft2(views, s=(side, side))
        return cls(pixel_size, snr, ice_noise, spectra, disc)

    def take(
        self,
        scene: Scene,
        defocus: float,
        thickness: NDArray[np.float32],
        rng: np.random.Generator,
    ) -> NDArray[np.float32]:
        """Return the image (float32) of a scene at a defocus in angstrom.

        ``image = S h * (density + ice) - absorption - thickness + shot``, where
        ``h`` is the point spread of the contrast transfer, ``S`` gives the signal of
        the particle unit variance, and ``ice`` and ``shot`` are white noise.
        """
        field = scene.density.shape
        transfer = self._transfer(field, defocus)
        strength = 1 / self._signal_std(defocus)
        # White noise of this standard deviation has unit variance in the image.
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
    """Return the standard deviation of white noise of variance 1 after a transfer.

    By Parseval's theorem it is the root of the mean of ``transfer**2`` over the whole
    Fourier plane.
    """
    power = np.square(transfer, dtype=float).sum(axis=0)
    # rfft2 keeps half the plane. Each column stands for two, except the first and, for
    # an even width, the last.
    power[1 : (width + 1) // 2] *= 2
    return np.sqrt(power.sum() / (transfer.shape[0] * width))
