"""The missing pixels of a micrograph, in little memory."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._like import like
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import missing_pixels
from pusklearn.pu._missing_rows import are_in_runs, count_rows, mark_runs, runs_of

# The median of this many pixels is as good as that of all.
ENOUGH_PIXELS = 2**20


class Gaps(NamedTuple):
    """Where pixels of a micrograph are missing, as runs of pixels along its rows.

    Attributes
    ----------
    shape : tuple of int
        Height and width of the micrograph.
    scale : float
        The scale of the micrograph.
    runs : ndarray of int of shape (n_runs, 2)
        The first pixel of each run and the pixel after its last one. Pixels are counted
        along rows.
    level : float
        The grey value of the background, which takes the place of missing pixels.
    """

    shape: tuple[int, ...]
    scale: float
    runs: NDArray[np.intp]
    level: float

    @property
    def n_missing(self) -> int:
        """The number of missing pixels."""
        return count_rows(self.runs)

    @property
    def n_there(self) -> int:
        """The number of pixels that are there."""
        return self.shape[0] * self.shape[1] - self.n_missing

    def as_mask(self) -> NDArray[np.bool_]:
        """Return an image that is True at missing pixels."""
        n_pixels = self.shape[0] * self.shape[1]
        return mark_runs(self.runs, n_pixels).reshape(self.shape)

    def hold(self, points: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Tell which points lie on missing pixels.

        Parameters
        ----------
        points : ndarray of shape (k, 2)
            Points ``x, y`` in pixels of the original micrograph. One beyond an edge
            lies on a missing pixel only if the whole micrograph is missing.

        Returns
        -------
        ndarray of bool of shape (k,)
        """
        if not len(self.runs) or not self.n_there:
            return np.full(len(points), not self.n_there)
        height, width = self.shape
        x, y = (points / self.scale).round().T
        # A coarse pixel stands for all original ones up to the next.
        inside = (x >= 0) & (x <= width) & (y >= 0) & (y <= height)
        pixels = np.minimum(y, height - 1) * width + np.minimum(x, width - 1)
        pixels = np.where(inside, pixels, 0).astype(np.intp)
        return inside & are_in_runs(pixels, self.runs)


def find_gaps(micrograph: Micrograph) -> Gaps:
    """Find the missing pixels of a micrograph, and the level of its background.

    The level is the median of the pixels that are there. It is 0 if every missing pixel
    is 0, as a `MicrographNormalizer` leaves them, or if no pixel is there.
    """
    shape, scale = micrograph.shape, micrograph.scale
    missing = missing_pixels(micrograph)
    if missing is None:
        return Gaps(shape, scale, np.empty((0, 2), np.intp), 0.0)
    pixels = np.asarray(micrograph)
    level, there = 0.0, pixels[~missing]
    if pixels[missing].any() and len(there):
        level = float(np.median(there[:: -(-len(there) // ENOUGH_PIXELS)]))
    return Gaps(shape, scale, runs_of(missing.ravel()), level)


def filled(micrograph: Micrograph, gaps: Gaps) -> NDArray[np.float32]:
    """Return the pixels as float32, with the background in place of missing ones.

    The micrograph may be a part of that whose gaps are given. Its pixels are not copied
    if nothing has to be changed.
    """
    missing = missing_pixels(micrograph) if len(gaps.runs) else None
    if missing is None:
        return np.asarray(micrograph, np.float32)
    with np.errstate(invalid="ignore", over="ignore"):
        image = np.array(micrograph, np.float32)
    image[missing] = gaps.level
    return image


def without_gaps(micrograph: Micrograph) -> Micrograph:
    """Return the micrograph itself, or a copy with the background at missing pixels."""
    gaps = find_gaps(micrograph)
    return like(filled(micrograph, gaps), micrograph) if gaps.n_missing else micrograph


def with_gaps(scores: NDArray, micrograph: Micrograph, gaps: Gaps) -> Micrograph:
    """Return scores as the map of a micrograph: NaN and masked at missing pixels."""
    if not len(gaps.runs):
        return like(scores, micrograph)
    missing = gaps.as_mask()
    scores = scores.astype(np.result_type(scores, np.float32))
    scores[missing] = np.nan
    return like(scores, micrograph, mask=missing)


def map_where_there(
    function: Callable[[NDArray[np.float32]], NDArray], micrograph: Micrograph
) -> Micrograph:
    """Return the map that a function makes of a micrograph, NaN at missing pixels.

    Parameters
    ----------
    function : callable
        Is given the pixels, with the background in place of missing ones, and returns
        an array of the same shape. It is not called if no pixel is there.
    micrograph : Micrograph
        The micrograph.

    Returns
    -------
    Micrograph
        The map, with the attributes of the micrograph.
    """
    gaps = find_gaps(micrograph)
    if not gaps.n_there:
        return with_gaps(np.zeros(gaps.shape, np.float32), micrograph, gaps)
    return with_gaps(function(filled(micrograph, gaps)), micrograph, gaps)
