"""A microscope that takes a noisy image of a scene."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage

from pusklearn.micrographs.simulation._block_means import block_means, block_response
from pusklearn.micrographs.simulation._contrast import CONTRASTS, Contrast
from pusklearn.micrographs.simulation._particle import Particle
from pusklearn.micrographs.simulation._scene import Scene

N_REFERENCE_VIEWS = 24
# In thick ice particles lie at several heights. The blur that this brings has this
# standard deviation, as a share of the diameter, and is full at this thickness.
BLUR = 0.1
BLURRED = 4.0


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
    diameter : float
        Diameter of the particle, in pixels.
    contrast : Contrast, default=CONTRASTS["defocus"]
        What makes protein visible.
    binning : int, default=1
        Side of the blocks of pixels whose means make the image.
    """

    pixel_size: float
    snr: float
    ice_noise: float
    reference: NDArray[np.complex64]
    disc: NDArray[np.bool_]
    diameter: float
    contrast: Contrast = CONTRASTS["defocus"]
    binning: int = 1

    @classmethod
    def for_particle(
        cls,
        particle: Particle,
        pixel_size: float,
        snr: float,
        ice_noise: float,
        rng: np.random.Generator,
        *,
        contrast: Contrast = CONTRASTS["defocus"],
        binning: int = 1,
    ) -> Self:
        """Return a microscope that gives the signal of this particle unit variance."""
        views = particle.project(particle.views(N_REFERENCE_VIEWS, rng))
        # Room for the fringes that the transfer spreads around a particle.
        side = fft.next_fast_len(int(3 * particle.diameter), real=True)
        steps = np.arange(side) - particle.half
        disc = np.hypot(steps, steps[:, None]) <= particle.diameter / 2
        spectra = fft.rfft2(views, s=(side, side))
        diameter = particle.diameter
        return cls(
            pixel_size, snr, ice_noise, spectra, disc, diameter, contrast, binning
        )

    def take(
        self,
        scene: Scene,
        defocus: float,
        level: NDArray[np.float32],
        thickness: NDArray[np.float32],
        rng: np.random.Generator,
    ) -> NDArray[np.float32]:
        """Return the image (float32) of a scene at a defocus in angstrom.

        ``image = S h * (density + ice) - absorption - level + shot``, where ``h`` is
        the point spread of the contrast transfer, ``S`` gives the signal of the
        particle unit variance, and ``ice`` and ``shot`` are white noise. The means of
        blocks are taken before ``level`` and ``shot`` are added.

        Parameters
        ----------
        scene : Scene
            What the microscope looks at.
        defocus : float
            Underfocus in angstrom.
        level : ndarray of shape (height, width)
            How dark the ice is, at each pixel of the image.
        thickness : ndarray
            How thick the ice is, at each pixel of the field of the scene. The variance
            of all noise is in proportion to it.
        rng : numpy.random.Generator
            Draws the noise.
        """
        field = scene.density.shape
        transfer = self._transfer(field, defocus)
        gain = _noise_gain(self._recorded(transfer, field), field[1])
        strength = 1 / self._signal_std(defocus)
        # White noise of this standard deviation has unit variance in the image.
        unit = 1 / (strength * gain)
        ice = scene.filled * thickness * np.float32(self.ice_noise / self.snr)
        ice = np.sqrt(scene.grain**2 + ice)
        ice *= np.float32(unit) * rng.standard_normal(field, dtype=np.float32)
        density = self._blurred(scene.density, thickness)
        seen = fft.irfft2(fft.rfft2(density + ice) * transfer, s=field)
        image = np.float32(strength) * scene.crop(seen) - scene.crop(scene.absorption)
        image = block_means(image, self.binning)
        shot = rng.standard_normal(image.shape, dtype=np.float32)
        thick = block_means(scene.crop(thickness), self.binning)
        shot *= np.sqrt(thick)
        # Thick ice lets fewer electrons through.
        level = level + (thick - 1)
        return image - level + np.float32(self._shot_std()) * shot

    def _shot_std(self):
        return np.sqrt((1 - self.ice_noise) / self.snr)

    def _transfer(self, shape, defocus):
        return self.contrast.transfer(shape, self.pixel_size, defocus, self.diameter)

    def _recorded(self, transfer, shape):
        """Return a transfer with that of binning."""
        return transfer * block_response(shape, self.binning)

    def _blurred(self, density, thickness):
        """Return a density that is blurred where the ice is thick."""
        share = ((thickness - 1) / (BLURRED - 1)).clip(0, 1)
        if not share.any():
            return density
        blurred = ndimage.gaussian_filter(density, BLUR * self.diameter)
        return density + share * (blurred - density)

    def _signal_std(self, defocus):
        """Return the standard deviation of the particle's image over its disc."""
        shape = self.disc.shape
        transfer = self._recorded(self._transfer(shape, defocus), shape)
        images = fft.irfft2(self.reference * transfer, s=shape)
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
