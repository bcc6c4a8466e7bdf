"""The contrast transfer function of an electron microscope."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

# 300 kV electrons: h / sqrt(2 m e V (1 + e V / (2 m c^2))), in angstrom.
WAVELENGTH = 0.0196875
SPHERICAL_ABERRATION = 2.7e7
AMPLITUDE_CONTRAST = 0.1
B_FACTOR = 200.0


def contrast_transfer(
    shape: tuple[int, int],
    *,
    pixel_size: float,
    defocus: float,
    wavelength: float = WAVELENGTH,
    spherical_aberration: float = SPHERICAL_ABERRATION,
    amplitude_contrast: float = AMPLITUDE_CONTRAST,
    b_factor: float = B_FACTOR,
    phase_shift: float = 0.0,
) -> NDArray[np.float32]:
    r"""Return the weak-phase contrast transfer function for ``scipy.fft.rfft2``.

    .. math::

        H(k) = -\sin\left(\pi \lambda z k^2 - \frac{\pi}{2} C_s \lambda^3 k^4
               + \arcsin A + \varphi\right) e^{-B k^2 / 4}

    Parameters
    ----------
    shape : tuple of int
        (height, width) of the image.
    pixel_size : float
        Edge of a pixel, in angstrom.
    defocus : float
        :math:`z`, in angstrom, positive for underfocus: dense matter looks dark.
    wavelength : float
        :math:`\lambda`, in angstrom; the default is that of 300 kV electrons.
    spherical_aberration : float
        :math:`C_s`, in angstrom (2.7 mm by default).
    amplitude_contrast : float
        :math:`A`, from 0 to 1 (0.1 by default).
    b_factor : float
        :math:`B` of the envelope, in square angstrom (200 by default).
    phase_shift : float, default=0.0
        :math:`\varphi` of a phase plate, in radians.

    Returns
    -------
    ndarray of shape (height, width // 2 + 1), float32
        Real factors for the coefficients of the ``rfft2`` of an image.

    References
    ----------
    .. [1] A. Rohou and N. Grigorieff, "CTFFIND4: Fast and accurate defocus
       estimation from electron micrographs", J. Struct. Biol. 192, 2015 (the phase).
    .. [2] P. B. Rosenthal and R. Henderson, "Optimal determination of particle
       orientation, absolute hand, and contrast loss in single-particle electron
       cryomicroscopy", J. Mol. Biol. 333, 2003 (the envelope).
    """
    height, width = shape
    k2 = (
        fft.fftfreq(height, pixel_size)[:, None] ** 2
        + fft.rfftfreq(width, pixel_size) ** 2
    ).astype(np.float32)
    linear = np.float32(np.pi * wavelength * defocus)
    quartic = np.float32(np.pi / 2 * spherical_aberration * wavelength**3)
    shift = np.float32(np.arcsin(amplitude_contrast) + phase_shift)
    phase = (linear - quartic * k2) * k2 + shift
    return -np.sin(phase) * np.exp(np.float32(-b_factor / 4) * k2)
