"""Micrographs on a coarser grid, by cropping their Fourier transform."""

from collections.abc import Sequence
from copy import copy
from fractions import Fraction
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from pusklearn.micrographs.images._check_micrographs import (
    check_any_pixel,
    check_micrographs,
)
from pusklearn.micrographs.images._lazy_rows import LazyRows, map_now_or_lazily
from pusklearn.micrographs.images._lengths import parse_length
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._stand_ins import no_row
from pusklearn.micrographs.preprocessing._common_pixel_size import (
    coarsest_pixel_size,
    relative_factor,
)
from pusklearn.micrographs.preprocessing._downsampled import as_fraction, downsampled
from pusklearn.micrographs.preprocessing._particle_span import (
    check_span_in,
    check_spans,
    factor_to_span,
    width_of,
)
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
    factor : float or "auto", default=1
        Pixels of the input per pixel of the result along each axis, >= 1. It need
        not be an integer and is rounded to the nearest fraction with a denominator
        of 64 at most. 1 leaves the pixels as they are. "auto" takes, for each
        micrograph, the factor by which a particle of `diameter` spans the best number
        of pixels that `spans` names, and 1 if it spans fewer.
    target_pixel_size : float, "coarsest" or None, default=None
        Pixel size of the result in angstrom, in place of `factor`: each micrograph
        gets the factor that leads from its own ``pixel_size`` to this one. It must not
        be finer than the micrograph. "coarsest" takes `factor` times the greatest pixel
        size that `fit` was given, so that micrographs of several pixel sizes are
        brought to one; sizes that differ by 3 % at most count as one. None means that
        `factor` counts.
    diameter : float, str or None, default=None
        Diameter of a particle: pixels of the original micrograph, or angstrom, such as
        "180A". None does not look at particles.
    spans : tuple of 3 float or None, default=None
        The least, the best and the greatest number of pixels that a particle may span
        in the result, such as (12, 24, 33). It is an error if a particle of `diameter`
        spans fewer or more in a micrograph. It is given together with `diameter`.
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

    A particle of 72 angstrom shall span 24 pixels, and must not span fewer than 12:

    >>> downsampler = FourierDownsampler("auto", diameter="72A", spans=(12, 24, 33))
    >>> downsampler.fit_transform([micrograph])[0].pixel_size
    3.0
    """

    def __init__(
        self,
        factor=1,
        *,
        target_pixel_size=None,
        diameter=None,
        spans=None,
        verbose=0,
        on_error="raise",
    ):
        self.factor = factor
        self.target_pixel_size = target_pixel_size
        self.diameter = diameter
        self.spans = spans
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
            If `factor` is < 1, parameters are given that exclude each other, a
            micrograph has no pixel size or one that is coarser than
            `target_pixel_size`, or a particle spans too few or too many pixels.
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
        return downsampled(micrograph, fraction)

    def _check_parameters(self):
        check_choice(self.on_error, "on_error", ["raise", "warn"])
        check_verbose(self.verbose)
        target = self.target_pixel_size
        if target is None or target == "coarsest":
            check_number(self.factor, "factor", "[1, inf)", words=["auto"])
        elif self.factor != 1:
            raise ValueError(
                "Only one of `factor` and `target_pixel_size` may be given. Got "
                f"{self.factor!r} and {self.target_pixel_size!r}."
            )
        else:
            check_number(target, "target_pixel_size", "(0, inf)")
        self._check_particle()

    def _check_particle(self):
        given = [value is not None for value in (self.diameter, self.spans)]
        if any(given) != all(given):
            raise ValueError(
                "`diameter` and `spans` must both be given, or none of them. Got "
                f"{self.diameter!r} and {self.spans!r}."
            )
        if all(given):
            parse_length(self.diameter, "diameter", "(0, inf)")
            check_spans(self.spans)
        if not is_auto(self.factor):
            return
        if not all(given) or self.target_pixel_size is not None:
            raise ValueError(
                "factor='auto' needs `diameter` and `spans`, and takes the place of "
                f"`target_pixel_size`. Got {self.diameter!r}, {self.spans!r} and "
                f"{self.target_pixel_size!r}."
            )

    def _fraction(self, micrograph):
        """Return the factor of a micrograph as a fraction."""
        if self.diameter is not None and is_left_out(micrograph):
            return Fraction(1)  # It holds no particle.
        fraction = as_fraction(self._factor(micrograph))
        if self.diameter is not None:
            check_span_in(micrograph, float(fraction), self.spans, self.diameter)
        return fraction

    def _factor(self, micrograph):
        if is_auto(self.factor):
            return factor_to_span(width_of(self.diameter, micrograph), self.spans)
        if self.target_pixel_size is None:
            return self.factor
        if self.target_pixel_size == "coarsest":
            coarsest = self.target_pixel_size_ / self.factor
            return self.factor * relative_factor(micrograph, coarsest)
        return self._factor_to_target(micrograph)

    def _factor_to_target(self, micrograph):
        if is_left_out(micrograph):
            return 1  # It holds no pixel whose size would matter.
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
        return factor

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.three_d_array = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        tags.requires_fit = self.target_pixel_size == "coarsest"
        return tags


def is_auto(factor: Any) -> bool:
    """Tell whether a factor is the word "auto"."""
    return isinstance(factor, str) and factor == "auto"
