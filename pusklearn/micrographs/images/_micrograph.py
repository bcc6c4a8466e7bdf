"""A micrograph: a two-dimensional array that knows where it comes from."""

import os
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.images._mapped_pixels import check_unchanged
from pusklearn.micrographs.images._opened_elsewhere import (
    MappedFile,
    opened_again,
    whole_file,
)
from pusklearn.pu._checks import check_integer, check_none_masked, check_number


class Micrograph(np.ndarray):
    """An image that knows its name, pixel size, scale and missing pixels.

    It is an ordinary ``numpy.ndarray`` of shape (height, width), indexed
    ``[y, x]``, and behaves as one; arithmetic and slicing keep the
    attributes. Coordinates are ``x`` = column and ``y`` = row, zero-based pixel
    centres.

    Parameters
    ----------
    data : array-like of shape (height, width)
        The pixels. An array is not copied. Masked pixels of a NumPy masked array are
        missing, besides those of `mask`.
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
    path : str, path-like or None, default=None
        The file as the project lists it, such as "MotionCorr/job002/a.mrc"; it tells
        micrographs of the same name apart. It is kept as a string. None keeps the path
        of `data` if that is a micrograph.
    uid : int or None, default=None
        The number, >= 0, by which cryoSPARC knows the micrograph. None keeps that of
        `data` if that is a micrograph.
    mask : array-like of bool of shape (height, width) or None, default=None
        True at pixels that are missing, such as carbon, gold or an empty border: they
        count as if there were no micrograph. An array of bool is not copied. None
        keeps the mask of `data` if that is a micrograph; otherwise no pixel is masked.
        Pixels that are NaN or infinite are missing too, whether masked or not.

    Raises
    ------
    ValueError
        If `data` is not 2-D, `pixel_size` or `scale` is not > 0 and finite, `uid` is
        negative, or `mask` has another shape, or values that are masked or other than
        True and False.
    TypeError
        If `pixel_size` or `scale` is not a number, `uid` is not an integer, or `path`
        is neither a string nor path-like.

    See Also
    --------
    pusklearn.io.read_micrographs : Reads micrographs from MRC files.
    FourierDownsampler : Makes micrographs smaller and keeps `scale` right.

    Notes
    -----
    A slice knows its name, pixel size and scale, but neither where it was cut nor which
    pixels were left out: for ``micrograph[::2, ::2]``, or a mean over blocks, give the
    new `pixel_size` and `scale`, or use a `FourierDownsampler`. Functions that return a
    plain array (those of `scipy.ndimage` do) lose all attributes; wrap their result
    again. `joblib` caches, such as ``Pipeline(memory=...)``, tell arrays apart by their
    pixels alone: clear them after correcting a pixel size, a scale or a mask.

    The pickle of a micrograph that is mapped from its file, as `read_micrographs` gives
    it, holds the path of the file in the place of its pixels. So it goes to other
    processes and hosts at once, which must see the same file; that of
    ``micrograph.copy()`` holds the pixels.

    The mask is sliced, transposed, reshaped and rolled with the pixels. The result of
    two micrographs misses what either of them misses. After an operation that gives
    another shape, such as a mean over blocks, nobody knows which pixels are missing:
    reading ``mask`` raises a ValueError then, and so do the steps of a picker, until
    the new mask is given.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import Micrograph
    >>> micrograph = Micrograph(np.zeros((4, 6)), name="grid1", pixel_size=1.5)
    >>> micrograph.shape, micrograph.name, micrograph.pixel_size, micrograph.scale
    ((4, 6), 'grid1', 1.5, 1.0)
    >>> (micrograph + 1).name
    'grid1'

    The first two columns are carbon:

    >>> carbon = np.zeros((4, 6), dtype=bool)
    >>> carbon[:, :2] = True
    >>> micrograph = Micrograph(micrograph, mask=carbon)
    >>> int(micrograph.mask.sum()), int(micrograph[:, 1:].mask.sum())
    (8, 4)
    """

    name: str | None
    pixel_size: float | None
    scale: float
    path: str | None
    uid: int | None
    _n_expected: float | None
    # Not `_mask`, by which NumPy tells its own masked arrays.
    _masked: NDArray[np.bool_] | None

    def __new__(
        cls,
        data: ArrayLike,
        name: str | None = None,
        pixel_size: float | None = None,
        scale: float | None = None,
        *,
        path: str | os.PathLike | None = None,
        uid: int | None = None,
        mask: ArrayLike | None = None,
    ) -> Self:
        """View `data` as a micrograph."""
        image = np.asanyarray(data)
        if image.ndim != 2:
            raise ValueError(
                f"A micrograph has 2 dimensions, (height, width). Got {image.ndim}."
            )
        micrograph = image.view(cls)
        for attribute, length in (("pixel_size", pixel_size), ("scale", scale)):
            if length is not None:
                check_number(length, attribute, "(0, inf)")
        given = {
            "name": name,
            "pixel_size": pixel_size,
            "scale": scale,
            "path": None if path is None else os.fspath(path),
            "uid": None if uid is None else int(check_integer(uid, "uid", "[0, inf)")),
        }
        # `__array_finalize__` has copied the attributes of `data`.
        micrograph.__dict__.update({k: v for k, v in given.items() if v is not None})
        if mask is not None:
            micrograph.mask = mask
        if np.ma.is_masked(image):
            hidden = np.ma.getmaskarray(image)
            known = micrograph.mask
            micrograph.mask = hidden if known is None else known | hidden
        return micrograph

    @property
    def mask(self) -> NDArray[np.bool_] | None:
        """Array of bool that is True at masked pixels, or None if no pixel is masked.

        Raises
        ------
        ValueError
            If the micrograph was made from one with a mask by an operation that gave
            it another shape.
        """
        if self._masked is not None and self._masked.shape != self.shape:
            raise ValueError(
                f"Micrograph {self.name or '(no name)'} has shape {self.shape}, but "
                f"was made from one with a mask of shape {self._masked.shape}, so its "
                "own mask is unknown. Give it: `Micrograph(pixels, mask=...)`; an "
                "array of False means that no pixel is masked."
            )
        return self._masked

    @mask.setter
    def mask(self, mask: ArrayLike | None) -> None:
        self._masked = None if mask is None else _check_mask(mask, self)

    @property
    def n_expected(self) -> float | None:
        """The number of particles expected in a score map, or None if it is not known.

        `RegionScorer` tells it by the prior of its classifier. Another array that is
        made from the map, such as a slice or a sum, does not know it.
        """
        return self._n_expected

    def __array_finalize__(self, source: Any) -> None:
        self.name = getattr(source, "name", None)
        self.pixel_size = getattr(source, "pixel_size", None)
        self.scale = getattr(source, "scale", 1.0)
        self.path = getattr(source, "path", None)
        self.uid = getattr(source, "uid", None)
        self._n_expected = None
        # If the shape is another one, the property `mask` says so.
        self._masked = getattr(source, "_masked", None)

    def __array_wrap__(self, array, context=None, return_scalar=False):
        # The sum or the mean of a micrograph is a number, not a micrograph.
        if array.ndim == 0:
            return array[()]
        result = super().__array_wrap__(array, context, return_scalar)
        if context is not None and isinstance(result, Micrograph):
            result._masked = _union_of_masks(context[1], result)
        return result

    def __array_function__(self, func, types, args, kwargs):
        result = super().__array_function__(func, types, args, kwargs)
        if func is np.roll and isinstance(args[0], Micrograph):
            result._masked = args[0]._on_mask(np.roll, *args[1:], **kwargs)
        return result

    def __getitem__(self, key):
        part = super().__getitem__(key)
        if self._masked is not None and isinstance(part, Micrograph):
            part._masked = self._on_mask(np.ndarray.__getitem__, key)
        return part

    def transpose(self, *axes):
        """Return the pixels with their axes exchanged, and the mask likewise.

        Parameters
        ----------
        *axes : int
            As for `numpy.ndarray.transpose`.

        Returns
        -------
        Micrograph
            The micrograph with all attributes.
        """
        result = super().transpose(*axes)
        result._masked = self._on_mask(np.ndarray.transpose, *axes)
        return result

    @property
    def T(self):  # noqa: N802
        """The pixels with rows and columns exchanged."""
        return self.transpose()

    @property
    def mT(self):  # noqa: N802
        """The pixels with rows and columns exchanged."""
        return self.swapaxes(-1, -2)

    def swapaxes(self, first, second, /):
        """Return the pixels with two axes exchanged, and the mask likewise.

        Parameters
        ----------
        first, second : int
            The axes.

        Returns
        -------
        Micrograph
            The micrograph with all attributes.
        """
        result = super().swapaxes(first, second)
        result._masked = self._on_mask(np.ndarray.swapaxes, first, second)
        return result

    def reshape(self, *shape, **options):
        """Return the pixels in another shape, and the mask likewise.

        Parameters
        ----------
        *shape : int
            As for `numpy.ndarray.reshape`.
        **options : object
            As for `numpy.ndarray.reshape`.

        Returns
        -------
        Micrograph
            The micrograph with all attributes.
        """
        result = super().reshape(*shape, **options)
        result._masked = self._on_mask(np.ndarray.reshape, *shape, **options)
        return result

    def take(self, indices, axis=None, *args, **options):
        """Return some of the pixels, and the same part of the mask.

        Parameters
        ----------
        indices : array-like of int
            Which pixels, rows or columns.
        axis : int or None, default=None
            The axis to take them along; None takes pixels of the flat image.
        *args, **options : object
            As for `numpy.ndarray.take`.

        Returns
        -------
        Micrograph
            The micrograph with all attributes.
        """
        result = super().take(indices, axis, *args, **options)
        if isinstance(result, Micrograph):
            result._masked = self._on_mask(np.ndarray.take, indices, axis)
        return result

    def _on_mask(self, function, *args, **kwargs):
        """Return the mask after a function that moves the pixels, None without one."""
        if self._masked is None or self._masked.shape != self.shape:
            return self._masked
        return function(self._masked, *args, **kwargs)

    def __reduce__(self):
        file = whole_file(self)
        if file is None:
            check_unchanged(self)
            rebuild, arguments, state = super().__reduce__()  # type: ignore[str-unpack]
        else:
            rebuild, arguments, state = _open_micrograph, (type(self), file), None
        known = (
            self.name,
            self.pixel_size,
            self.scale,
            self.path,
            self.uid,
            self._masked,
            self._n_expected,
        )
        return rebuild, arguments, (state, *known)

    def __setstate__(self, state):
        # Pickles of earlier versions end after the scale, or after the mask.
        state, self.name, self.pixel_size, self.scale, *later = state
        known = (*later, *[None] * (4 - len(later)))
        self.path, self.uid, self._masked, self._n_expected = known
        if state is not None:
            super().__setstate__(state)


