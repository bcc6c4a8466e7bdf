"""What training micrographs tell about every threshold."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.peaks._extracted_peaks import (
    ExtractedPeaks,
    particles_of_maps,
    with_one_radius,
)
from pusklearn.micrographs.peaks._match_scores import match_scores


class PeakEvidence(NamedTuple):
    """What every rule of a threshold needs to know of the training micrographs.

    Attributes
    ----------
    peak_scores : ndarray of float64
        The scores of all peaks, in descending order.
    match_scores : ndarray of float64 or None
        The scores at which one more labelled particle is matched, in descending order;
        None without labels.
    n_labels : int or None
        The number of labelled particles; None without labels.
    n_micrographs : int
        The number of score maps that have a pixel that is not missing.
    n_expected : float or None
        The number of particles expected in these maps together; None if it is not
        known.
    """

    peak_scores: NDArray[np.float64]
    match_scores: NDArray[np.float64] | None
    n_labels: int | None
    n_micrographs: int
    n_expected: float | None


def gather_evidence(
    extracted: Sequence[ExtractedPeaks], labels: Sequence[NDArray] | None
) -> PeakEvidence:
    """Return what all peaks of the training maps tell.

    Parameters
    ----------
    extracted : sequence of ExtractedPeaks
        All peaks of each map.
    labels : sequence of ndarray of shape (m, 2) or None
        Labelled particles of each map, in pixels of the original micrograph. Those on
        missing pixels are left out, and so are clicks on a particle that has one.
    """
    scores = np.concatenate([one.picks[:, 2] for one in extracted])
    there = [one for one in extracted if one.is_there]
    told = [one.n_expected for one in there if one.n_expected is not None]
    evidence = PeakEvidence(
        np.sort(scores)[::-1].copy(),
        None,
        None,
        len(there),
        sum(told) if told and len(told) == len(there) else None,
    )
    if labels is None:
        return evidence
    particles = particles_of_maps(labels, extracted)
    particles, peaks, radius = with_one_radius(particles, extracted)
    return evidence._replace(
        match_scores=match_scores(peaks, particles, radius),
        n_labels=sum(map(len, particles)),
    )
