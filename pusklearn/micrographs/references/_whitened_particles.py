"""Whitened micrographs, and the labelled particles that are cut out of them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._discs import mark_discs
from pusklearn.micrographs.images._gaps import find_gaps, without_gaps
from pusklearn.micrographs.images._memory_maps import free_mapped_memory
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import missing_pixels
from pusklearn.micrographs.images._particles_there import labels_there
from pusklearn.micrographs.preprocessing._whitening import PATCH_SIZE, whitened
from pusklearn.micrographs.preprocessing._without_outliers import without_outliers
from pusklearn.micrographs.references._reference_images import crops_at
from pusklearn.pu._progress_bar import progress_bar


def leave_out_missing(
    micrographs: Sequence[Micrograph], coordinates: Sequence[NDArray]
) -> tuple[list[Micrograph], list[NDArray]]:
    """Return micrographs and labels without those that are not there.

    It is called by what ``fit`` calls, and a warning points to the caller of ``fit``.
    """
    all_gaps = []
    for micrograph in micrographs:
        all_gaps.append(find_gaps(without_outliers(micrograph)))
        free_mapped_memory(micrograph)
    names = [m.name for m in micrographs]
    points = labels_there(coordinates, all_gaps, names)
    rows = [row for row, gaps in enumerate(all_gaps) if gaps.n_there]
    return [micrographs[row] for row in rows], [points[row] for row in rows]


def whitened_image(
    micrograph: Micrograph, spectrum: NDArray[np.float64], width: float
) -> NDArray[np.floating]:
    """Return a whitened micrograph, 0 at missing pixels.

    Parameters
    ----------
    micrograph : Micrograph
        The micrograph.
    spectrum : ndarray
        Power of the background at spatial frequencies from 0 to 1/2 per pixel.
    width : float
        Diameter of a particle, in pixels of the micrograph.
    """
    # Waves of up to two diameters distinguish a particle from the ice around it.
    longest = max(PATCH_SIZE, 2 * width)
    image = whitened(without_gaps(micrograph), spectrum, longest)
    missing = missing_pixels(micrograph)
    if missing is not None:
        image[missing] = 0  # as beyond the edges
    return image


def labelled_crops(
    micrographs: Sequence[Micrograph],
    coordinates: Sequence[NDArray],
    spectrum: NDArray[np.float64],
    width: float,
    size: int,
    verbose: int = 0,
) -> NDArray[np.floating]:
    """Cut the labelled particles out of whitened micrographs.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The micrographs.
    coordinates : sequence of ndarray of shape (k, 2)
        Labelled particles of each, ``x, y`` in pixels of the original.
    spectrum : ndarray
        As for `whitened_image`.
    width : float
        As for `whitened_image`.
    size : int
        Edge of a crop, in pixels of the micrographs.
    verbose : int, default=0
        1 or more shows a bar.

    Returns
    -------
    ndarray of shape (n, size, size)
        The crops.
    """
    labelled = progress_bar(
        [(m, p) for m, p in zip(micrographs, coordinates, strict=True) if len(p)],
        description="cutting out particles",
        unit="micrograph",
        verbose=verbose,
    )
    crops = []
    for micrograph, points in labelled:
        marks = mark_discs(micrograph, points, 0)
        image = whitened_image(without_outliers(micrograph), spectrum, width)
        crops.append(crops_at(image, marks, size))
        free_mapped_memory(micrograph)
    return np.concatenate(crops)
