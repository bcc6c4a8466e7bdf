"""Folds of regions that share no particle."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold

from pusklearn.micrographs.regions._find_particles import find_particles
from pusklearn.micrographs.regions._tiled_regions import TiledRegions


def folds_sharing_no_particle(
    X: TiledRegions, positives: NDArray[np.integer], n_folds: int
) -> tuple[NDArray[np.int8], list[NDArray[np.float64]]]:
    """Divide regions into folds.

    All regions of a micrograph are in one fold. If only one micrograph has labels, it
    is cut into bands of rows, between its labelled particles.

    Parameters
    ----------
    X : TiledRegions
        The regions.
    positives : ndarray of int
        Rows of the labelled regions. Those that touch are one particle.
    n_folds : int
        The greatest number of folds.

    Returns
    -------
    folds : ndarray of int8 of shape (n_regions,)
        The fold of each region.
    particles : list of ndarray of shape (k, 2)
        Row and column of the centre of each labelled particle of each micrograph.

    Raises
    ------
    ValueError
        If there are fewer than 2 labelled particles.
    """
    particles = find_particles(X, positives)
    n_micrographs = len(particles)
    micrograph_of_particle = np.repeat(np.arange(n_micrographs), [*map(len, particles)])
    n_particles = len(micrograph_of_particle)
    if n_particles < 2:
        raise ValueError(
            "prior='estimate' needs at least 2 labelled particles that do not touch, "
            "so that each is scored by a network that has not seen it. "
            f"Got {n_particles}."
        )
    labeled = np.unique(micrograph_of_particle)
    if len(labeled) > 1:
        folds = folds_of_micrographs(micrograph_of_particle, n_micrographs, n_folds)
        return folds_of_regions(X, folds), particles
    # Rows of the particles   3   14   27   in one micrograph, and its bands:
    #                       0 0 | 1 1 | 2 2     cut midway between two particles
    (banded,) = labeled
    rows = np.sort(particles[banded][:, 0])
    parts = np.array_split(rows, min(n_folds, n_particles))
    cuts = [(above[-1] + below[0]) / 2 for above, below in pairwise(parts)]
    folds = np.arange(n_micrographs) % len(parts)
    return folds_of_regions(X, folds, banded, cuts), particles


def folds_of_micrographs(
    micrograph_of_particle: NDArray[np.integer], n_micrographs: int, n_folds: int
) -> NDArray[np.integer]:
    """Return the fold of each micrograph, such that every fold has labels."""
    groups = micrograph_of_particle
    labeled = np.unique(groups)
    n_folds = min(n_folds, len(labeled))
    folds = np.empty(n_micrographs, int)
    # The splitter balances particles, so every fold gets some of them.
    splits = GroupKFold(n_folds).split(groups, groups=groups)
    for fold, (_, held_out) in enumerate(splits):
        folds[groups[held_out]] = fold
    unlabeled = np.setdiff1d(np.arange(n_micrographs), labeled)
    folds[unlabeled] = np.arange(len(unlabeled)) % n_folds
    return folds


def folds_of_regions(
    X: TiledRegions,
    folds: NDArray[np.integer],
    banded: int | None = None,
    cuts: Sequence[float] = (),
) -> NDArray[np.int8]:
    """Give every region the fold of its micrograph, or of its band in one of them.

    Parameters
    ----------
    X : TiledRegions
        The regions.
    folds : ndarray of int of shape (n_micrographs,)
        The fold of each micrograph.
    banded : int or None, default=None
        The micrograph that is cut into bands of rows, one per fold.
    cuts : sequence of float, default=()
        The rows between two bands, ascending.

    Returns
    -------
    ndarray of int8 of shape (n_regions,)
        The fold of each region.
    """
    region_folds = np.empty(len(X), np.int8)
    for number, fold in enumerate(folds):
        rows = X.rows_of(number)
        if number == banded:
            fold = np.searchsorted(cuts, X.locate(rows)[1])
        region_folds[rows] = fold
    return region_folds
