"""Pixels that are neither ice nor protein, told apart before any Fourier transform.

One hot pixel has power at all frequencies: once it is transformed, it is everywhere. So
outliers are found first, by statistics that they hardly change, and their place is
filled with the background around them::

    pixels -> blank areas -> median and its absolute deviation over the rest
           -> pixels far out -> specks, areas, holes -> filled pixels, missing pixels
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import (
    binary_dilation,
    binary_propagation,
    find_objects,
    label,
    maximum_filter,
    uniform_filter,
)

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import missing_pixels
from pusklearn.micrographs.preprocessing._background import (
    background_of,
    filled,
    interpolated,
)
from pusklearn.micrographs.preprocessing._blank_areas import blank_pixels
from pusklearn.micrographs.preprocessing._whitening import FAR_OUT

# An area this many standard deviations out is neither ice nor protein, nor dirt on it.
TOO_FAR_OUT = 20
# Even if its edge is soft, as most of its pixels lie within this factor. A spot rises.
FLAT = 1.6
# A speck lies this many standard deviations from the pixels around it too,
FROM_NEIGHBOURS = 8
# which are those of a square of 7 x 7.
REACH = 3
# No pixel that is kept lies farther out: its power would exceed the range of float32.
FARTHEST = 1e4
# Blank pixels differ from what is there by this many standard deviations, if they are
# most of a micrograph.
BLANK = 5
# The rim of a hole is where the mean of so many pixels along each side lies this many
# deviations of such means from the background. It is not wider than so many pixels.
RIM_MEAN, RIM_FAR, WIDEST_RIM, BEYOND_RIM = 5, 3, 24, 2
EIGHT_NEIGHBOURS = np.ones((3, 3), bool)


class SortedPixels(NamedTuple):
    """The pixels of a micrograph, its outliers filled, and where they were.

    Attributes
    ----------
    pixels : ndarray of shape (height, width)
        The pixels as they are if there are no outliers, else float32.
    missing : ndarray of bool or None
        True where there is no micrograph: missing pixels, blank areas and holes. None
        if there are none.
    odd : ndarray of bool or None
        True at pixels that take no part in statistics: the missing ones, specks and
        areas far out.
    areas : ndarray of bool or None
        True in areas far out that are kept. None if there are none.
    blank_share : float
        The share of pixels of one grey in areas that are blank, or are the background
        if that is more than half.
    """

    pixels: NDArray
    missing: NDArray[np.bool_] | None
    odd: NDArray[np.bool_] | None
    areas: NDArray[np.bool_] | None
    blank_share: float


def sort_pixels(micrograph: Micrograph) -> SortedPixels:
    """Find the outliers of a micrograph and fill them with the background around them.

    Parameters
    ----------
    micrograph : Micrograph
        At least 1 of its pixels is there.

    Returns
    -------
    SortedPixels
        Missing pixels, blank areas, specks and holes are filled; areas are kept.

    Notes
    -----
    A pixel lies far out if it is more than 10 standard deviations from the median.
    Groups of such pixels that hold a square of 3 x 3 pixels and have a sharp edge, as
    gold and a bar have but thick ice has not, are areas, and so are flat ones more than
    20 standard deviations out, and any of which a tenth lies beyond 10,000. An area is
    a hole if its median lies more than 20 standard deviations out, or if it is longer
    than half a side of the micrograph.
    Smaller groups are specks, such as hot pixels, if they are far from the pixels
    around them too. All else is left as it is.
    """
    image: NDArray = np.asarray(micrograph)
    missing = missing_pixels(micrograph)
    blank, blank_share = _blank(image, missing)
    missing = union(missing, blank)
    level, deviation = background_of(image, missing)
    far = far_pixels(image, missing, level, FAR_OUT * deviation)
    specks = areas = holes = None
    if far is not None:
        specks, areas, holes = _kinds(image, far, missing, level, deviation)
    empty = union(blank, holes)
    if empty is not None and deviation:
        if far is not None:
            empty = binary_propagation(empty, EIGHT_NEIGHBOURS, mask=far | empty)
        empty = with_rim(empty, image, missing, level, deviation)
    missing = union(missing, empty)
    odd = union(missing, specks, areas)
    if odd is None:
        return SortedPixels(image, None, None, None, blank_share)
    span = FARTHEST * deviation or np.inf
    pixels: NDArray = np.clip(image.astype(np.float64), level - span, level + span)
    if missing is None:
        pixels = pixels.astype(np.float32)
    else:
        pixels = filled(pixels, missing, odd, level)
    if specks is not None:
        pixels = interpolated(pixels, specks)
    if holes is not None and areas is not None:
        areas = areas & ~holes
    return SortedPixels(pixels, missing, odd, areas, blank_share)


def _blank(image, missing):
    """Return the pixels of blank areas, None if there are none, and their share."""
    blank = blank_pixels(image)
    if blank is None:
        return None, 0.0
    share = float(blank.mean())
    both = union(missing, blank)
    if missing is not None:
        blank &= ~missing
    if both.all() or not blank.any():
        return None, share
    if share > 0.5:
        # Most pixels have one grey: they are the background of a drawing, unless the
        # others have a background of their own that is far from it.
        level, deviation = background_of(image, both)
        offset = np.abs(np.median(image[blank]).astype(np.float64) - level)
        if offset <= BLANK * deviation or not deviation:
            return None, share
    return blank, min(share, 0.5)


def with_rim(empty, image, missing, level, deviation):
    """Return an empty area with the soft rim that leads to the background."""
    span = FARTHEST * deviation
    known = image if missing is None else np.where(missing, level, image)
    smooth = np.clip(known.astype(np.float64) - level, -span, span)
    smooth = uniform_filter(smooth, RIM_MEAN)
    middle, noise = background_of(smooth, empty)
    rim = np.abs(smooth - middle) > RIM_FAR * noise
    grown = binary_dilation(empty, EIGHT_NEIGHBOURS, WIDEST_RIM, mask=rim | empty)
    return binary_dilation(grown, EIGHT_NEIGHBOURS, BEYOND_RIM)


def far_pixels(image, missing, level, limit):
    """Return which pixels that are there lie farther from the level than the limit."""
    if not limit:
        return None
    low, high = np.float64(level - limit), np.float64(level + limit)
    if missing is None and image.min() >= low and image.max() <= high:
        return None
    far = (image < low) | (image > high)
    if missing is not None:
        far &= ~missing
    return far if far.any() else None


def _kinds(image, far, missing, level, deviation):
    """Tell specks, areas and holes among the pixels far out; None means no pixel."""
    number, n_numbers = label(far, EIGHT_NEIGHBOURS)
    excluded = union(far, missing)
    has_core = np.zeros(n_numbers + 1, bool)
    has_core[number[_eroded(far)]] = True
    specks = _far_from_neighbours(
        image, far & ~has_core[number], excluded, FROM_NEIGHBOURS * deviation
    )
    is_area, is_hole = np.zeros((2, n_numbers + 1), bool)
    for one, place in enumerate(find_objects(number), start=1):
        if not has_core[one]:
            continue
        around = tuple(slice(max(s.start - 4, 0), s.stop + 4) for s in place)
        distance = np.abs(image[around].astype(np.float64) - level)
        marks = number[around] == one
        middle, most = np.quantile(distance[marks], [0.5, 0.9])
        is_too_far = middle > TOO_FAR_OUT * deviation
        is_area[one] = (
            most > FARTHEST * deviation
            or (is_too_far and most < FLAT * middle)
            or _has_sharp_edge(distance, marks, excluded[around])
        )
        lengths = [s.stop - s.start for s in place]
        is_long = (np.array(lengths) > np.array(far.shape) / 2).any()
        is_hole[one] = is_area[one] and (is_too_far or is_long)
    areas = is_area[number] if is_area.any() else None
    if not is_hole.any():
        return specks, areas, None
    return specks, areas, is_hole[number]


def _has_sharp_edge(distance, marks, excluded):
    """Tell whether the distances from the level jump along most of the edge of an area.

    Those of a spot, such as a particle without noise, rise to its middle instead. Each
    pixel is compared with those next to it, as an area may consist of several ones that
    overlap, at different distances.
    """
    edge = marks & ~_eroded(marks)
    inside = maximum_filter(np.where(marks, distance, 0), 5)
    if np.mean(distance[edge] > inside[edge] / 2) <= 0.5:
        return False
    near = binary_dilation(marks, EIGHT_NEIGHBOURS)
    beyond = binary_dilation(near, EIGHT_NEIGHBOURS, 2) & ~near & ~excluded
    if not beyond.any():
        return True
    return np.median(distance[edge]) / 4 > np.median(distance[beyond])


def _eroded(marks):
    """Return the pixels whose 8 neighbours are marked too."""
    core = np.zeros(marks.shape, bool)
    rows = marks[:-2] & marks[1:-1] & marks[2:]
    core[1:-1, 1:-1] = rows[:, :-2] & rows[:, 1:-1] & rows[:, 2:]
    return core


def _far_from_neighbours(image, marks, excluded, limit):
    """Return the marked pixels farther than the limit from the mean around them."""
    y, x = np.nonzero(marks)
    around = np.arange(-REACH, REACH + 1)
    rows = (y[:, None, None] + around[:, None]).clip(0, image.shape[0] - 1)
    columns = (x[:, None, None] + around).clip(0, image.shape[1] - 1)
    there = ~excluded[rows, columns]
    n_there = there.sum(axis=(1, 2))
    total = np.sum(image[rows, columns], axis=(1, 2), where=there, dtype=np.float64)
    offset = np.abs(image[y, x] - total / np.maximum(n_there, 1))
    # Without any pixel around to compare with, a speck is one.
    is_far = (offset > limit) | (n_there == 0)
    if not is_far.any():
        return None
    specks = np.zeros(image.shape, bool)
    specks[y[is_far], x[is_far]] = True
    return specks


def union(*marks):
    """Return where any of the marks is True; None marks nothing."""
    given = [part for part in marks if part is not None]
    if len(given) < 2:
        return given[0] if given else None
    return np.logical_or.reduce(given)
