"""A micrograph: a two-dimensional array that knows where it comes from."""

from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike

from pusklearn.pu._checks import check_number


class Micrograph(np.ndarray):
    """An image that knows its name, pixel size and scale.

    It is an ordinary ``numpy.ndarray`` of shape (height, width), indexed
    ``[y, x]``, and behaves as one; arithmetic and slicing keep the three
    attributes. Coordinates are ``x`` = column and ``y`` = row, zero-based pixel
    centres.

    Parameters
    ----------
    data : array-like of shape (height, width)
        The pixels. An array is not copied.
    name : str or None, default=None
        The name of the micrograph, usually the stem of its file name. None keeps the
        name of `data` if that is a micrograph.
    pixel_size : float or None, default=None
        Edge of one pixel here, in angstrom, > 0 and finite. None keeps the pixel size
        of `data` if that is a micrograph; otherwise it is unknown.
    scale : float or None, default=None
        Pixels of the original micrograph per pixel here, > 0 and finite: pixel
        ``(x, y)`` here lies at ``(scale * x, scale * y)`` in the original. None keeps
        the scale of `data` if that is a micrograph, and is 1 otherwise.

    Raises
    ------
    ValueError
        If `data` is not 2-D, or `pixel_size` or `scale` is not > 0 and finite.
    TypeError
        If `pixel_size` or `scale` is not a number.

    See Also
    --------
    pusklearn.io.read_micrographs : Reads micrographs from MRC files.
    FourierDownsampler : Makes micrographs smaller and keeps `scale` right.

    Notes
    -----
    A slice knows its name, pixel size and scale, but neither where it was cut nor which
    pixels were left out: for ``micrograph[::2, ::2]``, or a mean over blocks, give the
    new `pixel_size` and `scale`, or use a `FourierDownsampler`. Functions that return a
    plain array (those of `scipy.ndimage` do) lose all three; wrap their result again.
    `joblib` caches, such as ``Pipeline(memory=...)``, tell arrays apart by their pixels
    alone: clear them after correcting a pixel size or a scale.

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

    def __new__(
        cls,
        data: ArrayLike,
        name: str | None = None,
        pixel_size: float | None = None,
        scale: float | None = None,
    ) -> Self:
        """View `data` as a micrograph."""
        image = np.asanyarray(data)
        if image.ndim != 2:
            raise ValueError(
                f"A micrograph has 2 dimensions, (height, width). Got {image.ndim}."
            )
        micrograph = image.view(cls)
        given = {"name": name, "pixel_size": pixel_size, "scale": scale}
        for attribute in ("pixel_size", "scale"):
            if given[attribute] is not None:
                check_number(given[attribute], attribute, "(0, inf)")
        # `__array_finalize__` has copied the attributes of `data`.
        micrograph.__dict__.update({k: v for k, v in given.items() if v is not None})
        return micrograph

    def __array_finalize__(self, source: Any) -> None:
        self.name = getattr(source, "name", None)
        self.pixel_size = getattr(source, "pixel_size", None)
        self.scale = getattr(source, "scale", 1.0)

    def __array_wrap__(self, array, context=None, return_scalar=False):
        # The sum or the mean of a micrograph is a number, not a micrograph.
        if array.ndim == 0:
            return array[()]
        return super().__array_wrap__(array, context, return_scalar)

    def __reduce__(self):
        rebuild, arguments, state = super().__reduce__()  # type: ignore[str-unpack]
        return rebuild, arguments, (state, self.name, self.pixel_size, self.scale)

    def __setstate__(self, state):
        state, self.name, self.pixel_size, self.scale = state
        super().__setstate__(state)


def length_in_pixels(length: float, micrograph: Micrograph) -> float:
    """Return a length in pixels of a micrograph, given in pixels of the original.

    Rounding never makes the result shorter: a point at exactly a radius is within it.
    """
    return float(length) / micrograph.scale * (1 + 1e-9)
