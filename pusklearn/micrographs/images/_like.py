"""New pixels in the place of a micrograph's own."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from pusklearn.micrographs.images._micrograph import Micrograph


def like(data: ArrayLike, micrograph: Micrograph, **changes: Any) -> Micrograph:
    """Return new pixels as a micrograph that has all attributes of another.

    Parameters
    ----------
    data : array-like of shape (height, width)
        The new pixels.
    micrograph : Micrograph
        The micrograph whose name, pixel size, scale, path, uid and mask they get.
    **changes : object
        Attributes that differ, as parameters of `Micrograph`; None removes one.

    Returns
    -------
    Micrograph

    Raises
    ------
    ValueError
        If the shape of the pixels is another and the micrograph has a mask, but no new
        one is given.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> from pusklearn.micrographs.images._like import like
    >>> micrograph = Micrograph(np.ones((4, 6)), name="grid1", pixel_size=1.5)
    >>> small = like(np.ones((2, 3)), micrograph, scale=2.0)
    >>> small.name, small.pixel_size, small.scale
    ('grid1', 1.5, 2.0)
    """
    known = {
        name: getattr(micrograph, name)
        for name in ("name", "pixel_size", "scale", "path", "uid", "mask")
        if name not in changes
    }
    return Micrograph(np.asarray(data), **known, **changes)
