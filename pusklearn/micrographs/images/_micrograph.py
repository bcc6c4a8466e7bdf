"""A micrograph: a two-dimensional array that knows where it comes from."""

from numbers import Real

import numpy as np
from sklearn.utils.validation import check_scalar


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
        The micrograph's name, usually the stem of its file name. None keeps that of
        `data`, if it is a micrograph.
    pixel_size : float or None, default=None
        Edge of one pixel here, in angstrom. None keeps that of `data`, or is unknown.
    scale : float or None, default=None
        Pixels of the original micrograph per pixel here: pixel ``(x, y)`` here
        lies at ``(scale * x, scale * y)`` in the original. None keeps that of
        `data`, or is 1.

    Notes
    -----
    A slice knows its name, pixel size and scale, but not where it was cut, nor which
    pixels were left out: for ``micrograph[::2, ::2]``, or a mean over blocks, give the
    new `pixel_size` and `scale`, or take a `FourierDownsampler`. Functions
    that return a plain array (those of `scipy.ndimage` do) lose all three; wrap their
    result again. `joblib` caches, such as ``Pipeline(memory=...)``, tell arrays apart
    by their pixels alone: clear them after correcting a pixel size or a scale.

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

    def __new__(cls, data, name=None, pixel_size=None, scale=None):
        """View `data` as a micrograph."""
        image = np.asanyarray(data)
        if image.ndim != 2:
            raise ValueError(
                f"A micrograph has 2 dimensions, (height, width). Got {image.ndim}."
            )
        micrograph = image.view(cls)
        for attribute, value in (("pixel_size", pixel_size), ("scale", scale)):
            if value is None:
                continue
            check_scalar(value, attribute, Real)
            if not 0 < value < np.inf:
                raise ValueError(
                    f"`{attribute}` must be > 0 and finite. Got {value!r}."
                )
        # `__array_finalize__` has taken over what the data know.
        given = {"name": name, "pixel_size": pixel_size, "scale": scale}
        micrograph.__dict__.update({k: v for k, v in given.items() if v is not None})
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


def length_in_pixels(length, micrograph):
    """Return how many pixels of a micrograph a length is, given in original ones.

    Rounding never makes it shorter, so that what lies at a radius is within it.
    """
    return float(length) / micrograph.scale * (1 + 1e-9)
