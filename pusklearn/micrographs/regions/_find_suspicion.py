"""Whether labels lie on what stands out in micrographs, or would after a transform."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.regions._label_evidence import (
    NOTHING,
    LabelEvidence,
    bounded,
    compare,
    features_around,
    features_at,
    is_clear,
    label_evidence,
    middle_and_deviation,
)
from pusklearn.micrographs.regions._label_order import other_orders
from pusklearn.micrographs.regions._label_sample import LabelSample, sample_labels
from pusklearn.micrographs.regions._label_shift import great_shift, small_shift
from pusklearn.micrographs.regions._label_transforms import (
    TRANSFORMS,
    LabelTransform,
    shift,
    transformed,
)
from pusklearn.micrographs.regions._ring_features import (
    LEAST_RADIUS,
    N_FEATURES,
    N_MEANS,
    random_places,
)

MOST_LABELS = 200
MOST_LABELS_SHIFTED = 64
FEWEST_LABELS = 8
# A transform fits if labels are so strong after it, and so many times as strong and as
# distant as before. With many labels, chance reaches the strength of a known transform
# once in 10**6, and that of the best of many once in 10**9. Few labels need more: this
# many labels need twice as much.
LEAST_STRENGTH, LEAST_STRENGTH_OF_BEST = 6.0, 8.5
LABELS_OF_TWICE = 8
LEAST_RATIO = 2.0
# Labels off by fewer radii than this are still on their particles.
LEAST_SHIFT = 0.6
# If none fits, labels of no greater distance than this lie on no particles, if the
# micrographs show some structure.
FEWEST_LABELS_ANYWHERE = 10
MOST_DISTANCE_ANYWHERE = 1.0
LEAST_SKEWNESS, LEAST_KURTOSIS = 0.25, 0.6
N_PLACES = 3000


class Suspicion(NamedTuple):
    """What is wrong with the labels.

    Attributes
    ----------
    sample : LabelSample
        The labels that were looked at.
    transform : LabelTransform or None
        What puts the labels right, if it is known.
    """

    sample: LabelSample
    transform: LabelTransform | None


def find_suspicion(
    micrographs: Sequence[Micrograph],
    coordinates: Sequence[NDArray],
    radius: int,
    rng: np.random.Generator,
) -> Suspicion | None:
    """Judge labels by the micrographs alone.

    Parameters
    ----------
    micrographs : sequence of Micrograph
        The normalised micrographs.
    coordinates : sequence of ndarray of shape (k, 2)
        The labels of each, ``x, y`` in pixels of the original.
    radius : int
        Radius of a region, in pixels of the micrographs.
    rng : numpy.random.Generator
        Draws the labels that are looked at, and the places that they are compared with.

    Returns
    -------
    Suspicion or None
        None if the labels lie on something, or nothing can be known.
    """
    if radius < LEAST_RADIUS:
        return None
    sample = sample_labels(micrographs, coordinates, MOST_LABELS, rng)
    given = label_evidence(sample.micrographs, sample.points, radius, rng)
    if given.n_labels < FEWEST_LABELS:
        return None
    # Labels beside particles differ from what is around them too.
    best = fitting_small_shift(sample, given, radius, rng)
    if best is None and is_clear(given):
        return None
    if best is None:
        others = candidates(sample, micrographs, coordinates, radius, rng)
        best = best_transform(others, sample, given, radius, rng)
    if best is None and not may_lie_anywhere(sample, given, radius, rng):
        return None
    return Suspicion(sample, best)


def fits(new: LabelEvidence, given: LabelEvidence, least_strength: float) -> bool:
    """Tell whether labels lie on something after a transform, but not before."""
    if new.n_labels < FEWEST_LABELS:
        return False
    least_strength *= 1 + LABELS_OF_TWICE / new.n_labels
    return (
        new.strength >= max(least_strength, LEAST_RATIO * given.strength)
        and new.distance >= LEAST_RATIO * given.distance
    )


def fitting_small_shift(
    sample: LabelSample,
    given: LabelEvidence,
    radius: int,
    rng: np.random.Generator,
) -> LabelTransform | None:
    """Return the shift by a few radii that puts the labels right, if there is one."""
    scale = common_scale(sample)
    if scale is None:
        return None
    share = min(1, MOST_LABELS_SHIFTED / sample.n_labels)
    some = sample._replace(
        points=[xy[: round(np.ceil(share * len(xy)))] for xy in sample.points]
    )
    best, before, after = small_shift(some, radius, rng)
    if np.hypot(*best) < LEAST_SHIFT * radius:
        return None
    if not fits(after, before, LEAST_STRENGTH_OF_BEST):
        return None
    transform = shift(*np.round(scale * np.array(best)))
    return best_transform(
        with_points(transform, sample, LEAST_STRENGTH_OF_BEST),
        sample,
        given,
        radius,
        rng,
    )


def common_scale(sample: LabelSample) -> float | None:
    """Return the scale of the micrographs, or None if they have several."""
    scales = {m.scale for m in sample.micrographs}
    return scales.pop() if len(scales) == 1 else None


Candidates = Iterator[tuple[LabelTransform, list[NDArray], float]]


def candidates(
    sample: LabelSample,
    micrographs: Sequence[Micrograph],
    coordinates: Sequence[NDArray],
    radius: int,
    rng: np.random.Generator,
) -> Candidates:
    """Yield transforms, the labels after them, and the strength that is asked of it."""
    for transform in TRANSFORMS:
        yield from with_points(transform, sample, LEAST_STRENGTH)
    for transform, points in other_orders(
        sample, micrographs, coordinates, radius, rng
    ):
        yield transform, points, LEAST_STRENGTH_OF_BEST
    scale = common_scale(sample)
    if scale is not None:
        dx, dy = great_shift(sample, radius)
        if np.hypot(dx, dy) >= LEAST_SHIFT * radius:
            transform = shift(round(scale * dx), round(scale * dy))
            yield from with_points(transform, sample, LEAST_STRENGTH_OF_BEST)


def with_points(
    transform: LabelTransform, sample: LabelSample, least_strength: float
) -> Candidates:
    """Yield a transform, the labels after it and a strength, if most stay inside."""
    points = transformed(transform, sample.micrographs, sample.points)
    if points is not None:
        yield transform, points, least_strength


def best_transform(
    others: Candidates,
    sample: LabelSample,
    given: LabelEvidence,
    radius: int,
    rng: np.random.Generator,
) -> LabelTransform | None:
    """Return the transform of the strongest evidence, if one fits."""
    best, best_evidence = None, NOTHING
    around = features_around(sample.micrographs, sample.points, radius, rng)
    for transform, points, least_strength in others:
        # Most are ruled out without looking at the places around the new points.
        features = features_at(sample.micrographs, points, radius)
        alone = compare(features, around.reshape(1, -1, N_FEATURES))
        if alone.strength < max(given.strength, best_evidence.strength):
            continue
        evidence = label_evidence(sample.micrographs, points, radius, rng)
        if (
            fits(evidence, given, least_strength)
            and evidence.strength > best_evidence.strength
        ):
            best, best_evidence = transform, evidence
    return best


def may_lie_anywhere(
    sample: LabelSample,
    given: LabelEvidence,
    radius: int,
    rng: np.random.Generator,
) -> bool:
    """Tell whether micrographs show structure that the labels have nothing to do with.

    In white noise, the grey values of rings are normally distributed; particles and
    contaminants make the distribution skew and heavy-tailed.
    """
    if given.n_labels < FEWEST_LABELS_ANYWHERE:
        return False
    if given.greatest_distance > MOST_DISTANCE_ANYWHERE:
        return False
    share = N_PLACES // len(sample.micrographs)
    places = [random_places(m.shape, share, rng) for m in sample.micrographs]
    features = features_at(sample.micrographs, places, radius)[:, :N_MEANS]
    features = features[np.isfinite(features[:, 0])]
    middle, deviation = middle_and_deviation(features)
    features = bounded((features - middle) / deviation)
    features -= features.mean(axis=0)
    variance = np.square(features).mean(axis=0)
    skewness = (features**3).mean(axis=0) / variance**1.5
    kurtosis = (features**4).mean(axis=0) / variance**2 - 3
    return bool(
        np.abs(skewness).max() >= LEAST_SKEWNESS or kurtosis.max() >= LEAST_KURTOSIS
    )
