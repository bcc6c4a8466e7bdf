"""Labelled particles, found again in the labels of regions."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from pusklearn.micrographs.regions._tiled_regions import TiledRegions


def find_particles(
    X: TiledRegions, positives: NDArray[np.integer]
) -> list[NDArray[np.float64]]:
    """Return the centres of the labelled particles, one array for each micrograph.

    Parameters
    ----------
    X : TiledRegions
        The regions.
    positives : ndarray of int
        Rows of the labelled regions. Those that touch are one particle.

    Returns
    -------
    list of ndarray of shape (k, 2)
        Row and column of each particle's centre, in pixels of these micrographs.
    """
    which, y, x = X.locate(positives)
    # Sorted once: there may be thousands of micrographs, and millions of pixels.
    order = np.argsort(which, kind="stable")
    starts = np.searchsorted(which[order], np.arange(1, len(X.micrographs)))
    pixels = np.column_stack([y, x])[order]
    return [centres_of_patches(part) for part in np.split(pixels, starts)]


def centres_of_patches(pixels: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return row and column of the centre of every patch of pixels that touch."""
    pairs = cKDTree(pixels).query_pairs(1.5, output_type="ndarray")
    touching = coo_array((np.ones(len(pairs)), pairs.T), (len(pixels), len(pixels)))
    n_patches, patch = connected_components(touching, directed=False)
    sums = [np.bincount(patch, values, n_patches) for values in pixels.T]
    return np.column_stack(sums) / np.bincount(patch, minlength=n_patches)[:, None]
