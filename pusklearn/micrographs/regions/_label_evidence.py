"""How far labelled places differ from the places around them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.regions._ring_features import (
    N_FEATURES,
    N_INNER,
    places_around,
    ring_features,
)

# Places around each label that it is compared with.
N_AROUND = 3
# Features count up to this many deviations: a few aggregates must not decide.
MOST_DEVIATIONS = 6.0
DEVIATION_PER_MAD = 1.4826
FEWEST_LABELS = 3
# Labels of this strength and distance lie on something.
CLEAR_STRENGTH, CLEAR_DISTANCE = 8.0, 1.2


class LabelEvidence(NamedTuple):
    """What tells labelled places from those around them.

    Attributes
    ----------
    n_labels : int
        The labels that were compared.
    strength : float
        Hotelling's statistic over the number of features: about 1 for labels anywhere.
    distance : float
        Mahalanobis distance of the mean label from the mean place around it, less what
        chance gives: about 0 for labels anywhere, 1.5 and more for particles.
    direction : ndarray of shape (7,)
        The weights of the features, over their deviations, that tell labels best.
    grey : float
        How much brighter the inner rings are than the outermost one, at labels more
        than around them.
    """

    n_labels: int
    strength: float
    distance: float
    direction: NDArray[np.float64]
    grey: float

    @property
    def greatest_distance(self) -> float:
        """The distance that labels have at most, with 2 standard errors."""
        square = self.strength * N_FEATURES
        excess = square - N_FEATURES + 2 * np.sqrt(2 * N_FEATURES + 4 * square)
        return float(np.sqrt(max(excess, 0) / self.n_labels))


NOTHING = LabelEvidence(0, 0.0, 0.0, np.zeros(N_FEATURES), 0.0)


def label_evidence(
    micrographs: Sequence[NDArray],
    points: Sequence[NDArray],
    radius: int,
    rng: np.random.Generator,
) -> LabelEvidence:
    """Compare labelled places with the places around them.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The normalised micrographs.
    points : sequence of ndarray of shape (k, 2)
        The labels of each, ``x, y`` in pixels of the micrographs given here.
    radius : int
        Radius of a region, in pixels of the micrographs given here.
    rng : numpy.random.Generator
        Draws the places around the labels.

    Returns
    -------
    LabelEvidence
        It has 0 labels if fewer than 3 can be compared.
    """
    labels = features_at(micrographs, points, radius)
    return compare(labels, features_around(micrographs, points, radius, rng))


def features_at(
    micrographs: Sequence[NDArray], points: Sequence[NDArray], radius: int
) -> NDArray[np.float64]:
    """Return the features of all labels, shape (n, 7)."""
    return np.concatenate(
        [
            ring_features(m, xy, radius)
            for m, xy in zip(micrographs, points, strict=True)
        ]
    )


def features_around(
    micrographs: Sequence[NDArray],
    points: Sequence[NDArray],
    radius: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Return the features of 3 places around each label, shape (n, 3, 7)."""
    places = [
        places_around(xy, radius, m.shape, N_AROUND, rng)
        for m, xy in zip(micrographs, points, strict=True)
    ]
    return features_at(micrographs, places, radius).reshape(-1, N_AROUND, N_FEATURES)


def compare(labels: NDArray[np.float64], around: NDArray[np.float64]) -> LabelEvidence:
    """Compare the features of labels (n, 7) with those around each (n, 3, 7).

    A label counts if its own features and those of one place around it are known. For
    labels that are all compared with the same places, these have shape (1, m, 7).
    """
    nearby = np.any(np.isfinite(around[:, :, 0]), axis=1)
    known = np.isfinite(labels[:, 0]) & nearby
    labels, around = labels[known], around[nearby if len(nearby) == 1 else known]
    n = len(labels)
    if n < FEWEST_LABELS:
        return NOTHING
    background = around[np.isfinite(around[:, :, 0])]
    middle, deviation = middle_and_deviation(background)
    in_deviations = bounded((background - middle) / deviation)
    covariance = np.cov(in_deviations.T) + 0.05 * np.eye(N_FEATURES)
    nearby = np.nanmean(bounded((around - middle) / deviation), axis=1)
    mean = (bounded((labels - middle) / deviation) - nearby).mean(axis=0)
    direction = np.linalg.solve(covariance, mean)
    square, per_label = mean @ direction, 1 + 1 / N_AROUND
    chance = N_FEATURES * per_label / n
    return LabelEvidence(
        n,
        float(n * square / per_label / N_FEATURES),
        float(np.sqrt(max(square - chance, 0))),
        direction / deviation,
        float(labels[:, :N_INNER].mean() - background[:, :N_INNER].mean()),
    )


def is_clear(evidence: LabelEvidence) -> bool:
    """Tell whether labels lie on something."""
    return evidence.strength >= CLEAR_STRENGTH and evidence.distance >= CLEAR_DISTANCE


def bounded(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Bound features, in deviations, to at most 6."""
    return np.clip(features, -MOST_DEVIATIONS, MOST_DEVIATIONS)


def middle_and_deviation(
    features: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the median of each feature, and its deviation by the median deviation."""
    middle = np.median(features, axis=0)
    deviation = DEVIATION_PER_MAD * np.median(np.abs(features - middle), axis=0)
    return middle, deviation + 1e-6
