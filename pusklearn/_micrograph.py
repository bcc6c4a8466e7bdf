"""A micrograph: a two-dimensional array that knows where it comes from."""

import numpy as np


class Micrograph(np.ndarray):
    """An image that knows its name, pixel size and scale.

    It is an ordinary ``numpy.ndarray`` of shape (height, width), indexed
    ``[y, x]``, and behaves as one; arithmetic and slicing keep the three
    attributes. Coordinates are ``x`` = column and ``y`` = row, zero-based pixel
    centres.

    Parameters
    ----------
    data : array-like of shape (height, width)
        The pixels. Not copied when it is already an array.
    name : str or None, default=None
        The micrograph's name, usually the stem of its file name.
    pixel_size : float or None, default=None
        Edge of one pixel here, in angstrom; None when unknown.
    scale : float, default=1.0
        Pixels of the original micrograph per pixel here: pixel ``(x, y)`` here
        lies at ``(scale * x, scale * y)`` in the original.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> micrograph = Micrograph(np.zeros((4, 6)), name="grid1", pixel_size=1.5)
    >>> micrograph.shape, micrograph.name, micrograph.pixel_size, micrograph.scale
    ((4, 6), 'grid1', 1.5, 1.0)
    >>> (micrograph + 1).name
    'grid1'
    """

    def __new__(cls, data, name=None, pixel_size=None, scale=1.0):
        """View `data` as a micrograph."""
        image = np.asanyarray(data)
        if image.ndim != 2:
            raise ValueError(
                f"A micrograph has 2 dimensions, (height, width). Got {image.ndim}."
            )
        micrograph = image.view(cls)
        micrograph.name = name
        micrograph.pixel_size = pixel_size
        micrograph.scale = scale
        return micrograph

    def __array_finalize__(self, source):
        self.name = getattr(source, "name", None)
        self.pixel_size = getattr(source, "pixel_size", None)
        self.scale = getattr(source, "scale", 1.0)

    def __array_wrap__(self, array, context=None, return_scalar=False):
        # A sum or a mean of a micrograph is a number, not a micrograph.
        if array.ndim == 0:
            return array[()]
        return super().__array_wrap__(array, context, return_scalar)

    def __reduce__(self):
        rebuild, arguments, state = super().__reduce__()
        return rebuild, arguments, (state, self.name, self.pixel_size, self.scale)

    def __setstate__(self, state):
        state, self.name, self.pixel_size, self.scale = state
        super().__setstate__(state)
