"""Folds of regions that share no particle."""

from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from sklearn.model_selection import GroupKFold


def folds_sharing_no_particle(X, positives, n_folds):
    """Divide regions into folds.

    All regions of a micrograph are in one fold. Where one micrograph alone has labels,
    it is cut into bands of rows, between its labelled particles.

    Parameters
    ----------
    X : TiledRegions
        The regions.
    positives : ndarray of int
        Rows of the labelled ones. Those that touch are one particle.
    n_folds : int
        The most folds.

    Returns
    -------
    folds : ndarray of int8 of shape (n_regions,)
        The fold of each region.
    particles : list of ndarray of shape (k, 2)
        Row and column of the centre of each labelled particle of each micrograph.

    Raises
    ------
    ValueError
        For fewer than 2 labelled particles.
    """
    particles = find_particles(X, positives)
    owners = np.repeat(np.arange(len(particles)), [len(p) for p in particles])
    if len(owners) < 2:
        raise ValueError(
            "prior='estimate' needs at least 2 labelled particles that do not touch, "
            "so that each is scored by a network that has not seen it. "
            f"Got {len(owners)}."
        )
    labeled = np.unique(owners)
    if len(labeled) > 1:
        owner_folds = micrograph_folds(owners, len(particles), n_folds)
        return spread(X, owner_folds, -1, []), particles
    only = labeled[0]
    parts = np.array_split(np.sort(particles[only][:, 0]), min(n_folds, len(owners)))
    cuts = [(a[-1] + b[0]) / 2 for a, b in pairwise(parts)]
    return spread(X, np.arange(len(particles)) % len(parts), only, cuts), particles


def find_particles(X, positives):
    """Row and column of the centre of each labelled particle of each micrograph."""
    which, y, x = X.locate(positives)
    # Sorted once: there may be thousands of micrographs, and millions of pixels.
    order = np.argsort(which, kind="stable")
    starts = np.searchsorted(which[order], np.arange(1, len(X.micrographs)))
    pixels = np.column_stack([y, x])[order]
    return [centres(part) for part in np.split(pixels, starts)]


def centres(pixels):
    """Row and column of the centre of every patch of pixels that touch."""
    pairs = cKDTree(pixels).query_pairs(1.5, output_type="ndarray")
    touching = coo_array((np.ones(len(pairs)), pairs.T), (len(pixels), len(pixels)))
    n, patch = connected_components(touching, directed=False)
    sums = [np.bincount(patch, values, n) for values in pixels.T]
    return np.column_stack(sums) / np.bincount(patch, minlength=n)[:, None]


def micrograph_folds(owners, n_micrographs, n_folds):
    """Fold of each micrograph, given the one of each particle."""
    labeled = np.unique(owners)
    n_folds = min(n_folds, len(labeled))
    folds = np.empty(n_micrographs, int)
    # By the particles, so that every fold has some.
    for fold, (_, here) in enumerate(GroupKFold(n_folds).split(owners, groups=owners)):
        folds[owners[here]] = fold
    rest = np.setdiff1d(np.arange(n_micrographs), labeled)
    folds[rest] = np.arange(len(rest)) % n_folds
    return folds


def spread(X, owner_folds, banded, cuts):
    """Give every region the fold of its micrograph, or of its band in one of them."""
    folds = np.empty(len(X), np.int8)
    for number, fold in enumerate(owner_folds):
        rows = X.rows_of(number)
        if number == banded:
            fold = np.searchsorted(cuts, X.locate(rows)[1])
        folds[rows] = fold
    return folds
