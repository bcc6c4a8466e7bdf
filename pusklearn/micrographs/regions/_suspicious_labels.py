"""A warning if labels do not lie on particles."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.regions._find_suspicion import find_suspicion
from pusklearn.micrographs.regions._label_sample import LabelSample
from pusklearn.micrographs.regions._label_transforms import LabelTransform
from pusklearn.micrographs.regions._ring_features import places_around
from pusklearn.pu._warn_caller import warn_caller

# If no transform is known, labels are right if the classifier finds more than this
# share of them.
MOST_FOUND = 0.35
# A label is found if its score is above those of this share of the places around.
FOUND_ABOVE = 0.9

Scores = Callable[[Sequence[Micrograph], Sequence[NDArray]], NDArray]


def warn_of_suspicious_labels(
    micrographs: Sequence[Micrograph],
    coordinates: Sequence[NDArray],
    region_size: int,
    scores_at: Scores,
) -> None:
    """Warn if labels do not lie on particles, and say what puts them right.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The normalised micrographs.
    coordinates : sequence of ndarray of shape (k, 2)
        The labels of each, ``x, y`` in pixels of the original.
    region_size : int
        Edge of a region, in pixels of the micrographs.
    scores_at : callable
        ``scores_at(micrographs, points)`` returns the scores that the trained
        classifier gives to the regions around points, in one array; the points are in
        pixels of the micrographs.

    Warns
    -----
    UserWarning
        If the labels are suspicious. Up to 200 of them are looked at. If the noise is
        so strong, or the labels so few, that nothing can be known, nothing is said.
    """
    rng = np.random.default_rng(0)
    suspicion = find_suspicion(micrographs, coordinates, region_size // 2, rng)
    if suspicion is None:
        return
    found = is_found(suspicion.sample, region_size // 2, scores_at, rng)
    if suspicion.transform is None and found.mean() > MOST_FOUND:
        return
    warn_caller(message(suspicion.transform, found))


def is_found(
    sample: LabelSample,
    radius: int,
    scores_at: Scores,
    rng: np.random.Generator,
) -> NDArray[np.bool_]:
    """Tell which labels have a higher score than 90 % of the places around labels."""
    around = [
        places_around(xy, radius, m.shape, 1, rng)
        for m, xy in zip(sample.micrographs, sample.points, strict=True)
    ]
    threshold = np.quantile(scores_at(sample.micrographs, around), FOUND_ABOVE)
    return scores_at(sample.micrographs, sample.points) > threshold


def message(transform: LabelTransform | None, found: NDArray[np.bool_]) -> str:
    """Return the text of the warning."""
    text = (
        "The labels do not seem to lie on particles: of the "
        f"{len(found)} that were looked at, {found.sum()} look like what the "
        f"classifier has learnt, and {round((1 - FOUND_ABOVE) * len(found))} would by "
        "chance. "
    )
    if transform is None:
        text += (
            "Usual causes: y is counted from the bottom of the image, x and y are "
            "exchanged, the coordinates belong to binned or to other micrographs, or "
            "they are corners of boxes. None of these alone puts the labels right, so "
            "look at labels and micrographs together."
        )
    else:
        text += (
            f"They do if {transform.name}. Then fit with `coordinates = "
            f"{transform.code}`, in pixels of the original micrographs."
        )
    return (
        f"{text} If the labels are right, silence this with "
        '`warnings.filterwarnings("ignore", message="The labels do not seem")`.'
    )
