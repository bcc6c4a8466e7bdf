"""Peaks of micrographs that were not learnt from, to compare labels with."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.metrics._match_coordinates import match_coordinates
from pusklearn.micrographs.peaks._pick_properties import pick_properties

# People leave out particles that are nearer to an edge than this, in radii: their boxes
# do not fit.
EDGE = 2.0


class ComparedMap(NamedTuple):
    """The peaks of a score map that was not learnt from.

    Attributes
    ----------
    fold : int
        The number of the classifier that the scores come from.
    counts : bool
        Whether the micrograph belongs to a random sample of all.
    scores : ndarray of float64 of shape (n,)
        The scores of all peaks.
    is_labelled : ndarray of bool of shape (n,)
        Whether the peak is a labelled particle.
    groups : ndarray of int of shape (n,)
        The number of the micrograph, once for each peak.
    properties : dict of str to ndarray of shape (n,)
        What a peak looks like and where it lies, see `pick_properties`. It is empty if
        there are no labels.
    is_inside : ndarray of bool of shape (n,)
        Whether the peak is so far from the edges that nobody leaves it out for them.
    n_labels : int
        The number of labelled particles, found or not.
    """

    fold: int
    counts: bool
    scores: NDArray[np.float64]
    is_labelled: NDArray[np.bool_]
    groups: NDArray[Any]
    properties: dict[str, NDArray[np.float64]]
    is_inside: NDArray[np.bool_]
    n_labels: int


class ComparedPicks(NamedTuple):
    """The peaks of all micrographs that have labels.

    Attributes
    ----------
    heights : ndarray of float64 of shape (n,)
        How high each peak stands, comparable between all micrographs.
    is_labelled, groups, properties, is_inside : object
        As the attributes of a `ComparedMap`.
    n_labels : int
        The number of labelled particles, found or not.
    n_expected : float
        The number of particles on these micrographs, labelled or not.
    """

    heights: NDArray[np.float64]
    is_labelled: NDArray[np.bool_]
    groups: NDArray[Any]
    properties: dict[str, NDArray[np.float64]]
    is_inside: NDArray[np.bool_]
    n_labels: int
    n_expected: float


def compared_map(
    peaks: NDArray[np.float64],
    labels: NDArray[np.float64],
    read: Callable[[], Micrograph],
    *,
    radius: float,
    match_radius: float,
    number: int,
    fold: int = 0,
    counts: bool = True,
) -> ComparedMap:
    """Return what is compared of one score map.

    Parameters
    ----------
    peaks : ndarray of shape (n, 3)
        All peaks, ``x, y, score`` in pixels of the original.
    labels : ndarray of shape (m, 2)
        The labelled particles in the part of the micrograph that the map shows.
    read : callable
        ``read()`` returns the normalised micrograph. It is called if there are labels.
    radius, match_radius : float
        As the parameters of a `PeakExtractor`, in pixels of the original.
    number : int
        The number of the micrograph; several maps may show a part of it each.
    fold, counts : object
        As the attributes of a `ComparedMap`.
    """
    is_labelled, properties = np.full(len(peaks), False), {}
    is_inside = is_labelled
    if len(labels):
        is_labelled, _ = match_coordinates(labels, peaks, match_radius)
        properties = pick_properties(read(), peaks[:, :2], radius)
        is_inside = properties["distance from the edges"] >= EDGE * radius
    return ComparedMap(
        fold,
        counts,
        peaks[:, 2],
        is_labelled,
        np.full(len(peaks), number),
        properties,
        is_inside,
        len(labels),
    )


def picks_of_maps(
    maps: Sequence[ComparedMap], n_expected: float
) -> ComparedPicks | None:
    """Return the peaks of all maps that have labels, or None if none has.

    Labels of only some micrographs are compared with the particles of these alone.
    These hold as many of the expected particles as they hold of the highest peaks.

    Parameters
    ----------
    maps : sequence of ComparedMap
        The maps.
    n_expected : float
        The number of particles on the micrographs that count.
    """
    pairs = list(zip(maps, heights_in_folds(maps), strict=True))
    of_sample = np.concatenate([np.empty(0), *(h for one, h in pairs if one.counts)])
    labelled = [(one, heights) for one, heights in pairs if one.n_labels]
    n_kept = min(round(n_expected), len(of_sample))
    if not labelled or n_kept < 1:
        return None
    lowest = np.sort(of_sample)[-n_kept]
    heights = np.concatenate([heights for _, heights in labelled])
    names = labelled[0][0].properties
    return ComparedPicks(
        heights,
        np.concatenate([one.is_labelled for one, _ in labelled]),
        np.concatenate([one.groups for one, _ in labelled]),
        {n: np.concatenate([one.properties[n] for one, _ in labelled]) for n in names},
        np.concatenate([one.is_inside for one, _ in labelled]),
        sum(one.n_labels for one, _ in labelled),
        float(np.sum(heights >= lowest)),
    )


def heights_in_folds(maps: Sequence[ComparedMap]) -> list[NDArray[np.float64]]:
    """Return the share of the peaks of its fold that are below each peak, by map."""
    scores = {
        fold: np.sort(np.concatenate([one.scores for one in maps if one.fold == fold]))
        for fold in {one.fold for one in maps}
    }
    return [
        np.searchsorted(scores[one.fold], one.scores) / max(len(scores[one.fold]), 1)
        for one in maps
    ]
