"""Shifts that cryoSPARC found when it aligned particles."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.io._cs_join import find_rows
from pusklearn.micrographs.io._cs_table import cs_columns, cs_numbers

_ALIGNMENTS = ("alignments3D", "alignments2D")
_PIXEL_SIZE = "location/micrograph_psize_A"


class CsShifts(NamedTuple):
    """Shifts of particles in x and y.

    Attributes
    ----------
    pixels : ndarray of shape (n, 2)
        The shifts, in pixels of the images of particles.
    pixel_sizes : ndarray of shape (n,) or None
        Those of the images, in angstrom; None if they are not known.
    """

    pixels: NDArray[np.float64]
    pixel_sizes: NDArray[np.float64] | None


def find_cs_shifts(
    rows: NDArray, path: Path, others: Sequence[Path] | None
) -> CsShifts | None:
    """Return the shifts of particles, or None if there are none but zeros.

    Parameters
    ----------
    rows : ndarray of shape (n,)
        The particles.
    path : Path
        Their file.
    others : sequence of Path or None
        Files that may have the shifts, as for `find_rows`.

    Returns
    -------
    CsShifts or None
        Those of an alignment in 3-D, or else of one in 2-D.

    Raises
    ------
    ValueError
        If a shift is no finite number.
    """
    for name in _ALIGNMENTS:
        source = find_rows(rows, path, others, {f"{name}/shift"})
        if source is None:
            continue
        pixels = cs_numbers(source, f"{name}/shift", 2).astype(float)
        if not np.isfinite(pixels).all():
            raise ValueError(f"its column {name}/shift must hold finite numbers.")
        if not pixels.any():
            return None
        size = f"{name}/psize_A"
        has_size = size in cs_columns(source)
        return CsShifts(pixels, cs_numbers(source, size) if has_size else None)
    return None


def cs_shifts_in_pixels(
    shifts: CsShifts, rows: NDArray, pixel_size: float | None
) -> NDArray[np.float64]:
    """Return shifts in pixels of the micrographs.

    Parameters
    ----------
    shifts : CsShifts
        The shifts of all particles.
    rows : ndarray of shape (n,)
        The locations of the same particles.
    pixel_size : float or None
        The pixel size of the micrographs, in angstrom; None takes that of the rows.

    Returns
    -------
    ndarray of shape (n, 2)
        What is to be subtracted from x and y.

    Raises
    ------
    ValueError
        If the pixel size of images or of micrographs is not known.
    """
    has_size = _PIXEL_SIZE in cs_columns(rows)
    of_micrographs = cs_numbers(rows, _PIXEL_SIZE) if has_size else np.zeros(len(rows))
    if pixel_size is not None:
        of_micrographs = np.full(len(rows), float(pixel_size))
    of_images = shifts.pixel_sizes
    for sizes, whose, way_out in [
        (of_images, "of the images of particles", ""),
        (of_micrographs, "of the micrographs", " Give it: `pixel_size=1.06`."),
    ]:
        if sizes is None or not (sizes > 0).all():
            raise ValueError(
                "its shifts are in pixels of the images of particles. To apply them, "
                f"the pixel size {whose} must be known, and is not.{way_out}"
            )
    return shifts.pixels * (np.asarray(of_images) / of_micrographs)[:, np.newaxis]
