"""Peaks of micrographs that were not learnt from, to compare labels with."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._lengths import original_pixels
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
    number : int
        The number of the micrograph. Several maps may show a part of it each.
    fold : int
        The number of the classifier that the scores come from.
    counts : bool
        Whether the micrograph belongs to a random sample of all.
    peaks : ndarray of shape (n, 3)
        All peaks, ``x, y, score`` in pixels of the original.
    labels : ndarray of shape (m, 2)
        The labelled particles in the part of the micrograph that the map shows.
    match_radius : float
        A peak within this distance of a labelled particle, in pixels of the original,
        is that particle.
    read : callable
        ``read()`` returns the normalised micrograph. It is called if there are labels.
    """

    number: int
    fold: int
    counts: bool
    peaks: NDArray[np.float64]
    labels: NDArray[np.float64]
    match_radius: float
    read: Callable[[], Micrograph]


class ComparedPicks(NamedTuple):
    """The highest peaks of all micrographs that have labels, as many as particles.

    Attributes
    ----------
    heights : ndarray of float64 of shape (n,)
        How high each peak stands, comparable between all micrographs.
    is_labelled : ndarray of bool of shape (n,)
        Whether the peak is a labelled particle.
    groups : ndarray of int of shape (n,)
        The number of the micrograph of each peak.
    properties : dict of str to ndarray of shape (n,)
        What a peak looks like and where it lies, see `pick_properties`.
    is_inside : ndarray of bool of shape (n,)
        Whether the peak is so far from the edges that nobody leaves it out for them.
    n_labels : int
        The number of labelled particles, found or not.
    """

    heights: NDArray[np.float64]
    is_labelled: NDArray[np.bool_]
    groups: NDArray[Any]
    properties: dict[str, NDArray[np.float64]]
    is_inside: NDArray[np.bool_]
    n_labels: int


def picks_of_maps(
    maps: Sequence[ComparedMap], n_expected: float, radius: float | str
) -> ComparedPicks | None:
    """Return the highest peaks of all maps that have labels, or None if none has.

    As many peaks as particles are expected are the highest. Labels of only some
    micrographs are compared with the highest peaks of these alone.

    Parameters
    ----------
    maps : sequence of ComparedMap
        The maps.
    n_expected : float
        The number of particles on the micrographs that count.
    radius : float or str
        About the radius of a particle, as the parameter of a `PeakExtractor`.
    """
    pairs = list(zip(maps, heights_in_folds(maps), strict=True))
    of_sample = np.concatenate([np.empty(0), *(h for one, h in pairs if one.counts)])
    of_sample = np.sort(of_sample)[::-1]
    pairs = [(one, heights) for one, heights in pairs if len(one.labels)]
    n_kept = min(round(n_expected), len(of_sample))
    if not pairs or n_kept < 1:
        return None
    lowest = of_sample[n_kept - 1]
    parts = [highest_peaks(one, heights, lowest, radius) for one, heights in pairs]
    columns = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
    names = ("heights", "is_labelled", "groups", "is_inside")
    heights, is_labelled, groups, is_inside = (columns.pop(name) for name in names)
    return ComparedPicks(
        heights,
        is_labelled,
        groups,
        columns,
        is_inside,
        sum(len(one.labels) for one, _ in pairs),
    )


def highest_peaks(
    one: ComparedMap,
    heights: NDArray[np.float64],
    lowest: float,
    radius: float | str,
) -> dict[str, NDArray[Any]]:
    """Return what is known of the peaks of a map that stand at least so high."""
    is_labelled, _ = match_coordinates(one.labels, one.peaks, one.match_radius)
    kept = heights >= lowest
    micrograph = one.read()
    pixels = original_pixels(radius, micrograph, "radius")
    properties = pick_properties(micrograph, one.peaks[kept, :2], pixels)
    return {
        "heights": heights[kept],
        "is_labelled": is_labelled[kept],
        "groups": np.full(kept.sum(), one.number),
        "is_inside": properties["distance from the edges"] >= EDGE * pixels,
        **properties,
    }


def heights_in_folds(maps: Sequence[ComparedMap]) -> list[NDArray[np.float64]]:
    """Return the share of the peaks of its fold that are below each peak, by map."""
    scores = {
        fold: np.sort(np.concatenate([o.peaks[:, 2] for o in maps if o.fold == fold]))
        for fold in {one.fold for one in maps}
    }
    return [
        np.searchsorted(scores[one.fold], one.peaks[:, 2])
        / max(len(scores[one.fold]), 1)
        for one in maps
    ]
