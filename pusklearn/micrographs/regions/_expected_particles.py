"""The number of particles that a prior says to expect in micrographs."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pusklearn.micrographs.images._discs import disc
from pusklearn.micrographs.images._gaps import Gaps
from pusklearn.micrographs.images._lengths import in_angstrom, original_pixels
from pusklearn.micrographs.images._micrograph import Micrograph, length_in_pixels
from pusklearn.pu._inner_estimators import estimator_with_prior


def known_prior(classifier: Any) -> tuple[float | None, tuple[float, float] | None]:
    """Return the prior of a fitted classifier, and the interval if it is estimated.

    The classifier may wrap another one, whose prior it has then. A prior is not known
    if the unlabeled samples were taken for negatives.

    Parameters
    ----------
    classifier : classifier
        The fitted classifier.

    Returns
    -------
    prior : float or None
    interval : tuple of float or None
    """
    with_prior = estimator_with_prior(classifier)
    prior = getattr(with_prior, "prior_", None)
    if prior is None or getattr(with_prior, "unlabeled_prior_", None) == 0:
        return None, None
    return prior, getattr(with_prior, "prior_interval_", None)


def places_for_particles(
    micrograph: Micrograph, n_pixels: int, label_radius: float | str
) -> float | None:
    """Return how many particles a micrograph would hold if the prior were 1.

    A particle takes the pixels within the label radius of it.

    Parameters
    ----------
    micrograph : Micrograph
        The micrograph.
    n_pixels : int
        The number of its pixels that are not missing.
    label_radius : float or str
        The label radius.

    Returns
    -------
    float or None
        None if the radius is in angstrom and the micrograph has no pixel size.
    """
    if in_angstrom(label_radius) and micrograph.pixel_size is None:
        return None
    radius = original_pixels(label_radius, micrograph, "label_radius")
    return n_pixels / len(disc(length_in_pixels(radius, micrograph)))


def expect_particles(
    scores: Micrograph, prior: float | None, label_radius: float | str
) -> Micrograph:
    """Let a score map know how many particles are expected in it, and return it.

    Parameters
    ----------
    scores : Micrograph
        The score map, which is NaN at missing pixels.
    prior : float or None
        The share of pixels within the label radius of a particle; None if it is not
        known.
    label_radius : float or str
        The label radius.
    """
    if prior is not None:
        n_pixels = int(np.count_nonzero(~np.isnan(scores)))
        places = places_for_particles(scores, n_pixels, label_radius)
        scores._n_expected = None if places is None else prior * places
    return scores


def mean_places(
    micrographs: Sequence[Micrograph], all_gaps: Sequence[Gaps], label_radius: Any
) -> float:
    """Return the mean of `places_for_particles` over the micrographs that are there."""
    return float(
        np.mean(
            [
                places_for_particles(micrograph, gaps.n_there, label_radius)
                for micrograph, gaps in zip(micrographs, all_gaps, strict=True)
                if gaps.n_there
            ]
        )
    )
