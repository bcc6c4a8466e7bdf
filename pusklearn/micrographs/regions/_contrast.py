"""Whether particles are dark or light, and whether new micrographs are the other way.

Places that look like particles are rare in a micrograph, and places that look like the
negative of a particle are rarer still. So the similarity to a particle, over random
places, has a long tail on one side; in an inverted micrograph it is on the other one.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.regions._label_evidence import (
    DEVIATION_PER_MAD,
    MOST_DEVIATIONS,
    is_clear,
    label_evidence,
)
from pusklearn.micrographs.regions._label_sample import sample_labels
from pusklearn.micrographs.regions._ring_features import (
    LEAST_RADIUS,
    N_MEANS,
    random_places,
    ring_features,
)

MOST_LABELS = 100
MOST_MICROGRAPHS = 3
N_PLACES = 1500
FEWEST_PLACES = 200
# Training micrographs with a shorter tail than this do not tell the contrast.
LEAST_SKEWNESS = 0.25
# An inverted micrograph has at least this share of the tail, on the other side.
LEAST_SHARE = 0.5
# Places most like a particle that the classifier is asked about, and how many standard
# errors the scores of the negative must be above those of the micrograph.
N_SCORED = 50
LEAST_DEVIATIONS = 2.3

Scores = Callable[[Sequence[Micrograph], Sequence[NDArray]], NDArray]


class Contrast(NamedTuple):
    """How the particles that a classifier has learnt differ from the background.

    Attributes
    ----------
    grey : float
        The mean grey value of the labelled particles less that of their surroundings:
        negative if they are dark, positive if they are light.
    direction : ndarray of shape (5,)
        The weights of the grey values of rings that tell particles best.
    skewness : float
        The skewness of the similarity to a particle in the training micrographs.
    radius : int
        Radius of a region, in pixels of the micrographs.
    """

    grey: float
    direction: NDArray[np.float64]
    skewness: float
    radius: int


def learn_contrast(
    micrographs: Sequence[Micrograph],
    coordinates: Sequence[NDArray],
    region_size: int,
) -> Contrast | None:
    """Learn how labelled particles differ from the background.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The normalised micrographs.
    coordinates : sequence of ndarray of shape (k, 2)
        The labels of each, ``x, y`` in pixels of the original.
    region_size : int
        Edge of a region, in pixels of the micrographs.

    Returns
    -------
    Contrast or None
        None if the labels or the micrographs do not tell. At most 100 labels and 3
        micrographs are looked at.
    """
    radius, rng = region_size // 2, np.random.default_rng(0)
    if radius < LEAST_RADIUS:
        return None
    sample = sample_labels(micrographs, coordinates, MOST_LABELS, rng)
    evidence = label_evidence(sample.micrographs, sample.points, radius, rng)
    if not is_clear(evidence):
        return None
    direction = evidence.direction[:N_MEANS]
    order = np.argsort([-len(xy) for xy in sample.points], kind="stable")
    chosen = [sample.micrographs[i] for i in order[:MOST_MICROGRAPHS]]
    n_places = N_PLACES // len(chosen)
    skews = [skewness(similarity(m, direction, radius, n_places)[1]) for m in chosen]
    skew = float(np.mean(skews))
    if skew < LEAST_SKEWNESS:
        return None
    return Contrast(evidence.grey, direction, skew, radius)


def is_inverted(micrograph: Micrograph, contrast: Contrast, scores_at: Scores) -> bool:
    """Tell whether particles of a micrograph have the other contrast than in training.

    Parameters
    ----------
    micrograph : Micrograph
        The normalised micrograph.
    contrast : Contrast
        The contrast in training.
    scores_at : callable
        ``scores_at(micrographs, points)`` returns the scores that the trained
        classifier gives to the regions around points, in one array. It is asked only if
        the grey values alone say that the micrograph may be inverted.
    """
    places, similar = similarity(micrograph, contrast.direction, contrast.radius)
    if skewness(similar) > -LEAST_SHARE * contrast.skewness:
        return False
    order = np.argsort(similar)
    like_particle, like_negative = places[order[-N_SCORED:]], places[order[:N_SCORED]]
    scores = scores_at([micrograph, -micrograph], [like_particle, like_negative])
    as_given, negative = scores[:N_SCORED], scores[N_SCORED:]
    error = np.sqrt((as_given.var() + negative.var()) / N_SCORED) + 1e-6
    return bool(negative.mean() - as_given.mean() > LEAST_DEVIATIONS * error)


def similarity(
    micrograph: Micrograph,
    direction: NDArray[np.float64],
    radius: int,
    n_places: int = N_PLACES,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return random places of a micrograph, and how much like a particle each looks.

    The places are the same for every micrograph of one shape; those whose surroundings
    are missing are left out.
    """
    rng = np.random.default_rng(0)
    places = random_places(micrograph.shape, n_places, rng)
    similar = ring_features(micrograph, places, radius)[:, :N_MEANS] @ direction
    known = np.isfinite(similar)
    return places[known], similar[known]


def skewness(values: NDArray[np.float64]) -> float:
    """Return the skewness of values that are bounded to 6 deviations.

    It is 0 for fewer than 200 values, which say too little.
    """
    if len(values) < FEWEST_PLACES:
        return 0.0
    middle = np.median(values)
    deviation = DEVIATION_PER_MAD * np.median(np.abs(values - middle)) + 1e-12
    values = np.clip((values - middle) / deviation, -MOST_DEVIATIONS, MOST_DEVIATIONS)
    values -= values.mean()
    return float((values**3).mean() / (np.square(values).mean() + 1e-12) ** 1.5)
