"""The number of particles that a `RegionScorer` is given, or estimates."""

from collections.abc import Sequence
from inspect import signature
from typing import Any

from numpy.typing import NDArray
from sklearn.base import clone

from pusklearn.micrographs.peaks._training_maps import HeldOutMaps
from pusklearn.micrographs.regions._cross_fit import CrossFit, cross_fit
from pusklearn.micrographs.regions._prior_of_count import prior_of_count
from pusklearn.micrographs.regions._tiled_regions import TiledRegions
from pusklearn.pu._warn_caller import warn_caller
from pusklearn.pu.network._known_negatives import NO_ROWS

ESTIMATE = "estimate"


def is_estimated(count: Any) -> bool:
    """Tell whether `particles_per_micrograph` asks for an estimate."""
    return isinstance(count, str) and count == ESTIMATE


def sets_prior(classifier: Any) -> bool:
    """Tell whether an estimate sets the prior of a classifier that has none yet."""
    parameters = classifier.get_params(deep=False)
    if "prior" not in parameters:
        return False
    usual = signature(type(classifier)).parameters["prior"].default
    return parameters["prior"] is None or parameters["prior"] == usual


def asks_for_prior(classifier: Any) -> bool:
    """Tell whether a classifier estimates its prior itself."""
    return is_estimated(classifier.get_params(deep=False).get("prior"))


def given_prior(
    scorer: Any, regions: TiledRegions, coordinates: Sequence[NDArray]
) -> float | None:
    """Return the prior of a number of particles that was given, or None."""
    count = scorer.particles_per_micrograph
    if count is None or is_estimated(count):
        return None
    return prior_of_count(count, regions, coordinates, scorer.label_radius)


def cross_fit_of(
    scorer: Any,
    regions: TiledRegions,
    labels: Any,
    prior: float | None,
    known_negative: Any = None,
) -> CrossFit | None:
    """Hold out micrographs of a fit, if the number or the calibration needs it.

    Parameters
    ----------
    scorer : RegionScorer
        The scorer, with its parameters checked.
    regions : TiledRegions
        The regions.
    labels : array or sparse array
        Their labels.
    prior : float or None
        The prior that was given as a number of particles.
    known_negative : array, sparse array or None, default=None
        Which regions are known to hold no particle.

    Returns
    -------
    CrossFit or None
        None if nothing needs it, or no labelled particle can be held out.

    Warns
    -----
    UserWarning
        If no labelled particle can be held out.
    """
    estimates = is_estimated(scorer.particles_per_micrograph)
    if not (estimates or scorer.calibrate):
        return None
    classifier = clone(scorer.classifier)
    if prior is not None:
        classifier.set_params(prior=prior)
    # The rows of a sparse column, and the places in an array.
    positives = labels.nonzero()[0]
    negatives = NO_ROWS if known_negative is None else known_negative.nonzero()[0]
    held_out = cross_fit(
        classifier,
        regions,
        positives,
        negatives,
        step=scorer.step,
        turns=scorer.turns,
        guess_prior=(estimates and sets_prior(classifier))
        or asks_for_prior(classifier),
        verbose=scorer._bar("") is not None,
    )
    if held_out is None:
        what = []
        if estimates:
            what.append("the number of particles is not estimated")
        if scorer.calibrate:
            what.append("scores are not calibrated, so they are no log-odds of picks")
        warn_caller(
            "Fewer than 2 particles are labelled, or all lie in one row of a single "
            "micrograph, so none can be held out: "
            f"{', and '.join(what)}. Label more particles, or give "
            "`particles_per_micrograph` as a number or None, and calibrate=False."
        )
    return held_out


def held_out_maps(
    held_out: CrossFit | None,
    scorer: Any,
    coordinates: Sequence[NDArray],
    rows: Sequence[int],
) -> HeldOutMaps | None:
    """Return what a `PeakExtractor` learns from, if scores are to be calibrated.

    Parameters
    ----------
    held_out : CrossFit or None
        What was held out.
    scorer : RegionScorer
        The scorer, which knows what number of particles it expects.
    coordinates : sequence of ndarray of shape (k, 2)
        The labelled particles of each micrograph of the fit.
    rows : sequence of int
        The number of each micrograph of the fit among all that were given.
    """
    if held_out is None or not scorer.calibrate:
        return None
    return HeldOutMaps(
        held_out.maps,
        [rows[row.band.number] for row in held_out.bands],
        [row.fold for row in held_out.bands],
        [row.counts for row in held_out.bands],
        [coordinates[row.band.number] for row in held_out.bands],
        held_out.n_micrographs,
        # Neither an estimate nor a classifier that has estimated its prior knows it.
        scorer.particles_per_micrograph_interval_ is None,
    )
