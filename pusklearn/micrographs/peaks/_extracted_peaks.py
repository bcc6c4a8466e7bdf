"""The peaks of one score map, and what is needed to judge them."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._check_coordinates import lies_inside
from pusklearn.micrographs.images._distinct_points import distinct_points
from pusklearn.micrographs.images._gaps import Gaps, find_gaps
from pusklearn.micrographs.images._particles_there import particles_there
from pusklearn.micrographs.images._stand_ins import blank_like, warn_of_unusable
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration
from pusklearn.micrographs.peaks._picks import Picks


class ExtractedPeaks(NamedTuple):
    """The peaks of one score map.

    Attributes
    ----------
    picks : ndarray of shape (k, 3)
        ``x, y, score`` of each peak, in pixels of the original micrograph.
    gaps : Gaps
        The missing pixels of the map.
    match_radius : float
        The match radius, in pixels of the original micrograph.
    n_expected : float or None, default=None
        The number of particles expected in the map; None if it is not known.
    name : str or None, default=None
        The name of the micrograph.
    """

    picks: NDArray[np.float64]
    gaps: Gaps
    match_radius: float
    n_expected: float | None = None
    name: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether the map has any pixel that is not missing."""
        return self.gaps.n_there > 0


def no_peaks(source: Any, label: str, error: Exception) -> ExtractedPeaks:
    """Warn of a score map that cannot be used, and return that it has no peaks."""
    warn_of_unusable(label, error)
    return ExtractedPeaks(
        np.empty((0, 3)),
        find_gaps(blank_like(source)),
        np.nan,
        name=getattr(source, "name", None),
    )


def picks_above(
    extracted: Sequence[ExtractedPeaks],
    threshold: float = -np.inf,
    calibration: PickCalibration | None = None,
) -> Picks:
    """Return the picks of each map that have a greater score than a threshold.

    The calibration, if there is one, makes log-odds of raw scores first.
    """
    picks = [one.picks for one in extracted]
    if calibration is not None:
        picks = [np.c_[points[:, :2], calibration(points[:, 2])] for points in picks]
    if threshold != -np.inf:
        picks = [points[points[:, 2] > threshold] for points in picks]
    names = [one.name for one in extracted]
    return Picks(picks, names, is_calibrated=calibration is not None)


def labels_inside(
    labels: Sequence[NDArray], extracted: Sequence[ExtractedPeaks]
) -> list[NDArray]:
    """Return the labelled particles that lie inside their micrographs."""
    return [
        points[lies_inside(points[:, :2], one.gaps.shape, one.gaps.scale)]
        for points, one in zip(labels, extracted, strict=True)
    ]


def particles_of_maps(
    particles: Sequence[NDArray], extracted: Sequence[ExtractedPeaks]
) -> list[NDArray]:
    """Return the particles that peaks of the maps can match.

    Particles on missing pixels are left out. Clicks that are nearer to each other than
    a third of the match radius are one particle.
    """
    distinct = [
        distinct_points(points, one.match_radius / 3) if one.is_there else points
        for points, one in zip(particles, extracted, strict=True)
    ]
    return particles_there(distinct, [one.gaps for one in extracted])


def with_one_radius(
    particles: Sequence[NDArray], extracted: Sequence[ExtractedPeaks]
) -> tuple[list[NDArray], list[NDArray], float]:
    """Return particles and picks in units in which all maps have one match radius.

    The radius differs if it is given in angstrom and the pixel sizes differ. Otherwise
    the unit is a pixel, and nothing is changed.

    Returns
    -------
    particles : list of ndarray of shape (m, 2)
    picks : list of ndarray of shape (k, 3)
    radius : float
    """
    picks = [one.picks for one in extracted]
    radii = [one.match_radius for one in extracted if one.is_there]
    radius = max(radii, default=1.0)
    if min(radii, default=1.0) == radius:
        return list(particles), picks, radius
    factors = [radius / one.match_radius if one.is_there else 1.0 for one in extracted]
    return (
        [points * factor for points, factor in zip(particles, factors, strict=True)],
        [points * [f, f, 1] for points, f in zip(picks, factors, strict=True)],
        radius,
    )
