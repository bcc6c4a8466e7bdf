"""One micrograph on a coarser grid, by cropping its Fourier transform."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._as_float32 import as_float32
from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._memory_maps import free_mapped_memory
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.preprocessing._background_in_doubt import warn_if_blank
from pusklearn.micrographs.preprocessing._outlying_pixels import sort_pixels
from pusklearn.micrographs.preprocessing._resampled import resampled


def as_fraction(factor: float) -> Fraction:
    """Return the fraction nearest to a factor, with a denominator of 64 at most."""
    return Fraction(float(factor)).limit_denominator(64)


def downsampled(micrograph: Micrograph, fraction: Fraction) -> Micrograph:
    """Return a micrograph on a grid that is coarser by a factor.

    Parameters
    ----------
    micrograph : Micrograph
        The micrograph. At least 1 of its pixels is there, or it is masked as a whole.
    fraction : Fraction
        The factor, as `as_fraction` gives it.

    Returns
    -------
    Micrograph
        The result in float32, see `FourierDownsampler`. A float32 micrograph is not
        copied if the factor is 1.

    Raises
    ------
    ValueError
        If no pixel of the result is there.

    Warns
    -----
    UserWarning
        If most pixels of the micrograph have one grey value, and the factor is not 1.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> from pusklearn.micrographs.preprocessing._downsampled import (
    ...     as_fraction,
    ...     downsampled,
    ... )
    >>> image = np.random.default_rng(0).normal(size=(60, 90))
    >>> small = downsampled(Micrograph(image), as_fraction(2.5))
    >>> small.shape, small.scale
    ((24, 36), 2.5)
    """
    if fraction == 1:
        single = as_float32(micrograph)
        free_mapped_memory(micrograph)
        return single
    factor = float(fraction)
    if is_left_out(micrograph):
        pixels = np.zeros(_new_shape(micrograph, fraction))
        mask: NDArray | None = np.ones(pixels.shape, bool)
    else:
        pixels, missing, *_, blank_share = sort_pixels(micrograph)
        warn_if_blank(micrograph, blank_share)
        pixels = _resample(np.asarray(pixels, dtype=np.float32), fraction)
        mask = None if missing is None else _touched(missing, pixels.shape, factor)
        _check_some_left(mask, micrograph)
    free_mapped_memory(micrograph)
    pixel_size = micrograph.pixel_size
    return like(
        np.asarray(pixels, dtype=np.float32),
        micrograph,
        pixel_size=None if pixel_size is None else pixel_size * factor,
        scale=micrograph.scale * factor,
        mask=mask,
    )


def _check_some_left(mask, micrograph):
    if mask is not None and mask.all():
        raise ValueError(
            "At least 1 pixel of the result must be there. Missing pixels of "
            f"micrograph {micrograph.name or '(no name)'} touch them all."
        )


def _resample(image: NDArray[np.float32], fraction: Fraction) -> NDArray[np.float32]:
    """Resample an image at every `fraction`-th pixel along both axes.

    A side of 7 pixels, with p / q = 5 / 2, is mirrored at its end to a multiple of 5::

        0 1 2 3 4 5 6 | 6 5 4      10 pixels, of which 4 are made
        a    b    c   | d          at 0, 2.5, 5 and 7.5; the last lies beyond pixel 6
    """
    if fraction == 1:
        return image
    p, q = fraction.numerator, fraction.denominator
    # The mean is subtracted so that float32 keeps its digits for the contrast.
    level = np.float32(image.mean(dtype=np.float64))
    grid = np.pad(image - level, [(0, -n % p) for n in image.shape], mode="symmetric")
    for axis in (1, 0):
        grid = resampled(grid, grid.shape[axis] * q // p, axis=axis)
    height, width = _new_shape(image, fraction)
    return grid[:height, :width] + level


def _new_shape(image, fraction):
    """Return the height and the width of the result."""
    p, q = fraction.numerator, fraction.denominator
    return tuple((n - 1) * q // p + 1 for n in image.shape)


def _touched(missing, shape, factor):
    """Return which pixels of the result a missing pixel of the input touches.

    A pixel of the result is a square, `factor` pixels of the input wide. The last ones
    reach to the end of the input::

        factor 2    input   0 1 2 3 4 5 6 7
                    result  0 . 1 . 2 . 3 .    pixel 1 covers half of 1, 2, half of 3
    """
    marks = missing
    for n in shape:
        # Along the first axis; then the axes are exchanged.
        centres = factor * np.arange(n)
        first = np.floor(centres - factor / 2 + 0.5 + 1e-9).clip(0).astype(int)
        last = np.ceil(centres + factor / 2 - 0.5 - 1e-9).astype(int)
        last[-1] = len(marks) - 1
        before = np.zeros((len(marks) + 1, marks.shape[1]), np.int32)
        np.cumsum(marks, axis=0, dtype=np.int32, out=before[1:])
        end = (last + 1).clip(max=len(marks))
        marks = (before[end] > before[first]).T
    return marks
