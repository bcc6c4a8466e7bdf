"""One micrograph on the grey scale of its background."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from pusklearn.micrographs.images._check_micrographs import check_any_pixel
from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._memory_maps import free_mapped_memory
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._stand_ins import NO_NAME
from pusklearn.micrographs.preprocessing._background import background_of, filled
from pusklearn.micrographs.preprocessing._background_in_doubt import (
    warn_if_blank,
    warn_of_doubt,
)
from pusklearn.micrographs.preprocessing._gaussian_mixture import (
    fit_background_gaussian,
)
from pusklearn.micrographs.preprocessing._levelled import levelled
from pusklearn.micrographs.preprocessing._outlying_pixels import (
    EIGHT_NEIGHBOURS,
    far_pixels,
    sort_pixels,
    union,
    with_rim,
)
from pusklearn.micrographs.preprocessing._shifted_areas import shifted_areas
from pusklearn.micrographs.preprocessing._whitening import (
    FAR_OUT,
    background_spectrum,
    whitened,
)

# If less than this share of the pixels is background and the others lie at least so
# many standard deviations from it, it may as well be they.
MOST_IN_DOUBT = 0.6
LEAST_IN_DOUBT = 4
# What is far out reaches so many pixels beyond, at most over so much of a micrograph.
AROUND, MOST_FAR = 8, 1 / 3
# The sums over a micrograph of such pixels stay below the greatest float32, 3e38.
GREATEST_LEVEL = 1e32
# A whitened micrograph has a deviation of 1. If that of its background is less than
# this, outliers hold the rest: at least a third of the variance.
LEAST_DEVIATION = 0.8
# So many rows and columns tell the deviation of a whitened micrograph.
SIDE = 128


def normalized(
    micrograph: Micrograph,
    *,
    method: str = "mixture",
    alpha: float = 900.0,
    beta: float = 1.0,
    whiten: bool = False,
) -> Micrograph:
    """Shift and scale a micrograph so that its background has mean 0 and variance 1.

    Parameters
    ----------
    micrograph : Micrograph
        The micrograph, as `check_micrographs` returns it.
    method, alpha, beta, whiten : str, float, float and bool
        The parameters of a `MicrographNormalizer`.

    Returns
    -------
    Micrograph
        The result in float32, with all attributes; missing pixels are 0 and masked.

    Raises
    ------
    ValueError
        If the micrograph is constant, has no pixel that is there, or most grey values
        are greater than 1e32.

    Warns
    -----
    UserWarning
        If the background is in doubt.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> from pusklearn.micrographs.preprocessing._normalized import normalized
    >>> image = np.random.default_rng(0).normal(100, 5, (200, 200))
    >>> normal = normalized(Micrograph(image), method="affine")
    >>> abs(float(normal.mean())) < 1e-6, round(float(normal.std()), 3)
    (True, 1.0)
    """
    if is_left_out(check_any_pixel(micrograph)):
        return like(np.zeros(micrograph.shape, np.float32), micrograph)
    pixels, missing, odd, areas, blank_share = sort_pixels(micrograph)
    _check_not_constant(_without(pixels, odd), micrograph)
    warn_if_blank(micrograph, blank_share)
    level, deviation = background_of(pixels, odd)
    _check_not_huge(level, deviation, micrograph)
    areas = union(areas, shifted_areas(pixels, odd, deviation))
    if areas is not None:
        areas = with_rim(areas, pixels, missing, level, deviation)
    no_ice = union(odd, areas)
    if whiten:
        pixels = _whitened(pixels, missing, odd, areas, level, deviation)
        level, deviation = _background_of_some(pixels, no_ice)
    if not whiten or deviation < LEAST_DEVIATION:
        no_ice = union(no_ice, _still_far(pixels, no_ice, level, deviation))
    background = _without(pixels, no_ice)
    if method == "affine":
        mean = float(np.mean(background, dtype=np.float64))
        std = float(np.std(background, dtype=np.float64))
    else:
        mean, std = _mixture(background, micrograph, alpha, beta)
    normal = np.subtract(pixels, mean, dtype=np.float64)
    normal /= std
    normal = normal.astype(np.float32)
    if missing is not None:
        normal[missing] = 0
    free_mapped_memory(micrograph)
    return like(normal, micrograph, mask=missing)


def _mixture(
    pixels: NDArray, micrograph: Micrograph, alpha: float, beta: float
) -> tuple[float, float]:
    """Return the mean and the standard deviation of the background's Gaussian."""
    mean, std, share, distance = fit_background_gaussian(pixels, alpha, beta)
    if share < MOST_IN_DOUBT and distance > LEAST_IN_DOUBT:
        warn_of_doubt(
            micrograph,
            "its pixels are of two kinds, about half of them each, "
            f"{distance:.1f} standard deviations apart",
        )
    return mean, std


def _without(pixels, odd):
    """Return the pixels that are not odd."""
    return pixels if odd is None else pixels[~odd]


def _whitened(pixels, missing, odd, areas, level, deviation):
    """Return the whitened pixels; areas change nothing but themselves."""
    if areas is None:
        return whitened(pixels, background_spectrum([pixels], missing))
    odd = union(odd, areas)
    without = filled(pixels, areas, odd, level)
    spectrum = background_spectrum([without], union(missing, areas))
    result = whitened(without, spectrum)
    on_level = levelled(pixels, areas, odd, level, deviation)
    result[areas] = whitened(on_level, spectrum)[areas]
    return result


def _background_of_some(pixels, odd):
    """Return the level and the deviation of the background in some rows and columns."""
    some = np.s_[:: max(len(pixels) // SIDE, 1), :: max(pixels.shape[1] // SIDE, 1)]
    return background_of(pixels[some], None if odd is None else odd[some])


def _still_far(pixels, odd, level, deviation):
    """Return pixels that are far out though not odd, with those around them.

    They are no area with a sharp edge; or only whitening shows them, such as an edge of
    little contrast in a denoised micrograph. None if there are none, or if they are so
    many that they are part of what the micrograph shows.
    """
    far = far_pixels(pixels, odd, level, FAR_OUT * deviation)
    if far is None:
        return None
    far = binary_dilation(far, EIGHT_NEIGHBOURS, AROUND)
    return far if far.mean() < MOST_FAR else None


def _check_not_huge(level, deviation, micrograph):
    if max(abs(level), deviation) > GREATEST_LEVEL:
        raise ValueError(
            "The grey values of a micrograph must be at most "
            f"{GREATEST_LEVEL:g}, so that float32 holds their sums. Those of "
            f"micrograph {micrograph.name or NO_NAME} are about {level:.3g}, with a "
            f"standard deviation of {deviation:.3g}. Divide them by a number."
        )


def _check_not_constant(pixels, micrograph):
    if pixels.min() == pixels.max():
        raise ValueError(
            "A micrograph must not be constant: its standard deviation is 0. "
            f"Every pixel of micrograph {micrograph.name or '(no name)'} is "
            f"{pixels.min()}."
        )