def _open_micrograph(kind: type[Micrograph], file: MappedFile) -> Micrograph:
    """Return the micrograph in a file, for a pickle."""
    return opened_again(file).view(kind)


def _check_mask(mask, micrograph):
    """Return a mask as an array of bool, or raise a ValueError."""
    check_none_masked(mask, "a mask")
    mask = np.asarray(mask)
    name = micrograph.name or "(no name)"
    if mask.shape != micrograph.shape:
        raise ValueError(
            "A mask must have the shape of its micrograph. That of micrograph "
            f"{name} has shape {mask.shape}, and the micrograph {micrograph.shape}."
        )
    if mask.dtype.kind != "b":
        values = np.unique(mask)
        if mask.dtype.kind not in "iuf" or not np.isin(values, [0, 1]).all():
            raise ValueError(
                "A mask must hold True (1) at pixels that are missing, else False (0). "
                f"That of micrograph {name} holds other values, such as {values[-1]}."
            )
    return mask.astype(bool, copy=False)


def _union_of_masks(inputs, result):
    """Return the mask of the result of an operation, pixel by pixel, on the inputs.

    A mask that does not fit the result stays as it is, so that reading it is an error,
    unless that of another input fits.
    """
    micrographs = [m for m in inputs if isinstance(m, Micrograph)]
    masks = [m._masked for m in micrographs if m._masked is not None]
    fitting = [mask for mask in masks if mask.shape == result.shape]
    if len(fitting) > 1:
        return np.logical_or.reduce(fitting)
    return next(iter(fitting or masks), None)


def length_in_pixels(length: float, micrograph: Micrograph) -> float:
    """Return a length in pixels of a micrograph, given in pixels of the original.

    Rounding never makes the result shorter: a point at exactly a radius is within it.
    """
    return float(length) / micrograph.scale * (1 + 1e-9)
