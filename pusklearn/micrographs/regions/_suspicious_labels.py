"""A warning if labels do not lie on particles."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from pusklearn.micrographs.images._micrograph import Micrograph
from pusklearn.micrographs.regions._label_evidence import (
    NOTHING,
    LabelEvidence,
    compare,
    label_evidence,
)
from pusklearn.micrographs.regions._label_shift import find_shift
from pusklearn.micrographs.regions._label_transforms import (
    LabelTransform,
    all_transformed,
    shift,
    transformed,
)
from pusklearn.micrographs.regions._ring_features import (
    N_MEANS,
    places_around,
    random_places,
    ring_features,
)

MOST_LABELS = 200
# Labels that are looked at when small shifts are tried, and micrographs when lists of
# labels are exchanged.
MOST_LABELS_SHIFTED = 64
MOST_LISTS = 12
FEWEST_LABELS = 5
LEAST_RADIUS = 4
# Labels of this strength and distance lie on something.
CLEAR_STRENGTH, CLEAR_DISTANCE = 8.0, 1.2
# A transform fits if labels are this strong then, and this many times as distant. The
# first is reached by chance once in 10**6 (a known transform) or 10**9 (a shift).
LEAST_STRENGTH, LEAST_STRENGTH_OF_SEARCH = 6.0, 8.5
LEAST_RATIO = 2.0
# If no transform fits: labels of so little distance are on no particles, if
# micrographs show that there is something else, and the classifier finds few of them.
FEWEST_LABELS_ANYWHERE = 10
MOST_DISTANCE_ANYWHERE = 1.0
LEAST_STRUCTURE = 0.25
MOST_FOUND = 0.35
N_PLACES = 1500


class Sample(NamedTuple):
    """The labels that are looked at, in pixels of the micrographs.

    Attributes
    ----------
    micrographs : list of Micrograph
        Some of the micrographs.
    points : list of ndarray of shape (k, 2)
        At most 200 labels on them.
    """

    micrographs: list[Micrograph]
    points: list[NDArray[np.float64]]


def warn_of_suspicious_labels(
    micrographs: Sequence[Micrograph],
    coordinates: Sequence[NDArray],
    region_size: int,
    scores_at: Callable[[Sequence[Micrograph], Sequence[NDArray]], NDArray],
) -> None:
    """Warn if the labels do not lie on particles, with a transform that puts them right.

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
        classifier gives to the regions around points, in one array.

    Warns
    -----
    UserWarning
        If the labels are suspicious. At most 200 are looked at. Nothing is said if the
        micrographs are so noisy, or the labels so few, that nothing can be known.
    """
    radius = region_size // 2
    if radius < LEAST_RADIUS:
        return
    rng = np.random.default_rng(0)
    sample = sample_labels(micrographs, coordinates, rng)
    n_labels = sum(map(len, sample.points))
    if n_labels < FEWEST_LABELS:
        return
    given = label_evidence(*sample, radius, rng)
    transform = small_shift(sample, given, radius, rng)
    if transform is None:
        if given.strength >= CLEAR_STRENGTH and given.distance >= CLEAR_DISTANCE:
            return
        transform = best_transform(sample, given, radius, rng)
    found = None
    if transform is None:
        if not may_be_anywhere(sample, given, radius, rng):
            return
        found = share_found(sample, radius, scores_at, rng)
        if found > MOST_FOUND:
            return
    if found is None:
        found = share_found(sample, radius, scores_at, rng)
    warnings.warn(message(transform, n_labels, found), UserWarning, stacklevel=3)


def sample_labels(
    micrographs: Sequence[Micrograph],
    coordinates: Sequence[NDArray],
    rng: np.random.Generator,
) -> Sample:
    """Choose at most 200 labels, on 12 micrographs if these have enough of them.

    Micrographs without labels are kept too if there are at most 12 in all, since labels
    may have come to the wrong micrograph.
    """
    most = -(-MOST_LABELS // min(len(micrographs), MOST_LISTS))
    chosen, points, left = [], [], MOST_LABELS
    for row in rng.permutation(len(micrographs)):
        xy = np.asarray(coordinates[row], np.float64).reshape(-1, 2)
        few = len(micrographs) <= MOST_LISTS
        if not left or not (len(xy) or few):
            continue
        xy = xy[np.sort(rng.permutation(len(xy))[: min(most, left)])]
        left -= len(xy)
        chosen.append(row)
        points.append(xy / micrographs[row].scale)
    order = np.argsort(chosen)
    return Sample([micrographs[chosen[i]] for i in order], [points[i] for i in order])


def fits(
    new: LabelEvidence, given: LabelEvidence, least_strength: float = LEAST_STRENGTH
) -> bool:
    """Tell whether labels lie on particles after a transform, but not before."""
    return (
        new.n_labels >= FEWEST_LABELS
        and new.strength >= least_strength
        and new.distance >= LEAST_RATIO * given.distance
        and new.strength >= LEAST_RATIO * given.strength
    )


def small_shift(
    sample: Sample, given: LabelEvidence, radius: int, rng: np.random.Generator
) -> LabelTransform | None:
    """Return the shift by up to 1.5 radii that puts the labels right, if one does.

    Labels at the corner of a box are the usual case. They differ from what is around
    them, since there is a particle beside them: so this is looked at always.
    """
    scales = {m.scale for m in sample.micrographs}
    if len(scales) > 1:
        return None
    share = min(1, MOST_LABELS_SHIFTED / sum(map(len, sample.points)))
    points = [xy[: int(np.ceil(share * len(xy)))] for xy in sample.points]
    around = features_around(sample.micrographs, points, radius, rng)

    def evidence(dx, dy):
        moved = [xy + [dx, dy] for xy in points]
        labels = [
            ring_features(m, xy, radius)
            for m, xy in zip(sample.micrographs, moved, strict=True)
        ]
        return compare(np.concatenate(labels), around)

    here = evidence(0, 0)
    grid = radius * np.array([-1.4, -0.7, 0, 0.7, 1.4])
    tried = {(dx, dy): evidence(dx, dy) for dx in grid for dy in grid if dx or dy}
    best = max(tried, key=lambda shift: tried[shift].strength)
    if tried[best].strength < here.strength:
        return None
    finer = radius * np.array([-0.35, 0, 0.35])
    tried = {
        (best[0] + dx, best[1] + dy): evidence(best[0] + dx, best[1] + dy)
        for dx in finer
        for dy in finer
    }
    best = max(tried, key=lambda shift: tried[shift].strength)
    if not fits(tried[best], here):
        return None
    (scale,) = scales
    transform = shift(*np.round(scale * np.array(best)))
    moved = points_of(transform, sample)
    if moved is None or not fits(
        label_evidence(sample.micrographs, moved, radius, rng),
        given,
        LEAST_STRENGTH_OF_SEARCH,
    ):
        return None
    return transform


def features_around(micrographs, points, radius, rng, count=3):
    """Return the features of places around points, shape (n, count, 7)."""
    return np.concatenate(
        [
            ring_features(
                m, places_around(xy, radius, m.shape, count, rng), radius
            ).reshape(len(xy), count, -1)
            for m, xy in zip(micrographs, points, strict=True)
        ]
    )


def points_of(transform: LabelTransform, sample: Sample) -> list[NDArray] | None:
    """Return the labels after a transform; None if too few stay inside."""
    shapes = [m.shape for m in sample.micrographs]
    scales = [m.scale for m in sample.micrographs]
    return transformed(transform, sample.points, shapes, scales)


def best_transform(
    sample: Sample, given: LabelEvidence, radius: int, rng: np.random.Generator
) -> LabelTransform | None:
    """Return the transform after which labels lie on particles, if there is one."""
    best, best_evidence = None, NOTHING
    for transform, points, least in candidates(sample, radius, rng):
        evidence = label_evidence(sample.micrographs, points, radius, rng)
        if fits(evidence, given, least) and evidence.strength > best_evidence.strength:
            best, best_evidence = transform, evidence
    return best


def candidates(
    sample: Sample, radius: int, rng: np.random.Generator
) -> Iterator[tuple[LabelTransform, list[NDArray], float]]:
    """Yield transforms, the labels after them, and the strength that they need."""
    shapes = [m.shape for m in sample.micrographs]
    scales = [m.scale for m in sample.micrographs]
    for transform, points in all_transformed(sample.points, shapes, scales):
        yield transform, points, LEAST_STRENGTH
    order = best_order(sample, radius, rng)
    if order is not None:
        transform, points = order
        yield transform, points, LEAST_STRENGTH_OF_SEARCH
    dx, dy = find_shift(sample.micrographs, sample.points, radius)
    scale = max(
        zip(sample.points, scales, strict=True), key=lambda pair: len(pair[0])
    )[1]
    transform = shift(scale * dx, scale * dy)
    points = points_of(transform, sample)
    if points is not None:
        yield transform, points, LEAST_STRENGTH_OF_SEARCH


def best_order(
    sample: Sample, radius: int, rng: np.random.Generator
) -> tuple[LabelTransform, list[NDArray]] | None:
    """Return the order in which lists of labels fit micrographs best.

    None if the lists are too many, or in this order already.
    """
    n = len(sample.micrographs)
    if not 1 < n <= MOST_LISTS:
        return None
    background = np.concatenate(
        [
            ring_features(m, random_places(m.shape, 100, rng), radius)
            for m in sample.micrographs
        ]
    )
    background = background[np.isfinite(background[:, 0])][:, None]
    strength = np.zeros((n, n))
    inside = [[inside_of(m, xy) for xy in sample.points] for m in sample.micrographs]
    for i, micrograph in enumerate(sample.micrographs):
        for j, xy in enumerate(inside[i]):
            if len(xy) >= LEAST_OF_LIST:
                features = ring_features(micrograph, xy, radius)
                strength[i, j] = list_strength(features, background)
    rows, columns = linear_sum_assignment(strength, maximize=True)
    # Lists without labels may go anywhere.
    moves = [i for i, j in zip(rows, columns, strict=True) if i != j and len(sample.points[j])]
    if len(moves) < 2 and not moves:
        return None
    points = [inside[i][j] for i, j in zip(rows, columns, strict=True)]
    order = ", ".join(str(j) for j in columns)
    return (
        LabelTransform(
            "they are labels of other micrographs, in another order",
            order,
            lambda xy, height, width: xy,
        ),
        points,
    )
