"""Samples of a periodic image at another spacing along one axis."""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, rfft


def resampled(
    image: NDArray[np.floating], size: int, axis: int
) -> NDArray[np.floating]:
    """Sample an image at so many places along an axis, by its Fourier transform.

    It is `scipy.signal.resample`, whose import takes a third of that of torch, which a
    program that is started anew for each micrograph would pay each time.

    Parameters
    ----------
    image : ndarray of float
        The image, which is taken to be periodic.
    size : int
        The new number of samples along the axis, at least 1.
    axis : int
        The axis.

    Returns
    -------
    ndarray of float
        The image in the dtype of `image`. If it is made smaller and `size` is even, the
        highest frequency is the sum of the positive and the negative one.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn.micrographs.preprocessing._resampled import resampled
    >>> wave = np.cos(2 * np.pi * np.arange(8) / 8)
    >>> bool(np.allclose(resampled(wave, 4, axis=0), wave[::2]))
    True
    """
    n = image.shape[axis]
    n_kept = min(size, n)
    spectrum = rfft(np.moveaxis(image, axis, -1))[..., : n_kept // 2 + 1]
    if n_kept % 2 == 0 and size != n:
        # Two frequencies of the finer grid are one of the coarser grid.
        spectrum[..., -1] *= 2 if size < n else 0.5
    return np.moveaxis(irfft(spectrum / (n / size), n=size), -1, axis)
