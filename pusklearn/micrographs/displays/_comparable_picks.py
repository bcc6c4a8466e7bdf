"""Peaks of a picker beside all particles, ready to be matched."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._gaps import find_gaps
from pusklearn.micrographs.images._lengths import original_pixels
from pusklearn.micrographs.peaks._extracted_peaks import (
    ExtractedPeaks,
    particles_of_maps,
    with_one_radius,
)


def comparable_picks(
    extract: Any,
    maps: Sequence,
    peaks: Sequence[NDArray] | NDArray[np.object_],
    particles: Sequence[NDArray],
) -> tuple[list[NDArray], list[NDArray], float]:
    """Return particles, peaks and the radius by which ``PeakExtractor.score`` judges.

    Parameters
    ----------
    extract : PeakExtractor
        The extractor that has found the peaks.
    maps : sequence of Micrograph
        The score maps.
    peaks : sequence of ndarray of shape (k, 3)
        The peaks of each map.
    particles : sequence of ndarray of shape (m, 2)
        All particles of each micrograph. Those on missing pixels are left out, and
        clicks on the same particle count once.

    Returns
    -------
    particles : list of ndarray of shape (m, 2)
        The particles of each micrograph.
    peaks : list of ndarray of shape (k, 3)
        The peaks of each micrograph, in the unit of the particles.
    radius : float
        The match radius, in the same unit.
    """
    name = "radius" if extract.match_radius is None else "match_radius"
    length = getattr(extract, name)
    extracted = [
        ExtractedPeaks(points, find_gaps(one), original_pixels(length, one, name))
        for one, points in zip(maps, peaks, strict=True)
    ]
    there = particles_of_maps(particles, extracted)
    return with_one_radius(there, extracted)
