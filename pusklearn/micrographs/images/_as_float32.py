"""Micrographs in the numbers that all steps compute in."""

import numpy as np

from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import missing_pixels


def as_float32(micrograph: Micrograph) -> Micrograph:
    """Return a micrograph in float32, with its missing pixels masked.

    Parameters
    ----------
    micrograph : Micrograph
        The micrograph. Pixels in float32 are not copied.

    Returns
    -------
    Micrograph
        The result, with all attributes. Pixels too great for float32 are infinite.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> from pusklearn.micrographs.images._as_float32 import as_float32
    >>> single = as_float32(Micrograph(np.array([[1.0, np.nan]])))
    >>> single.dtype, single.mask.tolist()
    (dtype('float32'), [[False, True]])
    """
    mask = missing_pixels(micrograph)
    with np.errstate(over="ignore"):
        pixels = np.asarray(micrograph, dtype=np.float32)
    return like(pixels, micrograph, mask=mask)
