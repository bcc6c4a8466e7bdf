"""Micrographs whose outliers are gone, on the grey scale that they had."""

import numpy as np

from pusklearn.micrographs.images._check_micrographs import check_any_pixel
from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out, missing_pixels
from pusklearn.micrographs.preprocessing._background_in_doubt import warn_if_blank
from pusklearn.micrographs.preprocessing._outlying_pixels import sort_pixels


def without_outliers(micrograph: Micrograph) -> Micrograph:
    """Return a micrograph with the background around them in place of outliers.

    Parameters
    ----------
    micrograph : Micrograph
        Its pixels may be missing.

    Returns
    -------
    Micrograph
        The micrograph itself if it has no outliers. Else a copy in float32, with
        missing pixels, blank areas and holes masked.

    Raises
    ------
    ValueError
        If no pixel is there, unless the micrograph is masked as a whole.

    Warns
    -----
    UserWarning
        If most pixels have one grey value, but not all.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> from pusklearn.micrographs.preprocessing._without_outliers import (
    ...     without_outliers,
    ... )
    >>> image = np.random.default_rng(0).normal(size=(60, 80))
    >>> micrograph = Micrograph(image)
    >>> without_outliers(micrograph) is micrograph
    True
    >>> image[20, 30] = 1e6
    >>> abs(float(without_outliers(Micrograph(image))[20, 30])) < 1
    True
    """
    if is_left_out(check_any_pixel(micrograph)):
        return micrograph
    pixels, missing, odd, _, blank_share = sort_pixels(micrograph)
    warn_if_blank(micrograph, blank_share)
    known = missing_pixels(micrograph)
    if odd is None or (known is not None and np.array_equal(odd, known)):
        return micrograph
    return like(pixels, micrograph, mask=missing)
