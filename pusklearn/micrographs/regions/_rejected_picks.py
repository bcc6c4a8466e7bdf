"""Picks that somebody has rejected, as known negatives of a `RegionScorer`."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csc_array, issparse
from scipy.spatial import cKDTree

from pusklearn.micrographs.images._check_coordinates import (
    check_coordinates,
    check_inside,
)
from pusklearn.micrographs.images._gaps import Gaps
from pusklearn.micrographs.images._lengths import in_words, original_pixels
from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.images._missing_pixels import is_left_out
from pusklearn.micrographs.images._particles_there import labels_there
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._inner_estimators import fit_parameter

REJECTED = "rejected picks"


def check_rejected(
    rejected: Sequence[ArrayLike] | None, n_micrographs: int, classifier: Any
) -> list[NDArray[np.float64]] | None:
    """Return rejected picks as one array per micrograph; None if there are none.

    Parameters
    ----------
    rejected : sequence of array-like of shape (k, >=2) or None
        Rejected picks of each micrograph, ``x, y`` in pixels of the original.
    n_micrographs : int
        The number of micrographs.
    classifier : classifier
        The classifier that is to learn from them.

    Returns
    -------
    list of ndarray of shape (k, 2) or None

    Raises
    ------
    ValueError
        If `rejected` does not have one array of coordinates for each micrograph.
    TypeError
        If there are some, and the ``fit`` of the classifier takes no known negatives.
    """
    if rejected is None:
        return None
    try:
        picks = check_coordinates(rejected, n_micrographs)
    except ValueError as error:
        raise ValueError(f"`rejected` is not as it must be. {error}") from error
    if not sum(map(len, picks)):
        return None
    if fit_parameter(classifier, "known_negative") is None:
        raise TypeError(
            "`rejected` needs a classifier whose fit takes `known_negative`, such as "
            f"PUClassifier. Got {classifier!r}."
        )
    return picks


def mark_rejected(
    regions: TiledRegions,
    labels: Any,
    rejected: Sequence[NDArray[np.float64]] | None,
    coordinates: Sequence[NDArray[np.float64]],
    all_gaps: Sequence[Gaps],
    scorer: Any,
) -> NDArray[np.bool_] | csc_array | None:
    """Return which regions are known negatives, in the form of the labels.

    Parameters
    ----------
    regions : TiledRegions
        The regions.
    labels : ndarray of shape (n_regions,) or sparse array of shape (n_regions, 1)
        1 for labelled positives, which stay such.
    rejected : sequence of ndarray of shape (k, 2) or None
        Rejected picks of each micrograph, in pixels of the original.
    coordinates : sequence of ndarray of shape (k, 2)
        Labelled particles of each micrograph.
    all_gaps : sequence of Gaps
        The missing pixels of each micrograph.
    scorer : RegionScorer
        The scorer, with its parameters checked.

    Returns
    -------
    ndarray of bool, sparse array of bool or None
        The mask; None if no pick is rejected.

    Raises
    ------
    ValueError
        If a rejected pick is a labelled particle too, or lies outside its micrograph.

    Warns
    -----
    UserWarning
        If rejected picks are left out, because they lie outside their micrographs or on
        missing pixels.
    """
    if rejected is None:
        return None
    micrographs, radius = regions.micrographs, scorer.label_radius
    names = [m.name or f"number {row}" for row, m in enumerate(micrographs)]
    extents = [None if is_left_out(m) else (*m.shape, m.scale) for m in micrographs]
    inside = check_inside(rejected, extents, names, scorer.outside, what=REJECTED)
    picks = labels_there(inside, all_gaps, names, what=REJECTED)
    for micrograph, name, points, particles in zip(
        micrographs, names, picks, coordinates, strict=True
    ):
        if len(points) and len(particles):
            check_apart(micrograph, name, points, particles, radius)
    marks = regions.labels(picks, radius, sparse_output=issparse(labels))
    if not issparse(marks):
        return (marks == 1) & (labels == 0)
    rows = np.setdiff1d(marks.nonzero()[0], labels.nonzero()[0])
    ends = [0, len(rows)]
    return csc_array((np.ones(len(rows), bool), rows, ends), marks.shape)


def check_apart(
    micrograph: Micrograph,
    name: str,
    rejected: NDArray[np.float64],
    particles: NDArray[np.float64],
    label_radius: float | str,
) -> None:
    """Raise a ValueError if a rejected pick is a labelled particle, too."""
    radius = original_pixels(label_radius, micrograph, "label_radius")
    distance, nearest = cKDTree(particles).query(rejected)
    pixels, others = (
        np.round(points / micrograph.scale) for points in (rejected, particles[nearest])
    )
    is_both = (distance < radius) | (pixels == others).all(axis=1)
    if not is_both.any():
        return
    first = int(np.flatnonzero(is_both)[0])
    (x, y), (at_x, at_y) = rejected[first], particles[nearest[first]]
    raise ValueError(
        "A pick cannot be both a labelled particle and rejected. In micrograph "
        f"{name}, {is_both.sum()} of {len(rejected)} rejected picks are nearer to a "
        f"labelled particle than the label radius of {in_words(label_radius)}, such as "
        f"that at x={x:g}, y={y:g}, to the particle at x={at_x:g}, y={at_y:g}. Take "
        "one of both out."
    )
