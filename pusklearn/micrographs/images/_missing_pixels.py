"""Pixels at which there is no micrograph."""

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph


def missing_pixels(micrograph: Micrograph) -> NDArray[np.bool_] | None:
    """Return which pixels are missing: masked, NaN or infinite.

    Parameters
    ----------
    micrograph : Micrograph
        Any plain array has no mask.

    Returns
    -------
    ndarray of bool of shape (height, width) or None
        True at missing pixels. It may be the mask of the micrograph itself, so it must
        not be changed. None if every pixel is there.

    Raises
    ------
    ValueError
        If the mask of the micrograph is unknown, as its property `mask` says.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> from pusklearn.micrographs.images._missing_pixels import missing_pixels
    >>> image = np.ones((2, 3))
    >>> missing_pixels(Micrograph(image)) is None
    True
    >>> image[0, 1] = np.nan
    >>> missing_pixels(Micrograph(image)).astype(int)
    array([[0, 1, 0],
           [0, 0, 0]])
    """
    mask = getattr(micrograph, "mask", None)
    if mask is not None and not mask.any():
        mask = None
    pixels = np.asarray(micrograph)
    if pixels.dtype.kind != "f":
        return mask
    finite = np.isfinite(pixels)
    if finite.all():
        return mask
    missing = np.logical_not(finite, out=finite)
    return missing if mask is None else missing | mask


def is_left_out(micrograph: Micrograph) -> bool:
    """Tell whether a micrograph is masked as a whole: it is not there at all.

    A row that cannot be used is passed on this way, so that the number of rows stays.
    """
    mask = getattr(micrograph, "mask", None)
    return mask is not None and bool(mask.all())
