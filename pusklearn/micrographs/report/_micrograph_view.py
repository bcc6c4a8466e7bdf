"""What the report shows of one micrograph, from one look at its pixels."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pusklearn.micrographs.images._check_coordinates import (
    by_name,
    check_coordinates,
    lies_inside,
)
from pusklearn.micrographs.images._check_micrographs import check_micrographs
from pusklearn.micrographs.images._lengths import original_pixels
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out, missing_pixels
from pusklearn.micrographs.report._area_means import area_means
from pusklearn.micrographs.report._grey_png import grey_levels, grey_png
from pusklearn.micrographs.report._pick_looks import find_statistics, measure_looks
from pusklearn.micrographs.report._smoothed_image import smoothed_image
from pusklearn.pu._warn_caller import warn_caller

# How many pixels a particle spans in the crops.
IN_CROPS = 25
# How many it spans at least in the images to click on. Where it can span more, their
# longer edge has so many pixels.
IN_LARGE = 13
LARGE_EDGE = 500
# The longer edge of a thumbnail, in pixels.
THUMBNAIL = 84


class ReportRow(NamedTuple):
    """A micrograph and its peaks, as the report takes them.

    Attributes
    ----------
    micrograph : array-like of shape (height, width)
        The pixels.
    peaks : array-like of shape (k, 3)
        ``x, y, score`` of every peak, whatever the threshold.
    defocus : float or None, default=None
        In angstrom; None if it is not known.
    error : str or None, default=None
        Why the micrograph cannot be used; None if it can.
    """

    micrograph: ArrayLike
    peaks: ArrayLike
    defocus: float | None = None
    error: str | None = None


class MicrographView(NamedTuple):
    """A micrograph without its pixels.

    Attributes
    ----------
    name, path, uid, scale, pixel_size : object
        As those of the `Micrograph`; a micrograph without a name has its number.
    width, height : float
        Its size, in pixels of the original.
    diameter : float
        The diameter of a particle, in pixels of the original.
    defocus : float or None
        In angstrom.
    error : str or None
        Why the micrograph cannot be used.
    peaks : ndarray of shape (k, 3)
        ``x, y, score`` by descending score.
    looks : ndarray of shape (k, 3)
        How each peak looks, see `measure_looks`.
    statistics : dict of str to float
        How the micrograph looks, see `find_statistics`.
    thumbnail : bytes
        A small PNG.
    thumbnail_size, large_size : tuple of 2 int
        Width and height of the images in pixels.
    large_factor : float
        Pixels of the micrograph in a pixel of the image to click on.
    """

    name: str
    path: str | None
    uid: int | None
    scale: float
    pixel_size: float | None
    width: float
    height: float
    diameter: float
    defocus: float | None
    error: str | None
    peaks: NDArray[np.float64]
    looks: NDArray[np.float32]
    statistics: dict[str, float]
    thumbnail: bytes
    thumbnail_size: tuple[int, int]
    large_size: tuple[int, int]
    large_factor: float


class SmallImage(NamedTuple):
    """A micrograph that was made smaller.

    Attributes
    ----------
    pixels : ndarray of float32
        The image.
    factor : float
        Pixels of the original in one of these.
    """

    pixels: NDArray[np.float32]
    factor: float


class Look(NamedTuple):
    """What one look at a micrograph gives.

    Attributes
    ----------
    view : MicrographView
        What the report keeps in memory.
    large : bytes
        The PNG to click on.
    image : SmallImage
        The image from which crops are cut.
    """

    view: MicrographView
    large: bytes
    image: SmallImage


def view_micrograph(
    row: ReportRow | Sequence[Any], diameter: float | str, number: int
) -> Look:
    """Look at a micrograph once.

    Parameters
    ----------
    row : ReportRow
        The micrograph and its peaks.
    diameter : float or str
        The diameter of a particle, in pixels of the original or with its unit.
    number : int
        The number of the micrograph, for its name and for messages.

    Returns
    -------
    Look
        What the report needs of it.

    Raises
    ------
    ValueError
        If the pixels or the peaks cannot be used, or the diameter is in angstrom and
        the micrograph has no pixel size.

    Warns
    -----
    UserWarning
        If peaks lie outside the micrograph, where the page cannot show them.
    """
    row = ReportRow(*row)
    (micrograph,) = check_micrographs([row.micrograph])
    name = micrograph.name or f"number {number}"
    peaks = checked_peaks(row.peaks, name)
    if row.error is None:
        _warn_of_peaks_outside(peaks, micrograph, name)
    width = original_pixels(diameter, micrograph, "diameter", number)
    here = width / micrograph.scale
    crops = area_means(_with_gaps(micrograph), here / IN_CROPS)
    crop_factor = max(1.0, here / IN_CROPS)
    span = np.clip(LARGE_EDGE * here / max(micrograph.shape), IN_LARGE, IN_CROPS)
    large = area_means(crops, here / span / crop_factor)
    large_factor = max(crop_factor, here / span)
    thumbnail = grey_levels(area_means(large, max(large.shape) / THUMBNAIL))
    points = (peaks[:, :2] / micrograph.scale + 0.5) / large_factor - 0.5
    n_rows, n_columns = micrograph.shape
    view = MicrographView(
        name,
        micrograph.path,
        micrograph.uid,
        micrograph.scale,
        micrograph.pixel_size,
        n_columns * micrograph.scale,
        n_rows * micrograph.scale,
        width,
        row.defocus,
        row.error or ("it is masked as a whole" if is_left_out(micrograph) else None),
        peaks,
        measure_looks(large, points, here / large_factor),
        find_statistics(large, here / large_factor),
        grey_png(thumbnail),
        thumbnail.shape[::-1],
        large.shape[::-1],
        large_factor,
    )
    image = SmallImage(crops, crop_factor * micrograph.scale)
    return Look(
        view, grey_png(grey_levels(smoothed_image(large, here / large_factor))), image
    )


def checked_peaks(
    peaks: ArrayLike, name: str, *, scored: bool = True
) -> NDArray[np.float64]:
    """Return peaks by descending score, or raise a ValueError that names them.

    If they have no scores, all become 0.
    """
    (points,) = check_coordinates([peaks], 1)
    columns = np.asarray(by_name(peaks, ("x", "y", "score")), dtype=float)
    if not len(points):
        return np.empty((0, 3))
    if not scored:
        return np.column_stack([points, np.zeros(len(points))])
    if columns.shape[1] < 3 or not np.isfinite(columns[:, 2]).all():
        raise ValueError(
            "A report needs the score of every pick, a finite number: columns x, y and "
            f"score. The picks of micrograph {name} have shape {columns.shape}"
            + ("." if columns.shape[1] < 3 else " and a score that is not finite.")
        )
    columns = columns[:, :3]
    return columns[np.argsort(-columns[:, 2], kind="stable")]


def _warn_of_peaks_outside(peaks, micrograph, name):
    inside = lies_inside(peaks[:, :2], micrograph.shape, micrograph.scale)
    if inside.all() or is_left_out(micrograph):
        return
    x, y = peaks[~inside][0, :2]
    height, width = (edge * micrograph.scale for edge in micrograph.shape)
    warn_caller(
        f"Picks outside their micrograph count, but cannot be shown. Micrograph {name} "
        f"spans {width:g} x {height:g} original pixels, and {(~inside).sum()} of its "
        f"{len(peaks)} picks lie outside, such as x={x:g}, y={y:g}. Are x and y "
        "exchanged, is an axis flipped, or are they pixels of a micrograph of another "
        "size or binning?"
    )


def _with_gaps(micrograph: Micrograph) -> NDArray[np.float32]:
    """Return the pixels, NaN where they are missing."""
    pixels = np.asarray(micrograph, np.float32)
    missing = missing_pixels(micrograph)
    return pixels if missing is None else np.where(missing, np.float32(np.nan), pixels)
