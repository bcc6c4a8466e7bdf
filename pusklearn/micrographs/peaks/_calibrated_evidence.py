"""Evidence of peaks whose scores are log-odds."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.peaks._extracted_peaks import (
    ExtractedPeaks,
    particles_of_maps,
    with_one_radius,
)
from pusklearn.micrographs.peaks._held_out_peaks import FoldPeaks
from pusklearn.micrographs.peaks._learn_calibration import Evidence, learn_calibration
from pusklearn.micrographs.peaks._match_scores import match_scores
from pusklearn.micrographs.peaks._particle_count import ParticleCount
from pusklearn.micrographs.peaks._peak_evidence import PeakEvidence
from pusklearn.micrographs.peaks._pick_calibration import PickCalibration
from pusklearn.micrographs.peaks._training_maps import HeldOutMaps
from pusklearn.pu._warn_caller import warn_caller


class Calibrated(NamedTuple):
    """What peaks tell once their scores are log-odds.

    Attributes
    ----------
    calibration : PickCalibration or None
        The map from raw scores; None if they cannot be calibrated.
    evidence : PeakEvidence
        What the peaks tell, with log-odds as scores.
    n_particles : ParticleCount or None
        The number of particles in all training maps, if it was estimated.
    """

    calibration: PickCalibration | None
    evidence: PeakEvidence
    n_particles: ParticleCount | None


def calibrate(
    evidence: PeakEvidence,
    held_out: HeldOutMaps | None,
    extracted: Sequence[ExtractedPeaks],
    known: float | None,
) -> Calibrated:
    """Calibrate the scores of peaks by held-out maps, if there are any.

    Parameters
    ----------
    evidence : PeakEvidence
        What the peaks of the training maps tell.
    held_out : HeldOutMaps or None
        Maps by classifiers that have not learnt from these micrographs.
    extracted : sequence of ExtractedPeaks
        The peaks of these maps.
    known : float or None
        The number of particles in all training maps, if it was given.

    Warns
    -----
    UserWarning
        If there are held-out maps, but they or the training maps have no peak.
    """
    labels = evidence.match_scores
    if held_out is None or labels is None:
        return Calibrated(None, evidence, None)
    if known is None and held_out.number_is_known:
        known = evidence.n_expected
    folds = peaks_of_folds(held_out, extracted)
    n_held_out = sum(len(fold.scores) for fold in folds)
    if not (n_held_out and len(evidence.peak_scores)):
        warn_caller(
            "Scores are not calibrated, so they are no log-odds of picks: the score "
            f"maps of the training have {len(evidence.peak_scores)} peaks, and those "
            f"of held-out micrographs have {n_held_out}. A classifier whose scores are "
            "the same everywhere gives no peaks. Take another one, or give "
            "calibrate=False."
        )
        return Calibrated(None, evidence, None)
    calibration, count = learn_calibration(
        Evidence(evidence.peak_scores, labels, evidence.n_labels or 0, folds),
        known,
        evidence.n_micrographs / held_out.n_micrographs,
        np.random.default_rng(0),  # the same data give the same intervals
    )
    evidence = evidence._replace(
        peak_scores=calibration(evidence.peak_scores),
        match_scores=calibration(labels),
        n_expected=count.number,
    )
    return Calibrated(calibration, evidence, None if known is not None else count)


def peaks_of_folds(
    held_out: HeldOutMaps, extracted: Sequence[ExtractedPeaks]
) -> list[FoldPeaks]:
    """Return the peaks of each fold, and what of them labelled particles found."""
    particles = particles_of_maps(held_out.labels, extracted)
    particles, peaks, radius = with_one_radius(particles, extracted)
    return [
        peaks_of_fold(
            [row for row, of in enumerate(held_out.folds) if of == fold],
            held_out.counts,
            particles,
            peaks,
            radius,
        )
        for fold in sorted(set(held_out.folds))
    ]


def peaks_of_fold(
    rows: Sequence[int],
    counts: Sequence[bool],
    particles: Sequence[NDArray],
    peaks: Sequence[NDArray],
    radius: float,
) -> FoldPeaks:
    """Return the peaks of the maps of one fold, which are given by their rows."""
    scores = [peaks[row][:, 2] for row in rows if counts[row]]
    labels = [particles[row] for row in rows]
    return FoldPeaks(
        np.concatenate([np.empty(0), *scores]),
        match_scores([peaks[row] for row in rows], labels, radius),
        sum(map(len, labels)),
    )
