"""Micrographs on a coarser grid, by cropping their Fourier transform."""

from collections.abc import Sequence
from copy import copy
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.signal import resample
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from pusklearn.micrographs.images._as_float32 import as_float32
from pusklearn.micrographs.images._check_micrographs import (
    check_any_pixel,
    check_micrographs,
)
from pusklearn.micrographs.images._lazy_rows import LazyRows, map_now_or_lazily
from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._memory_maps import free_mapped_memory
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._stand_ins import no_row
from pusklearn.micrographs.preprocessing._background_in_doubt import warn_if_blank
from pusklearn.micrographs.preprocessing._common_pixel_size import (
    coarsest_pixel_size,
    relative_factor,
)
from pusklearn.micrographs.preprocessing._outlying_pixels import sort_pixels
from pusklearn.pu._checks import check_choice, check_number, check_verbose
from pusklearn.pu._whole_or_unfitted import whole_or_unfitted


class FourierDownsampler(TransformerMixin, BaseEstimator):
    """Reduce micrographs by cropping their Fourier transform.

    Frequencies that the coarser grid cannot represent are removed. All others keep
    their value, and so do the mean and the grey values of smooth structure. One row is
    one micrograph. Pixel ``(x, y)`` of the result lies at exactly ``(f * x, f * y)`` of
    the input, whatever the size; ``f`` is the factor used.

    Parameters
    ----------
    factor : float, default=1
        Pixels of the input per pixel of the result along each axis, >= 1. It need
        not be an integer and is rounded to the nearest fraction with a denominator
        of 64 at most. 1 leaves the pixels as they are.
    target_pixel_size : float, "coarsest" or None, default=None
        Pixel size of the result in angstrom, in place of `factor`: each micrograph
        gets the factor that leads from its own ``pixel_size`` to this one. It must not
        be finer than the micrograph. "coarsest" takes `factor` times the greatest pixel
        size that `fit` was given, so that micrographs of several pixel sizes are
        brought to one; sizes that differ by 3 % at most count as one. None means that
        `factor` counts.
    verbose : int, default=0
        0 shows nothing; 1 or more shows a bar with the time left.
    on_error : {"raise", "warn"}, default="raise"
        What happens if a micrograph cannot be used, such as one whose file has been
        cut short: an error, or a warning that names it and says why. In the second
        case, the result has a micrograph in its place that is masked as a whole.

    Attributes
    ----------
    target_pixel_size_ : float
        The pixel size of the results, in angstrom; only with "coarsest".

    See Also
    --------
    MicrographNormalizer : The next step of a picker.

    Notes
    -----
    Unless `target_pixel_size` is "coarsest", nothing is learned: `transform` works
    without `fit`, and makes the same checks.

    With "coarsest", a micrograph that is coarser than those of `fit`, by a factor of 4
    at most, is interpolated in Fourier space. It then has the right size, but not the
    finest details of the others.

    Let the factor be ``p / q``. A micrograph is mirrored at the right and bottom edge
    until both sides are multiples of ``p``; Fourier cropping then gives sides that
    are multiples of ``q`` and a grid of exactly ``p / q`` pixels. Rows and columns
    that lie beyond the last pixel of the input are cut off. The result has
    ``floor((n - 1) / f) + 1`` pixels along a side of ``n``.

    A pixel far out would ring across the whole result. So missing pixels, blank areas
    of one grey and outliers are filled with the background around them first, as
    `MicrographNormalizer` tells them. Missing pixels, blank areas and holes are masked
    in the result; specks, such as hot pixels, are not. With a factor of 1, pixels stay
    as they are.

    If the new side is even, its highest frequency is the sum of the positive and the
    negative frequency of the input, as in `scipy.signal.resample`, which does the
    work: the image stays real and a cosine of that frequency keeps its value.

    Examples
    --------
    >>> import numpy as np
    >>> from pusklearn import FourierDownsampler, Micrograph
    >>> y, x = np.mgrid[:90, :120]
    >>> spot = np.exp(-((x - 60) ** 2 + (y - 30) ** 2) / 50)
    >>> micrograph = Micrograph(spot, name="grid1", pixel_size=1.2)
    >>> (small,) = FourierDownsampler(2.5).fit_transform([micrograph])
    >>> small.shape, small.dtype, small.name, small.pixel_size, small.scale
    ((36, 48), dtype('float32'), 'grid1', 3.0, 2.5)

    The spot at (60, 30) has moved to (24, 12), with its height unchanged:

    >>> int(small.argmax(axis=1)[12]), int(small.argmax(axis=0)[24])
    (24, 12)
    >>> round(float(small[12, 24]), 3)
    1.0

    A pixel size in place of the factor gives the same:

    >>> FourierDownsampler(target_pixel_size=3).fit_transform([micrograph])[0].shape
    (36, 48)
    """

    def __init__(
        self, factor=1, *, target_pixel_size=None, verbose=0, on_error="raise"
    ):
        self.factor = factor
        self.target_pixel_size = target_pixel_size
        self.verbose = verbose
        self.on_error = on_error

    @whole_or_unfitted
    def fit(self, X: Sequence[ArrayLike], y: Any = None) -> Self:
        """Check the parameters and the micrographs, and find the coarsest one.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs.
        y : object, default=None
            It is not used; a pipeline passes it to every step.

        Returns
        -------
        FourierDownsampler
            The transformer itself.

        Raises
        ------
        ValueError
            If `factor` is < 1, both parameters are given, or a micrograph has no pixel
            size or one that is coarser than `target_pixel_size`.
        TypeError
            If a parameter is not a number.
        """
        self._check_parameters()
        # `transform` warns of micrographs that cannot be used.
        leave_out = self.on_error == "warn"
        micrographs = check_micrographs(X, "pass" if leave_out else "raise")
        if self.target_pixel_size == "coarsest":
            self.target_pixel_size_ = self.factor * coarsest_pixel_size(
                micrographs, self.on_error
            )
            return self
        instead = no_row if leave_out else None
        for _ in LazyRows(self._fraction, micrographs, instead=instead):
            pass
        return self

    def transform(self, X: Sequence[ArrayLike]) -> Sequence[Micrograph]:
        """Reduce the micrographs.

        Parameters
        ----------
        X : sequence of array-like of shape (height, width)
            The micrographs. Pixels that are masked, NaN or infinite are missing.

        Returns
        -------
        sequence of Micrograph
            The reduced micrographs, float32, with ``scale`` and ``pixel_size``
            multiplied by the factor. Pixels that a missing one touches are True in
            ``mask``. A float32 micrograph is not copied if the factor
            is 1. It is a list; if the micrographs have more than 2**26 pixels together,
            rows are computed each time they are asked for.

        Raises
        ------
        ValueError
            If `fit` would raise it, or no pixel of a micrograph, or of its result, is
            there. One that is masked as a whole stays so.
        TypeError
            If a parameter is not a number.

        Warns
        -----
        UserWarning
            If most pixels of a micrograph have one grey value, and the factor is not 1.
        """
        self._check_parameters()
        if self.target_pixel_size == "coarsest":
            check_is_fitted(self)
        micrographs = check_micrographs(X, self.on_error)
        bar = "downsampling micrographs" if self.verbose else None
        return map_now_or_lazily(
            copy(self)._downsample, micrographs, self.on_error, bar
        )

    def _downsample(self, micrograph):
        fraction = self._fraction(check_any_pixel(micrograph))
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
            self._check_some_left(mask, micrograph)
        free_mapped_memory(micrograph)
        pixel_size = micrograph.pixel_size
        return like(
            np.asarray(pixels, dtype=np.float32),
            micrograph,
            pixel_size=None if pixel_size is None else pixel_size * factor,
            scale=micrograph.scale * factor,
            mask=mask,
        )

    def _check_some_left(self, mask, micrograph):
        if mask is not None and mask.all():
            raise ValueError(
                "At least 1 pixel of the result must be there. Missing pixels of "
                f"micrograph {micrograph.name or '(no name)'} touch them all."
            )

    def _check_parameters(self):
        check_choice(self.on_error, "on_error", ["raise", "warn"])
        check_verbose(self.verbose)
        target = self.target_pixel_size
        if target is None or target == "coarsest":
            check_number(self.factor, "factor", "[1, inf)")
        elif self.factor != 1:
            raise ValueError(
                "Only one of `factor` and `target_pixel_size` may be given. Got "
                f"{self.factor!r} and {self.target_pixel_size!r}."
            )
        else:
            check_number(target, "target_pixel_size", "(0, inf)")

    def _fraction(self, micrograph):
        """Return the factor of a micrograph as a fraction."""
        if self.target_pixel_size is None:
            factor = self.factor
        elif self.target_pixel_size == "coarsest":
            coarsest = self.target_pixel_size_ / self.factor
            factor = self.factor * relative_factor(micrograph, coarsest)
        else:
            return self._fraction_to_target(micrograph)
        return Fraction(float(factor)).limit_denominator(64)

    def _fraction_to_target(self, micrograph):
        if is_left_out(micrograph):
            return Fraction(1)  # It holds no pixel whose size would matter.
        name = micrograph.name or "(no name)"
        if micrograph.pixel_size is None:
            raise ValueError(
                f"`target_pixel_size` needs the pixel size of micrograph {name}. "
                "Got None."
            )
        target = self.target_pixel_size
        factor = target / micrograph.pixel_size
        # Files store pixel sizes in float32, so equal ones may differ a little.
        if not 1 - 1e-6 <= factor < np.inf:
            raise ValueError(
                "`target_pixel_size` must be no finer than the pixel size. "
                f"Got {target!r} for micrograph {name} with pixel size "
                f"{micrograph.pixel_size!r}."
            )
        return Fraction(float(factor)).limit_denominator(64)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        tags.requires_fit = self.target_pixel_size == "coarsest"
        return tags


def _resample(image: NDArray[np.float32], fraction: Fraction) -> NDArray[np.float32]:
    """Resample an image at every `fraction`-th pixel along both axes.

    A side of 7 pixels, with p / q = 5 / 2, is mirrored at its end to a multiple of 5::

        0 1 2 3 4 5 6 | 6 5 4      10 pixels, of which resample makes 4
        a    b    c   | d          at 0, 2.5, 5 and 7.5; the last lies beyond pixel 6
    """
    if fraction == 1:
        return image
    p, q = fraction.numerator, fraction.denominator
    # The mean is subtracted so that float32 keeps its digits for the contrast.
    level = np.float32(image.mean(dtype=np.float64))
    grid = np.pad(image - level, [(0, -n % p) for n in image.shape], mode="symmetric")
    for axis in (1, 0):
        grid = resample(grid, grid.shape[axis] * q // p, axis=axis)
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
